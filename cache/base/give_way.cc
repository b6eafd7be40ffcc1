#include "cache/base/give_way.h"

#include <sched.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "cache/base/scheduler_attributes.h"

namespace beian {
namespace {

constexpr int kNiceness = 10;  // weight 110; a normal thread has 1,024

}  // namespace

void give_way() noexcept {
  const auto self = static_cast<id_t>(::gettid());
  ::setpriority(PRIO_PROCESS, self, ::getpriority(PRIO_PROCESS, self) + kNiceness);
}

void stand_back() noexcept {
  SchedulerAttributes idle;
  idle.policy = SCHED_IDLE;
  ::syscall(SYS_sched_setattr, 0, &idle, 0);
}

}  // namespace beian
