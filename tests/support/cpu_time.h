// The processor time of this thread. It does not pass while others have the processor, so a bound
// on it is about an algorithm and not about what else the machine has to do. Tests only.
#pragma once

#include <time.h>

#include <chrono>

namespace beian::test {

inline std::chrono::nanoseconds cpu_time() {
  timespec used{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
  return std::chrono::seconds{used.tv_sec} + std::chrono::nanoseconds{used.tv_nsec};
}

}  // namespace beian::test
