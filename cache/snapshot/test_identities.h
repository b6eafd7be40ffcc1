// Ids of the reserved identities that add_test_identities() (snapshot_writer.h) adds.
#pragma once

#include <cstdint>

namespace beian::cache {

// No registry has record ids this high. The subject has the first one, service -N the first plus N.
inline constexpr std::uint64_t kTestIdentityFirst = 9'099'000'000'000;
inline constexpr std::uint64_t kTestIdentityIds = 100;

constexpr bool is_test_identity(std::uint64_t id) noexcept {
  return id >= kTestIdentityFirst && id < kTestIdentityFirst + kTestIdentityIds;
}

}  // namespace beian::cache
