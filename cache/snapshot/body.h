// The variable part of a service row: words in kBodies, as format.h and FORMAT.md describe them.
// Reader, writer and check share this one description of where each field lies.
//
// Pure; any thread. The words must outlive what is read from them.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "cache/snapshot/format.h"

namespace beian::cache {

// Lists of a body in their order; ServiceFlag bit k says whether list k is known.
enum BodyList : std::uint8_t {
  kNameList,
  kContentList,
  kApprovalList,
  kDomainList,
  kProviderList,
  kIpList,
  kPlatformList
};
inline constexpr std::size_t kBodyListCount = 7;

// A list of this many items or more has its count in a word of its own.
inline constexpr std::uint32_t kLongList = 15;

// Operating systems that need no string; code 0 is any other.
inline constexpr std::array<std::string_view, 4> kOsNames = {"", "android", "ios", "harmonyos"};

struct BodyShape {
  std::array<std::uint32_t, kBodyListCount> counts{};
  std::array<std::uint32_t, kBodyListCount> starts{};  // word of the first item of each list
  std::uint32_t scalars = 0;  // word of the first of host platform, version, dates

  // Word of a scalar. REQUIRES: its flag is in `flags`.
  std::uint32_t scalar(std::uint16_t flag, std::uint16_t flags) const noexcept;
};

// Number of words of the scalars that `flags` announces.
constexpr std::uint32_t scalar_words(std::uint16_t flags) noexcept {
  const auto has = [flags](std::uint16_t flag) -> std::uint32_t { return (flags & flag) ? 1 : 0; };
  return has(format::kHostPlatform) + has(format::kAppVersion) + has(format::kSubmittedOn) +
         has(format::kCancelledOn) + 2 * has(format::kUpdatedAt);
}

inline std::uint32_t BodyShape::scalar(std::uint16_t flag, std::uint16_t flags) const noexcept {
  return scalars + scalar_words(static_cast<std::uint16_t>(flags & (flag - 1)));
}

// False when the body does not fit in `words`, or a count contradicts `flags`. Does not look at the
// platforms themselves.
inline bool read_shape(std::span<const std::uint32_t> words, std::uint16_t flags,
                       BodyShape* shape) noexcept {
  if (words.empty() || (words[0] >> 28) != 0) return false;
  std::uint64_t at = 1;
  for (std::size_t list = 0; list < kBodyListCount; ++list) {
    std::uint32_t count = (words[0] >> (4 * list)) & 15;
    if (count == kLongList) {
      if (at >= words.size() || words[at] < kLongList) return false;
      count = words[at++];
    }
    if (count > 0 && (flags & (1U << list)) == 0) return false;
    shape->counts[list] = count;
  }
  for (std::size_t list = 0; list < kPlatformList; ++list) {
    shape->starts[list] = static_cast<std::uint32_t>(at);
    at += shape->counts[list];
    if (at > words.size()) return false;
  }
  shape->scalars = static_cast<std::uint32_t>(at);
  at += scalar_words(flags);
  shape->starts[kPlatformList] = static_cast<std::uint32_t>(at);
  return at <= words.size();
}

// Where one list of a body lies.
struct ListPlace {
  std::uint32_t start;
  std::uint32_t count;
};

// Does what read_shape() does, for one list only: a decision asks views for a dozen lists, nearly
// all of them short. REQUIRES: read_shape() would return true, as for every body that was proved.
inline ListPlace place_of(std::span<const std::uint32_t> words, std::uint16_t flags,
                          BodyList which) noexcept {
  const std::uint32_t head = words[0];
  const bool has_long_list = (head & head >> 1 & head >> 2 & head >> 3 & 0x1111'1111U) != 0;
  if (has_long_list) [[unlikely]] {
    BodyShape shape;
    read_shape(words, flags, &shape);
    return {shape.starts[which], shape.counts[which]};
  }
  // How many items the lists before this one have: the sum of their counts, four bits each.
  const std::uint32_t before = head & ((1U << (4 * which)) - 1);
  const std::uint32_t pairs = (before & 0x0F0F'0F0FU) + (before >> 4 & 0x0F0F'0F0FU);
  const std::uint32_t start = 1 + (pairs * 0x0101'0101U >> 24);
  return {which == kPlatformList ? start + scalar_words(flags) : start, head >> (4 * which) & 15};
}
static_assert(kLongList == 15, "place_of() knows a long list by four bits set");

// Where the parts of one platform lie, as offsets from its first word.
struct PlatformShape {
  std::uint32_t os_code = 0;
  bool has_package = false;
  bool are_fingerprints_known = false;
  bool are_public_keys_known = false;
  std::uint32_t package = 0;
  std::uint32_t fingerprints = 0;
  std::uint32_t fingerprint_count = 0;
  std::uint32_t public_keys = 0;
  std::uint32_t public_key_count = 0;
  std::uint32_t words = 0;

  explicit PlatformShape(std::uint32_t head) noexcept
      : os_code(head & format::kOsCodeMask),
        has_package((head & format::kHasPackage) != 0),
        are_fingerprints_known((head & format::kFingerprintsKnown) != 0),
        are_public_keys_known((head & format::kPublicKeysKnown) != 0),
        package(os_code == 0 ? 2 : 1),
        fingerprints(package + (has_package ? 1 : 0)),
        fingerprint_count((head >> format::kFingerprintCountShift) & format::kDigestCountMask),
        public_keys(fingerprints + fingerprint_count),
        public_key_count((head >> format::kPublicKeyCountShift) & format::kDigestCountMask),
        words(public_keys + public_key_count) {}

  // True when the reserved bit is clear, the code is known, and unknown lists are empty.
  bool is_sound(std::uint32_t head) const noexcept {
    return (head & format::kPlatformReserved) == 0 && os_code < kOsNames.size() &&
           (are_fingerprints_known || fingerprint_count == 0) &&
           (are_public_keys_known || public_key_count == 0);
  }
};

// Calls `visit(platform_words)` for each platform of a sound body until it returns false.
template <class Words, class Visit>
void for_each_platform(Words words, const ListPlace& platforms, Visit&& visit) {
  std::size_t at = platforms.start;
  for (std::uint32_t i = 0; i < platforms.count; ++i) {
    const std::size_t count = PlatformShape(words[at]).words;
    if (!visit(words.subspan(at, count))) return;
    at += count;
  }
}

// Calls `text(word)` for every string reference of a sound body and `ip(word)` for every reference
// to an IP row, in file order.
template <class Text, class Ip>
void for_each_reference(std::span<std::uint32_t> words, std::uint16_t flags, Text&& text, Ip&& ip) {
  BodyShape shape;
  if (!read_shape(words, flags, &shape)) return;
  for (std::size_t i = shape.starts[0]; i < shape.starts[kIpList]; ++i) text(words[i]);
  for (std::size_t i = shape.starts[kIpList]; i < shape.scalars; ++i) ip(words[i]);
  if (flags & format::kHostPlatform) text(words[shape.scalar(format::kHostPlatform, flags)]);
  if (flags & format::kAppVersion) text(words[shape.scalar(format::kAppVersion, flags)]);
  const ListPlace platforms{shape.starts[kPlatformList], shape.counts[kPlatformList]};
  for_each_platform(words, platforms, [&](std::span<std::uint32_t> platform) {
    for (std::uint32_t& word : platform.subspan(1)) text(word);
    return true;
  });
}

}  // namespace beian::cache
