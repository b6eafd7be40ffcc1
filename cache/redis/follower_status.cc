#include "cache/redis/follower_status.h"

#include "cache/base/limits.h"

namespace beian::cache {

std::string_view name_of(RegistryChange::Kind kind) noexcept {
  switch (kind) {
    case RegistryChange::Kind::kLocalCopy:
      return "local_copy";
    case RegistryChange::Kind::kSnapshot:
      return "snapshot";
    case RegistryChange::Kind::kFile:
      return "file";
    case RegistryChange::Kind::kBuiltIn:
      return "built_in";
    case RegistryChange::Kind::kDelta:
      break;
  }
  return "delta";
}

void keep_change(const RegistryChange& change, std::vector<RegistryChange>* newest_first) {
  newest_first->insert(newest_first->begin(), change);
  if (newest_first->size() > limits::kLastChangesMax) newest_first->pop_back();
}

}  // namespace beian::cache
