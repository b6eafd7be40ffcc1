// Parses a text of fixed form: literals and values in one order, nothing else.
//
// The first mismatch makes it fail for good, so callers check once, at the end. Pure; one thread.
#pragma once

#include <charconv>
#include <cstdint>
#include <span>
#include <string_view>

#include "cache/base/bytes.h"

namespace beian::log {

class Scanner {
 public:
  explicit Scanner(std::string_view text) noexcept : rest_(text) {}

  bool is_ok() const noexcept { return is_ok_; }
  bool is_at_end() const noexcept { return is_ok_ && rest_.empty(); }
  std::string_view rest() const noexcept { return rest_; }

  void literal(std::string_view expected) noexcept {
    if (rest_.starts_with(expected))
      rest_.remove_prefix(expected.size());
    else
      is_ok_ = false;
  }
  // If `expected` comes next, moves past it and returns true.
  bool take(std::string_view expected) noexcept {
    if (!is_ok_ || !rest_.starts_with(expected)) return false;
    rest_.remove_prefix(expected.size());
    return true;
  }
  // Decimal digits, without a sign and without leading zeros.
  std::uint64_t number() noexcept {
    std::uint64_t value = 0;
    const char* const end = rest_.data() + rest_.size();
    const auto [stop, error] = std::from_chars(rest_.data(), end, value);
    const auto count = static_cast<std::size_t>(stop - rest_.data());
    if (error != std::errc{} || (count > 1 && rest_[0] == '0')) {
      is_ok_ = false;
      return 0;
    }
    rest_.remove_prefix(count);
    return value;
  }
  // Two lower-case hex digits per byte.
  void hex(std::span<std::uint8_t> out) noexcept {
    if (!is_ok_ || rest_.size() < 2 * out.size()) {
      is_ok_ = false;
      return;
    }
    for (std::size_t i = 0; i < out.size(); ++i) {
      const int high = lower_digit(rest_[2 * i]);
      const int low = lower_digit(rest_[2 * i + 1]);
      is_ok_ = is_ok_ && high >= 0 && low >= 0;
      out[i] = static_cast<std::uint8_t>(((high & 15) << 4) | (low & 15));
    }
    rest_.remove_prefix(2 * out.size());
  }
  // Returns what comes before `mark`, and moves past the mark.
  std::string_view until(std::string_view mark) noexcept {
    const std::size_t at = rest_.find(mark);
    if (!is_ok_ || at == std::string_view::npos) {
      is_ok_ = false;
      return {};
    }
    const std::string_view text = rest_.substr(0, at);
    rest_.remove_prefix(at + mark.size());
    return text;
  }

 private:
  static int lower_digit(char c) noexcept { return c >= 'A' && c <= 'F' ? -1 : hex_digit(c); }

  std::string_view rest_;
  bool is_ok_ = true;
};

}  // namespace beian::log
