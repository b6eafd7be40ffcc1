// A cursor over untrusted bytes: reads little-endian words and length-prefixed slices, which the
// signing blocks of APK and HAP consist of. A read beyond the end returns nullopt and leaves the
// cursor where it was.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "cache/base/bytes.h"
#include "gate/package/little_endian.h"

namespace beian::package {

class ByteReader {
 public:
  explicit ByteReader(ByteView bytes) : rest_(bytes) {}

  bool is_at_end() const noexcept { return rest_.empty(); }
  ByteView rest() const noexcept { return rest_; }

  std::optional<std::uint32_t> u32() noexcept { return word<std::uint32_t>(); }
  std::optional<std::uint64_t> u64() noexcept { return word<std::uint64_t>(); }

  // The next `count` bytes, as a view of the bytes given.
  std::optional<ByteView> bytes(std::uint64_t count) noexcept {
    if (count > rest_.size()) return std::nullopt;
    const ByteView taken = rest_.first(static_cast<std::size_t>(count));
    rest_ = rest_.subspan(taken.size());
    return taken;
  }

  // A 32-bit length, then that many bytes; returns the bytes.
  std::optional<ByteView> prefixed() noexcept {
    ByteReader ahead = *this;
    const auto count = ahead.u32();
    const auto taken = count ? ahead.bytes(*count) : std::nullopt;
    if (taken) *this = ahead;
    return taken;
  }

 private:
  template <class Word>
  std::optional<Word> word() noexcept {
    if (rest_.size() < sizeof(Word)) return std::nullopt;
    const Word value = word_at<Word>(rest_, 0);
    rest_ = rest_.subspan(sizeof(Word));
    return value;
  }

  ByteView rest_;
};

}  // namespace beian::package
