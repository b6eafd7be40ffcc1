// How fast a caller may ask: a token bucket in one number.
//
// The number is the time when the bucket will be full again (GCRA, the generic cell rate algorithm
// of ATM Forum TM 4.0); taking a token moves it on by the time of one token. All workers share it,
// so it is atomic: a caller has one rate, whichever workers its connections are on. An uncontended
// exchange costs 20 ns, and only callers with a rate pay it. Any thread.
//
// Time is the wall clock. Setting it back would make a bucket look empty for just as long; so a
// bucket that looks emptier than it can be, by more than the clocks of two workers differ, counts
// as full.
#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>

namespace beian::http {

class RateMeter {
 public:
  using Time = std::chrono::sys_time<std::chrono::nanoseconds>;

  // `per_second` 0: unlimited. REQUIRES: otherwise `burst` > 0.
  RateMeter(std::uint32_t per_second, std::uint32_t burst)
      : token_ns_(per_second == 0 ? 0 : 1'000'000'000 / per_second), burst_(burst) {}

  struct Taken {
    bool is_allowed = true;
    std::uint32_t left = 0;           // tokens
    std::chrono::seconds full_in{0};  // rounded up
    std::chrono::seconds wait{0};     // if refused: until one token is there, rounded up; else 0
  };

  bool is_bounded() const noexcept { return token_ns_ > 0; }
  // The value of RateLimit-Policy: so many checks within so many seconds.
  std::string policy() const {
    return "\"checks\";q=" + std::to_string(burst_) +
           ";w=" + std::to_string(std::max<std::int64_t>(up(capacity_ns()).count(), 1));
  }

  // Takes one token, if there is one.
  Taken take(Time now) noexcept;
  // Takes tokens whose number is known only afterwards, such as the rows of a batch. The bucket may
  // go into debt, at most kDebtMax deep, which later requests must wait out.
  void charge(Time now, std::uint64_t tokens) noexcept;

  static constexpr std::chrono::seconds kDebtMax{60};

 private:
  // A worker reads the clock when a request arrives, and may then meet what another charged later.
  static constexpr std::chrono::nanoseconds kClocksDiffer = std::chrono::seconds{5};

  std::int64_t capacity_ns() const noexcept { return token_ns_ * burst_; }
  std::int64_t deepest_ns() const noexcept {
    return capacity_ns() + std::chrono::nanoseconds(kDebtMax).count();
  }
  // How much time's worth of tokens the bucket lacks at `at`.
  std::int64_t missing_ns(std::int64_t full_at, std::int64_t at) const noexcept {
    const std::int64_t missing = full_at - at;
    if (missing < 0 || missing > deepest_ns() + kClocksDiffer.count()) return 0;
    return std::min(missing, deepest_ns());
  }
  static std::chrono::seconds up(std::int64_t ns) noexcept {
    return std::chrono::ceil<std::chrono::seconds>(std::chrono::nanoseconds{ns});
  }

  const std::int64_t token_ns_;
  const std::uint32_t burst_;
  alignas(64) std::atomic<std::int64_t> full_at_ns_{0};  // since 1970
};

inline RateMeter::Taken RateMeter::take(Time now) noexcept {
  if (!is_bounded()) return {};
  const std::int64_t at = now.time_since_epoch().count();
  std::int64_t full_at = full_at_ns_.load(std::memory_order_relaxed);
  for (;;) {
    const std::int64_t missing = missing_ns(full_at, at);
    const std::int64_t after = missing + token_ns_;
    if (after > capacity_ns()) return {false, 0, up(missing), up(after - capacity_ns())};
    if (full_at_ns_.compare_exchange_weak(full_at, at + after, std::memory_order_relaxed))
      return {true, static_cast<std::uint32_t>((capacity_ns() - after) / token_ns_), up(after), {}};
  }
}

inline void RateMeter::charge(Time now, std::uint64_t tokens) noexcept {
  if (!is_bounded() || tokens == 0) return;
  const std::int64_t at = now.time_since_epoch().count();
  const auto counted = static_cast<std::int64_t>(
      std::min<std::uint64_t>(tokens, static_cast<std::uint64_t>(deepest_ns() / token_ns_)));
  std::int64_t full_at = full_at_ns_.load(std::memory_order_relaxed);
  std::int64_t after = 0;
  do {
    after = at + std::min(missing_ns(full_at, at) + counted * token_ns_, deepest_ns());
  } while (!full_at_ns_.compare_exchange_weak(full_at, after, std::memory_order_relaxed));
}

}  // namespace beian::http
