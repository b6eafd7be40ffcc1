// What reading a package is asked for.
#pragma once

namespace beian::package {

struct ReadOptions {
  bool wants_digests = false;  // compare all contents with the signed digests: reads the whole file
};

}  // namespace beian::package
