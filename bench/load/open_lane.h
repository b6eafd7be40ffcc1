// The open loop: requests are due at a constant rate, whatever the server does. Each has a latency
// from the moment it was due, so that a stall counts for everybody whom it would have kept waiting.
//
// Connections are kept alive and carry one request at a time. A request that is due while all of
// them are busy waits, and may give up. One thread; the schedule is exact to some microseconds, and
// how late requests really left is a figure of its own.
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
  bool has_bulk = false;  // beside a saturating second lane
};

struct TargetCounts {
  std::array<std::uint64_t, 600> by_status{};
  Histogram accepted;  // 2xx
  Histogram refused;   // all others
  // The same from when they were sent: without the wait for a connection.
  Histogram accepted_since_sent;
  Histogram refused_since_sent;
};

// Of the requests that were due in one phase, whenever they were answered.
struct PhaseCounts {
  std::uint64_t offered = 0;
  std::uint64_t sent = 0;
  std::uint64_t given_up = 0;    // never sent: no connection was free in time
  std::uint64_t broken = 0;      // the connection ended before the answer
  std::uint64_t unanswered = 0;  // when the load's own patience ended
  std::vector<TargetCounts> targets;
  Histogram late;  // from due to sent
};

struct LaneOptions {
  Route route;
  unsigned connections = 32;
  nanoseconds give_up_after{0};  // 0: a request waits as long as it takes
  nanoseconds patience{0};       // with answers, after the last phase
};

class OpenLane {
 public:
  // `targets` must outlive the lane.
  OpenLane(LaneOptions options, const std::vector<Target>& targets);

  // Connects, then runs the phases one after another; `began(phase)` at the beginning of each and
  // with their number at the end.
  std::vector<PhaseCounts> run(const std::vector<Phase>& phases,
                               const std::function<void(std::size_t)>& began);

  std::uint64_t reconnects() const noexcept { return reconnects_; }

 private:
  // kAnswered: before the request was sent whole, whose rest has still to go.
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
  std::deque<std::uint32_t> idle_;  // longest first
  std::vector<std::uint32_t> down_;
  Moment retry_at_;  // of those that are down
  std::size_t busy_count_ = 0;
  std::uint64_t reconnects_ = 0;
  std::uint64_t sent_count_ = 0;
  std::vector<std::size_t> texts_sent_;  // by target
  std::vector<char> buffer_;

  // Of the run. The next request that is due is the `offered`th of its phase.
  std::vector<Phase> phases_;
  std::vector<PhaseCounts> counts_;
  std::size_t phase_ = 0;
  Moment phase_begin_;
  std::size_t phases_begun_ = 0;
  Moment clock_phase_end_;  // of the newest phase that has begun by the clock
};

}  // namespace beian::load
