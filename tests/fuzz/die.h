// How a fuzz target reports that an oracle does not hold.
#pragma once

#include <cstdio>
#include <cstdlib>

namespace beian::test {

[[noreturn]] inline void die(const char* why) {
  std::fprintf(stderr, "%s\n", why);
  std::abort();
}

}  // namespace beian::test
