// Where the sources and the build are. Only paths.cc is compiled with the paths themselves, so that
// clones of the repository can share compiled objects.
#pragma once

#include <string>
#include <string_view>

namespace beian::test {

// `relative` is relative to the root of the sources, as in "fixtures/registry.ndjson".
std::string source_path(std::string_view relative);
// The same for the build folder, as in "beian-gate".
std::string build_path(std::string_view relative);

}  // namespace beian::test
