// Names of states as feeds and answers spell them.
#include "cache/filing/record.h"

namespace beian {
namespace {

constexpr std::string_view kNames[kStatusCount] = {
    "unknown",  "filed",      "submitted", "provider_review", "authority_review", "returned",
    "changing", "cancelling", "cancelled", "revoked",         "blacklisted"};

}  // namespace

std::string_view name_of(Status status) noexcept {
  return kNames[static_cast<unsigned>(status)];
}

std::optional<Status> parse_status(std::string_view name) noexcept {
  for (unsigned i = 0; i < kStatusCount; ++i)
    if (kNames[i] == name) return static_cast<Status>(i);
  return std::nullopt;
}

}  // namespace beian
