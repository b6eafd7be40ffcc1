// The argument of sched_setattr(2), which the C library does not declare. All our threads set their
// scheduling by this call and setpriority(2), so a service manager need allow no others.
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
  std::uint64_t runtime_ns = 0;  // for SCHED_OTHER the time slice; ignored before Linux 6.12
  std::uint64_t deadline_ns = 0;
  std::uint64_t period_ns = 0;
};

}  // namespace beian
