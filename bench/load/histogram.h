// Latencies in bounded memory: every power of two is divided into 64 equal buckets (after
// HdrHistogram), so a percentile is at most 1.6 % above the true one, in 19 KiB and without keeping
// values.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <chrono>
#include <cmath>
#include <cstdint>

namespace beian::load {

class Histogram {
 public:
  void add(std::chrono::nanoseconds value) noexcept {
    const auto ns = std::clamp<std::int64_t>(value.count(), 0, kNanosecondsMax);
    ++counts_[index_of(static_cast<std::uint64_t>(ns))];
    ++count_;
    max_ = std::max(max_, static_cast<std::uint64_t>(ns));
  }

  void add(const Histogram& other) noexcept {
    for (std::size_t i = 0; i < counts_.size(); ++i) counts_[i] += other.counts_[i];
    count_ += other.count_;
    max_ = std::max(max_, other.max_);
  }

  std::uint64_t count() const noexcept { return count_; }
  std::chrono::nanoseconds max() const noexcept {
    return std::chrono::nanoseconds{static_cast<std::int64_t>(max_)};
  }

  // The smallest value that at least `share` of all values do not exceed, rounded up to the end of
  // its bucket; 0 when there are no values. REQUIRES: 0 < share <= 1.
  std::chrono::nanoseconds percentile(double share) const noexcept {
    const auto wanted = static_cast<std::uint64_t>(std::ceil(share * static_cast<double>(count_)));
    std::uint64_t seen = 0;
    for (std::size_t i = 0; i < counts_.size() && seen < wanted; ++i) {
      seen += counts_[i];
      if (seen >= wanted)
        return std::chrono::nanoseconds{static_cast<std::int64_t>(std::min(end_of(i), max_))};
    }
    return std::chrono::nanoseconds{0};
  }

 private:
  static constexpr unsigned kPartBits = 6;
  static constexpr std::uint64_t kParts = 1U << kPartBits;
  static constexpr std::int64_t kNanosecondsMax = (std::int64_t{1} << 42) - 1;  // 73 minutes
  static constexpr std::size_t kBuckets = (42 - kPartBits + 1) * kParts;

  static std::size_t index_of(std::uint64_t value) noexcept {
    if (value < kParts) return value;
    const auto shift = static_cast<unsigned>(std::bit_width(value)) - kPartBits - 1;
    return (shift + 1) * kParts + (value >> shift) - kParts;
  }
  // The largest value that falls into a bucket.
  static std::uint64_t end_of(std::size_t index) noexcept {
    if (index < kParts) return index;
    const std::uint64_t shift = index / kParts - 1;
    return ((index % kParts + kParts + 1) << shift) - 1;
  }

  std::array<std::uint64_t, kBuckets> counts_{};
  std::uint64_t count_ = 0;
  std::uint64_t max_ = 0;
};

}  // namespace beian::load
