#include "gate/wire/decision_id.h"

#include <algorithm>
#include <cstring>

namespace beian::wire {
namespace {

constexpr std::string_view kCrockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

// SplitMix64: ids need to be unique, not secret.
std::uint64_t random_bits(std::array<std::uint64_t, 2>* state) noexcept {
  std::uint64_t z = ((*state)[0] += 0x9E3779B97F4A7C15ULL | (*state)[1]);
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
  return (z ^ (z >> 31)) ^ (*state)[1];
}

// The characters of ten bits: 00 01 … ZZ.
constexpr std::array<char, 2048> kPairs = [] {
  std::array<char, 2048> pairs{};
  for (std::size_t i = 0; i < 1024; ++i) {
    pairs[2 * i] = kCrockford[i >> 5];
    pairs[2 * i + 1] = kCrockford[i & 31];
  }
  return pairs;
}();

// Writes `value` in `count` characters of five bits, most significant first. REQUIRES: count even.
void write_base32(std::uint64_t value, char* out, std::size_t count) noexcept {
  for (std::size_t i = count; i > 0; value >>= 10) {
    i -= 2;
    std::memcpy(out + i, &kPairs[2 * (value & 1023)], 2);
  }
}

}  // namespace

std::string_view DecisionIds::next(Milliseconds now) noexcept {
  now = std::max(now, last_);  // a clock that is set back must not break the order
  if (now != last_) {
    last_ = now;
    high_ = random_bits(&state_) & 0xFFFF;
    low_ = random_bits(&state_) >> 1;  // room to count up
  } else {
    ++low_;
  }
  // 48 bits of time, 80 of randomness: 10 + 16 characters of 5 bits.
  write_base32(static_cast<std::uint64_t>(last_.time_since_epoch().count()), text_.data(), 10);
  write_base32((high_ << 24) | (low_ >> 40), text_.data() + 10, 8);
  write_base32(low_ & 0xFF'FFFF'FFFFULL, text_.data() + 18, 8);
  return {text_.data(), text_.size()};
}

}  // namespace beian::wire
