// What the HTTP layer counts: one WorkerStats per worker, written only by its thread, read by any.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace beian::http {

// Statuses that the HTTP layer itself answers with, in the order of the `refusals` counters below.
inline constexpr std::array<unsigned, 9> kRefusalStatuses = {400, 408, 411, 413, 414,
                                                             417, 431, 501, 505};

// A counter with one writer: an increment is a plain load and store, no locked instruction.
class Counter {
 public:
  void add(std::uint64_t count = 1) noexcept {
    value_.store(value_.load(std::memory_order_relaxed) + count, std::memory_order_relaxed);
  }
  std::uint64_t value() const noexcept { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

// Totals over the workers. Each counter is exact; they are not all of the same instant.
struct ServerStats {
  std::uint64_t connections_accepted = 0;
  std::uint64_t connections_closed = 0;
  std::uint64_t connections_over_limit = 0;  // too many from one address; closed at once
  std::uint64_t requests = 0;                // answered by a Service
  std::array<std::uint64_t, kRefusalStatuses.size()> refusals{};
  std::uint64_t timeouts = 0;  // connections ended by a deadline, idle ones included
  std::uint64_t bytes_in = 0;
  std::uint64_t bytes_out = 0;
  std::size_t connections_per_address_max = 0;  // a bound, not a count; set by the operator

  std::uint64_t connections_open() const noexcept {
    return connections_accepted - connections_closed;
  }
};

// On cache lines of its own, so that workers do not slow each other down.
struct alignas(128) WorkerStats {
  Counter connections_accepted;
  Counter connections_closed;
  Counter connections_over_limit;
  Counter requests;
  std::array<Counter, kRefusalStatuses.size()> refusals;
  Counter timeouts;
  Counter bytes_in;
  Counter bytes_out;

  void count_refusal(unsigned status) noexcept {
    for (std::size_t i = 0; i < kRefusalStatuses.size(); ++i) {
      if (kRefusalStatuses[i] == status) refusals[i].add();
    }
  }
  void add_to(ServerStats* sum) const noexcept {
    // Reads closed before accepted, so that a connection that ends in between cannot make the
    // difference negative.
    sum->connections_closed += connections_closed.value();
    sum->connections_accepted += connections_accepted.value();
    sum->connections_over_limit += connections_over_limit.value();
    sum->requests += requests.value();
    for (std::size_t i = 0; i < refusals.size(); ++i) sum->refusals[i] += refusals[i].value();
    sum->timeouts += timeouts.value();
    sum->bytes_in += bytes_in.value();
    sum->bytes_out += bytes_out.value();
  }
};

}  // namespace beian::http
