// The string pool of Android's binary XML or a resource table, in UTF-8 or UTF-16, read as Android
// reads it (ResStringPool): lazily, one string at a time.
//
// Pure; any thread; valid as long as the bytes it was opened on. Tests:
// tests/package/manifest_test.cc, tests/fuzz/axml_fuzz.cc, arsc_fuzz.cc.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "cache/base/result.h"
#include "gate/package/chunk.h"
#include "gate/package/oddity.h"

namespace beian::package {

class StringPool {
 public:
  StringPool() = default;  // empty

  // Opens the pool in `chunk`. kBadInput where Android refuses it: offsets or strings beyond the
  // chunk, or no zero at the end of the strings. `where` names it in oddities.
  [[nodiscard]] static Result<StringPool> open(const Chunk& chunk, std::string_view where,
                                               Oddities* oddities);

  // The string as UTF-8, decoded as Java decodes it: a UTF-8 string ends at its first zero, and
  // overlong encodings are accepted. Lone surrogates and invalid bytes become U+FFFD. nullopt if
  // there is no such string, or Android would return none (outside the pool, or no zero after it).
  // Strings longer than limits::kPoolTextBytesMax are cut: one string may be requested a million
  // times.
  std::optional<std::string> text(std::uint32_t index) const;
  // Whether there is such a string.
  bool has(std::uint32_t index) const noexcept { return bytes_of(index).has_value(); }
  // Whether the string is exactly `ascii`, which is how attributes are looked up; no allocation.
  bool is(std::uint32_t index, std::string_view ascii) const noexcept;
  // Whether text() is `ascii`, which is how elements are told apart; no allocation.
  bool reads_as(std::uint32_t index, std::string_view ascii) const noexcept;

  std::uint32_t count() const noexcept { return count_; }
  bool is_wide() const noexcept { return is_wide_; }  // UTF-16
  // All strings with their lengths and zeros in between, for scans.
  ByteView strings() const noexcept { return strings_; }

 private:
  // The bytes of a string, without its length and zero.
  std::optional<ByteView> bytes_of(std::uint32_t index) const noexcept;
  std::optional<ByteView> narrow_bytes(std::size_t at) const noexcept;
  std::optional<ByteView> wide_bytes(std::size_t at) const noexcept;

  ByteView offsets_;  // u32 each, into strings_
  ByteView strings_;
  std::uint32_t count_ = 0;
  bool is_wide_ = false;
};

// At most limits::kPoolTextBytesMax bytes of `text`, cut at a character boundary: what fits a field
// of a check.
std::string cut_text(std::string text);

// `units`: little-endian UTF-16, two bytes each; an odd last byte is ignored.
std::string utf8_of_utf16(ByteView units);
// Decodes modified UTF-8, which Java writes and Android reads: surrogate pairs of three bytes each
// become one character, and overlong encodings become the character they stand for.
std::string utf8_of_modified(std::string_view text);

}  // namespace beian::package
