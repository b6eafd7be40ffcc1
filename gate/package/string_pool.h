// A pool of strings of Android's binary XML or resource table, UTF-8 or UTF-16, read as Android
// reads it (ResStringPool): only what is asked for is looked at.
//
// Pure; any thread; dies with the bytes that it was opened on. Tests:
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

  // Opens the pool that `chunk` is. kBadInput where Android refuses it: offsets or strings beyond
  // the chunk, texts that do not end in a zero. `where` names it in oddities.
  [[nodiscard]] static Result<StringPool> open(const Chunk& chunk, std::string_view where,
                                               Oddities* oddities);

  // The text as UTF-8, as Java has it: of a pool in UTF-8 up to a zero, and characters in more
  // bytes than they need count. Surrogates that stand alone and bytes that are none become U+FFFD.
  // None: there is no such string, or Android would give none (not within the pool, or without a
  // zero behind it).
  // A text of more than limits::kPoolTextBytesMax is cut: one text may be asked for a million
  // times.
  std::optional<std::string> text(std::uint32_t index) const;
  // Whether there is such a text.
  bool has(std::uint32_t index) const noexcept { return bytes_of(index).has_value(); }
  // Whether the text is exactly `ascii`, as attributes are looked for; no allocation.
  bool is(std::uint32_t index, std::string_view ascii) const noexcept;
  // Whether text() is `ascii`, as elements are told apart; no allocation.
  bool reads_as(std::uint32_t index, std::string_view ascii) const noexcept;

  std::uint32_t count() const noexcept { return count_; }
  bool is_wide() const noexcept { return is_wide_; }  // UTF-16
  // All texts with their lengths and zeros between them, for scans.
  ByteView strings() const noexcept { return strings_; }

 private:
  // The bytes of a text, without its lengths and zero.
  std::optional<ByteView> bytes_of(std::uint32_t index) const noexcept;
  std::optional<ByteView> narrow_bytes(std::size_t at) const noexcept;
  std::optional<ByteView> wide_bytes(std::size_t at) const noexcept;

  ByteView offsets_;  // u32 each, into strings_
  ByteView strings_;
  std::uint32_t count_ = 0;
  bool is_wide_ = false;
};

// At most limits::kPoolTextBytesMax bytes of `text`, whole characters: what fits a field of a
// check.
std::string cut_text(std::string text);

// `units`: little-endian UTF-16, two bytes each; a single last byte is left out.
std::string utf8_of_utf16(ByteView units);
// What Java writes and Android reads: surrogate pairs as three bytes each become one character, and
// characters in more bytes than they need what they stand for.
std::string utf8_of_modified(std::string_view text);

}  // namespace beian::package
