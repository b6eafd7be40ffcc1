// Ids of decisions: 26 characters that sort by time (ULID), so that a log is ordered by its ids.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <string_view>

namespace beian::wire {

using Milliseconds = std::chrono::sys_time<std::chrono::milliseconds>;

// One instance per worker thread. Within one millisecond, ids count up from the random part, so
// they stay unique and in order.
class DecisionIds {
 public:
  // `seed`: 128 random bits, different for every instance.
  explicit DecisionIds(std::array<std::uint64_t, 2> seed) : state_(seed) {}

  // Valid until the next call.
  std::string_view next(Milliseconds now) noexcept;

 private:
  std::array<std::uint64_t, 2> state_;
  Milliseconds last_{};
  std::uint64_t high_ = 0;  // 16 random bits
  std::uint64_t low_ = 0;   // 64 random bits, counted up
  std::array<char, 26> text_{};
};

}  // namespace beian::wire
