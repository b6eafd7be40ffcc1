#include "tests/support/paths.h"

namespace beian::test {

std::string source_path(std::string_view relative) {
  return std::string(BEIAN_ROOT "/").append(relative);
}

std::string build_path(std::string_view relative) {
  return std::string(BEIAN_BUILD "/").append(relative);
}

}  // namespace beian::test
