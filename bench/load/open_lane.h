// The open loop: requests are due at a constant rate, whatever the server does. Latency counts from
// the moment a request was due, so a stall counts against every request that it would have delayed.
//
// Connections are kept alive and carry one request at a time. A request that comes due while all of
// them are busy waits, and may be given up. Single-threaded; the schedule is exact to a few
// microseconds, and how late requests were really sent is reported as a figure of its own.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bench/load/answer_reader.h"
#include "bench/load/histogram.h"
#include "bench/load/requests.h"
#include "bench/load/socket.h"

namespace beian::load {

using std::chrono::nanoseconds;
using Moment = std::chrono::steady_clock::time_point;

struct Phase {
  double per_second = 0;
  nanoseconds length{0};
  bool has_bulk = false;  // with a saturating second lane beside it
};

struct TargetCounts {
  std::array<std::uint64_t, 600> by_status{};
  Histogram accepted;  // 2xx
  Histogram refused;   // all others
  // The same, measured from sending: without the wait for a connection.
  Histogram accepted_since_sent;
  Histogram refused_since_sent;
};

// Counts of the requests that were due in one phase, whenever they were answered.
struct PhaseCounts {
  std::uint64_t offered = 0;
  std::uint64_t sent = 0;
  std::uint64_t given_up = 0;    // never sent: no connection was free in time
  std::uint64_t broken = 0;      // the connection ended before the answer
  std::uint64_t unanswered = 0;  // when the load generator stopped waiting
  std::vector<TargetCounts> targets;
  Histogram late;  // from due to sent
};

struct LaneOptions {
  Route route;
  unsigned connections = 32;
  nanoseconds give_up_after{0};  // 0: a request waits for as long as it takes
  nanoseconds patience{0};       // how long to wait for answers after the last phase
};

class OpenLane {
 public:
  // `targets` must outlive the lane.
  OpenLane(LaneOptions options, const std::vector<Target>& targets);

  // Connects, then runs the phases one after another. Calls `began(i)` when phase `i` begins, and
  // `began(phases.size())` when the last one ends.
  std::vector<PhaseCounts> run(const std::vector<Phase>& phases,
                               const std::function<void(std::size_t)>& began);

  std::uint64_t reconnects() const noexcept { return reconnects_; }

 private:
  // kAnswered: answered before the whole request was sent; the rest still has to go out.
  enum class State : std::uint8_t { kConnecting, kIdle, kBusy, kAnswered, kDown };
  struct Connection {
    FileDescriptor socket;
    AnswerReader reader;
    State state = State::kDown;
    bool is_write_awaited = false;
    std::string_view unsent;
    std::uint32_t target = 0;
    std::size_t phase = 0;
    Moment due;
    Moment sent;
  };

  void connect_all();
  void connect(std::size_t index);
  void watch(std::size_t index, int operation, std::uint32_t events);
  void reconnect(std::size_t index);
  void retry_down();
  void give_up_late(Moment now);
  void send_due(Moment now);
  void send(std::size_t index, Moment now);
  void flush(std::size_t index);
  void be_idle_once_sent(std::size_t index);
  void receive(std::size_t index);
  void answered(Connection* connection, unsigned status);
  void on_event(std::size_t index, std::uint32_t events);
  void wait(nanoseconds longest);
  nanoseconds until_due(Moment now) const;
  Moment next_due() const;
  bool is_all_offered() const { return phase_ == phases_.size(); }
  void next();
  void enter_phase(Moment now, const std::function<void(std::size_t)>& began);

  const LaneOptions options_;
  const std::vector<Target>& targets_;
  const std::vector<std::uint32_t> turns_;
  FileDescriptor epoll_;
  std::vector<Connection> connections_;
  std::deque<std::uint32_t> idle_;  // longest idle first
  std::vector<std::uint32_t> down_;
  Moment retry_at_;  // for all connections in `down_`
  std::size_t busy_count_ = 0;
  std::uint64_t reconnects_ = 0;
  std::uint64_t sent_count_ = 0;
  std::vector<std::size_t> texts_sent_;  // by target
  std::vector<char> buffer_;

  // State of one run. The next request due is number `offered` of its phase.
  std::vector<Phase> phases_;
  std::vector<PhaseCounts> counts_;
  std::size_t phase_ = 0;
  Moment phase_begin_;
  std::size_t phases_begun_ = 0;
  Moment clock_phase_end_;  // of the latest phase that has begun by the clock
};

}  // namespace beian::load
