// The codes of oddities, for tests of what is told of a package.
#pragma once

#include <string>
#include <vector>

#include "gate/package/oddity.h"

namespace beian::test {

inline std::vector<std::string> codes_of(const package::Oddities& oddities) {
  std::vector<std::string> codes;
  for (const package::Oddity& oddity : oddities) codes.push_back(oddity.code);
  return codes;
}

}  // namespace beian::test
