// Options for reading a package.
#pragma once

namespace beian::package {

struct ReadOptions {
  bool wants_digests = false;  // verify the signed digests of the contents: reads the whole file
};

}  // namespace beian::package
