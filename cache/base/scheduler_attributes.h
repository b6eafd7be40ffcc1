// What sched_setattr(2) takes, which the C library does not declare. All of our threads go by that
// call and setpriority(2): a service manager has to allow no other.
#pragma once

#include <sched.h>

#include <cstdint>

namespace beian {

struct SchedulerAttributes {
  std::uint32_t size = sizeof(SchedulerAttributes);
  std::uint32_t policy = SCHED_OTHER;
  std::uint64_t flags = 0;
  std::int32_t nice = 0;
  std::uint32_t priority = 0;
  std::uint64_t runtime_ns = 0;  // of SCHED_OTHER: the slice; ignored before Linux 6.12
  std::uint64_t deadline_ns = 0;
  std::uint64_t period_ns = 0;
};

}  // namespace beian
