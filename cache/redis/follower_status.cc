#include "cache/redis/follower_status.h"

namespace beian::cache {

std::string_view name_of(RegistryChange::Kind kind) noexcept {
  switch (kind) {
    case RegistryChange::Kind::kLocalCopy:
      return "local_copy";
    case RegistryChange::Kind::kSnapshot:
      return "snapshot";
    case RegistryChange::Kind::kDelta:
      break;
  }
  return "delta";
}

}  // namespace beian::cache
