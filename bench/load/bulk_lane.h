// The second lane: saturating connections that always have more to send and send it as fast as the
// server takes it. Each is an endless stream, or one batch after another.
//
// Runs on a thread of its own at the lowest priority, so that it does not delay the open loop
// beside it.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>
#include <thread>
#include <vector>

#include "bench/load/requests.h"
#include "bench/load/socket.h"

namespace beian::load {

enum class BulkKind : std::uint8_t { kStream, kBatch };

struct BulkOptions {
  Route route;
  BulkKind kind = BulkKind::kStream;
  unsigned connections = 1;
  std::size_t batch_rows = 1'000;
};

struct BulkCounts {
  std::uint64_t rows = 0;         // answered
  std::uint64_t connections = 0;  // opened; exceeds the number asked for when some ended
  std::uint64_t refused = 0;      // answers other than 2xx
};

class BulkLane {
 public:
  BulkLane(const BulkOptions& options, const CommonFields& fields,
           const std::vector<std::string>& rows);
  ~BulkLane() { stop(); }

  void start();
  // Cuts the connections off and returns the counts since start().
  BulkCounts stop();

 private:
  class Connection;
  void run();

  const BulkOptions options_;
  std::string head_;  // sent once
  std::string unit_;  // sent over and over
  std::atomic<bool> is_over_{false};
  std::thread thread_;
  BulkCounts counts_;  // owned by the thread until it is joined
};

}  // namespace beian::load
