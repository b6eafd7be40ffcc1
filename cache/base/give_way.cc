#include "cache/base/give_way.h"

#include <sys/resource.h>
#include <unistd.h>

namespace beian {
namespace {

constexpr int kNiceness = 10;  // weight 110 of 1,024

}  // namespace

// To Linux a thread is a process here: its niceness is its own.
void give_way() noexcept {
  const auto self = static_cast<id_t>(::gettid());
  ::setpriority(PRIO_PROCESS, self, ::getpriority(PRIO_PROCESS, self) + kNiceness);
}

}  // namespace beian
