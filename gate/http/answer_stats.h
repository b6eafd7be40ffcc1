// What a GateService counts about its answers. Written by its worker's thread only, read by any.
//
// Counters are plain loads and stores (server_stats.h), so counting costs a few nanoseconds per
// answer; metrics.h sums over the workers when asked.
#pragma once

#include <array>
#include <bit>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "gate/decision/decision.h"
#include "gate/http/server_stats.h"

namespace beian::http {

// Why a request was turned away instead of being served.
enum class TurnedAway : std::uint8_t {
  kNoKey,       // 401
  kBadKey,      // 401: not shaped like a key, or mistyped
  kUnknownKey,  // 401
  kExpiredKey,  // 401
  kEndpoint,    // 403: endpoint not allowed for this caller
  kOperation,   // 403: operation of a check or a row not allowed for this caller
  kRate,        // 429
  kBusy,        // 503: the worker is behind
  kStreams,     // 503: the worker has its maximum of streams
  kPackages,    // 503: the maximum of packages is in flight
};
inline constexpr std::array<std::string_view, 10> kTurnedAwayWords = {
    "no_key",    "bad_key", "unknown_key", "expired_key", "endpoint",
    "operation", "rate",    "busy",        "streams",     "packages"};

inline constexpr std::size_t kRoutesMax = 31;     // in the table; gate_routes.cc asserts it
inline constexpr std::size_t kNoRoute = 31;       // the index for paths that match no route
inline constexpr std::size_t kStatusClasses = 6;  // by first digit of the status

// Upper bounds of the histogram's buckets, in microseconds: from a check, which takes about ten, to
// what nobody should have to wait for. One more bucket counts what is beyond.
inline constexpr std::array<std::uint32_t, 13> kLatencyBoundsUs = {
    25, 50, 100, 250, 500, 1'000, 2'500, 5'000, 10'000, 25'000, 50'000, 100'000, 1'000'000};

struct LatencyStats {
  std::array<Counter, kLatencyBoundsUs.size() + 1> counts;
  Counter nanoseconds;

  void add(std::chrono::nanoseconds each, std::uint64_t count) noexcept {
    const auto ns = static_cast<std::uint64_t>(each.count());
    std::size_t bucket = 0;
    while (bucket < kLatencyBoundsUs.size() && ns > kLatencyBoundsUs[bucket] * 1'000ULL) ++bucket;
    counts[bucket].add(count);
    nanoseconds.add(ns * count);
  }
};

// On cache lines of its own, so that workers do not slow each other down.
struct alignas(128) AnswerStats {
  std::array<std::array<Counter, kStatusClasses>, kNoRoute + 1> answers;  // by route, status class
  std::array<std::array<Counter, kEffectCount>, kOperationCount> decisions;
  std::array<Counter, kCodeCount> findings;
  std::array<LatencyStats, kNoRoute + 1> latency;
  std::array<Counter, kTurnedAwayWords.size()> turned_away;
  Counter streams_begun;
  Counter streams_ended;

  void count_answer(std::size_t route, unsigned status) noexcept {
    answers[route][status / 100 % kStatusClasses].add();
    ++pending_[route];
    pending_routes_ |= 1U << route;
  }
  void count_decision(const Decision& decision) noexcept {
    decisions[static_cast<std::size_t>(decision.operation)]
             [static_cast<std::size_t>(decision.effect)]
                 .add();
    for (const Finding& finding : decision.findings())
      findings[static_cast<std::size_t>(finding.code)].add();
  }
  void count_turned_away(TurnedAway why) noexcept {
    turned_away[static_cast<std::size_t>(why)].add();
  }
  // All answers since the last call were sent together, `each` after their bytes were read.
  // Worker's thread only.
  void count_batch(std::chrono::nanoseconds each) noexcept {
    for (; pending_routes_ != 0; pending_routes_ &= pending_routes_ - 1) {
      const auto route = static_cast<std::size_t>(std::countr_zero(pending_routes_));
      latency[route].add(each, pending_[route]);
      pending_[route] = 0;
    }
  }

 private:
  // Worker's thread only.
  std::array<std::uint32_t, kNoRoute + 1> pending_{};
  std::uint32_t pending_routes_ = 0;  // a bit each
};

}  // namespace beian::http
