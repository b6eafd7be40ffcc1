// The bytes of a manifest, version 1: one header, then the hashes of the chunks; nothing else is
// here. FORMAT.md explains them. Integers are little-endian.
#pragma once

#include <array>
#include <cstdint>
#include <type_traits>

namespace beian::cache::manifest_format {

inline constexpr std::array<char, 8> kMagic = {'B', 'E', 'I', 'A', 'N', 'M', 'A', 'N'};
inline constexpr std::uint32_t kVersion = 1;

// Do not renumber.
inline constexpr std::uint32_t kHasNextUpdate = 1U << 0;
inline constexpr std::uint32_t kHasPrevious = 1U << 1;
inline constexpr std::uint32_t kHasRollbackOf = 1U << 2;
inline constexpr std::uint32_t kIsSigned = 1U << 3;
inline constexpr std::uint32_t kFlagsKnown = (1U << 4) - 1;

struct Header {
  std::array<char, 8> magic;
  std::uint32_t version;
  std::uint32_t flags;
  std::uint64_t epoch;
  std::uint64_t serial;
  std::int64_t as_of;        // seconds since 1970-01-01T00:00:00Z, like the other times
  std::int64_t next_update;  // 0 without its flag
  std::int64_t published_at;
  std::uint64_t rollback_of;  // 0 without its flag
  std::uint64_t subjects;
  std::uint64_t services;
  std::uint64_t file_bytes;
  std::uint32_t chunk_bytes;
  std::uint32_t chunks;
  std::array<std::uint8_t, 32> root_hash;
  std::array<std::uint8_t, 32> chain;
  std::array<std::uint8_t, 32> previous;   // zeros without its flag
  std::array<std::uint8_t, 32> signer;     // zeros when unsigned
  std::array<std::uint8_t, 64> signature;  // zeros when unsigned
};
static_assert(std::is_trivially_copyable_v<Header> && sizeof(Header) == 288);
static_assert(std::has_unique_object_representations_v<Header>, "no padding reaches the wire");

}  // namespace beian::cache::manifest_format
