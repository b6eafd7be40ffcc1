// Where the sources and the build lie. Only paths.cc is compiled with the paths themselves, so that
// clones share what they have compiled.
#pragma once

#include <string>
#include <string_view>

namespace beian::test {

// `relative`: from the root of the sources, such as "fixtures/registry.ndjson".
std::string source_path(std::string_view relative);
// The same within the build, such as "beian-gate".
std::string build_path(std::string_view relative);

}  // namespace beian::test
