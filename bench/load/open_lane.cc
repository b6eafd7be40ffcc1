#include "bench/load/open_lane.h"

#include <sys/epoll.h>
#include <sys/prctl.h>

#include <algorithm>

namespace beian::load {
namespace {

constexpr std::size_t kBufferBytes = 256 * 1024;
constexpr int kEventsMax = 256;
constexpr nanoseconds kRetry = std::chrono::milliseconds{10};  // until a failed one is retried
constexpr nanoseconds kConnectMax = std::chrono::seconds{10};  // all, before the first phase
constexpr unsigned long kTimerSlackNanoseconds = 1;  // the default lets timers fire 50 us late

Moment now_is() {
  return std::chrono::steady_clock::now();
}

}  // namespace

OpenLane::OpenLane(LaneOptions options, const std::vector<Target>& targets)
    : options_(options),
      targets_(targets),
      turns_(spread(targets)),
      epoll_(::epoll_create1(EPOLL_CLOEXEC)),
      connections_(options.connections),
      texts_sent_(targets.size()),
      buffer_(kBufferBytes) {
  ::prctl(PR_SET_TIMERSLACK, kTimerSlackNanoseconds);
}

std::vector<PhaseCounts> OpenLane::run(const std::vector<Phase>& phases,
                                       const std::function<void(std::size_t)>& began) {
  connect_all();
  phases_ = phases;
  counts_.assign(phases.size(), {});
  for (PhaseCounts& counts : counts_) counts.targets.resize(targets_.size());
  phase_ = phases_begun_ = 0;
  phase_begin_ = clock_phase_end_ = now_is();
  const Moment begin = phase_begin_;
  nanoseconds length{0};
  for (const Phase& phase : phases) length += phase.length;
  const Moment end = begin + length + options_.patience;

  for (Moment now = begin; now < end; now = now_is()) {
    enter_phase(now, began);
    give_up_late(now);
    send_due(now);
    if (is_all_offered() && busy_count_ == 0 && phases_begun_ > phases.size()) break;
    wait(until_due(now));
  }
  for (; !is_all_offered(); next()) ++counts_[phase_].given_up;
  for (const Connection& connection : connections_)
    if (connection.state == State::kBusy) ++counts_[connection.phase].unanswered;
  return std::move(counts_);
}

// Calls `began` by the clock, even while requests of earlier phases are still due.
void OpenLane::enter_phase(Moment now, const std::function<void(std::size_t)>& began) {
  while (phases_begun_ <= phases_.size() && now >= clock_phase_end_) {
    if (phases_begun_ < phases_.size()) clock_phase_end_ += phases_[phases_begun_].length;
    began(phases_begun_++);
  }
}

// --- when ---

Moment OpenLane::next_due() const {
  const double seconds = static_cast<double>(counts_[phase_].offered) / phases_[phase_].per_second;
  return phase_begin_ +
         std::chrono::duration_cast<nanoseconds>(std::chrono::duration<double>(seconds));
}

// Moves on from the request that was due to the next one.
void OpenLane::next() {
  ++counts_[phase_].offered;
  while (!is_all_offered() && next_due() >= phase_begin_ + phases_[phase_].length)
    phase_begin_ += phases_[phase_++].length;
}

void OpenLane::give_up_late(Moment now) {
  if (options_.give_up_after.count() == 0) return;
  while (!is_all_offered() && now - next_due() > options_.give_up_after) {
    ++counts_[phase_].given_up;
    next();
  }
}

nanoseconds OpenLane::until_due(Moment now) const {
  nanoseconds longest = std::max<nanoseconds>(clock_phase_end_ - now, nanoseconds{0});
  if (longest.count() == 0 || longest > kRetry) longest = kRetry;
  if (is_all_offered() || idle_.empty()) return longest;
  return std::clamp<nanoseconds>(next_due() - now, nanoseconds{0}, longest);
}

void OpenLane::wait(nanoseconds longest) {
  std::array<epoll_event, kEventsMax> events;
  const timespec timeout{0, longest.count()};  // tv_nsec suffices: `longest` is below a second
  const int count = ::epoll_pwait2(epoll_.get(), events.data(), kEventsMax, &timeout, nullptr);
  for (int i = 0; i < count; ++i) {
    const epoll_event& event = events[static_cast<std::size_t>(i)];
    on_event(event.data.u32, event.events);
  }
  if (!down_.empty() && now_is() >= retry_at_) retry_down();
}

// --- connections ---

void OpenLane::connect_all() {
  for (std::size_t i = 0; i < connections_.size(); ++i) connect(i);
  const Moment end = now_is() + kConnectMax;
  while (idle_.size() < connections_.size()) {
    if (now_is() > end)
      give_up("the server does not take " + std::to_string(connections_.size()) + " connections");
    wait(kRetry);
  }
}

void OpenLane::connect(std::size_t index) {
  Connection& connection = connections_[index];
  connection.socket = begin_connect(options_.route, static_cast<unsigned>(index));
  connection.reader.reset();
  connection.state = State::kConnecting;
  connection.is_write_awaited = true;
  watch(index, EPOLL_CTL_ADD, EPOLLIN | EPOLLOUT);
}

void OpenLane::watch(std::size_t index, int operation, std::uint32_t events) {
  epoll_event event{};
  event.events = events;
  event.data.u32 = static_cast<std::uint32_t>(index);
  ::epoll_ctl(epoll_.get(), operation, connections_[index].socket.get(), &event);
}

// Reconnects at once, or after kRetry when the server refused the connection.
void OpenLane::reconnect(std::size_t index) {
  Connection& connection = connections_[index];
  const bool is_refused = connection.state == State::kConnecting;
  if (connection.state == State::kBusy) {
    ++counts_[connection.phase].broken;
    --busy_count_;
  } else if (connection.state == State::kIdle) {
    std::erase(idle_, static_cast<std::uint32_t>(index));
  }
  ++reconnects_;
  connection.socket = FileDescriptor();
  if (!is_refused) return connect(index);
  connection.state = State::kDown;
  if (down_.empty()) retry_at_ = now_is() + kRetry;
  down_.push_back(static_cast<std::uint32_t>(index));
}

void OpenLane::retry_down() {
  std::vector<std::uint32_t> down;
  down.swap(down_);
  for (const std::uint32_t index : down) connect(index);
}

void OpenLane::on_event(std::size_t index, std::uint32_t events) {
  Connection& connection = connections_[index];
  if (connection.state == State::kDown) return;
  if (connection.state == State::kConnecting) {
    if (!is_connected(connection.socket)) return reconnect(index);
    if ((events & EPOLLOUT) == 0) return;
    connection.state = State::kIdle;
    idle_.push_back(static_cast<std::uint32_t>(index));
  }
  if ((events & EPOLLOUT) != 0) flush(index);
  if ((events & ~static_cast<std::uint32_t>(EPOLLOUT)) != 0) receive(index);
}

// --- requests ---

void OpenLane::send_due(Moment now) {
  while (!is_all_offered() && !idle_.empty() && next_due() <= now) {
    const std::size_t index = idle_.front();
    idle_.pop_front();
    send(index, now);
    next();
  }
}

void OpenLane::send(std::size_t index, Moment now) {
  Connection& connection = connections_[index];
  const std::uint64_t number = sent_count_++;
  connection.target = turns_[number % turns_.size()];
  const auto& texts = targets_[connection.target].texts;
  connection.unsent = texts[texts_sent_[connection.target]++ % texts.size()];
  connection.due = next_due();
  connection.sent = now;
  connection.phase = phase_;
  connection.state = State::kBusy;
  ++busy_count_;
  ++counts_[phase_].sent;
  counts_[phase_].late.add(now - connection.due);
  flush(index);
}

void OpenLane::flush(std::size_t index) {
  Connection& connection = connections_[index];
  if (!send_some(connection.socket, &connection.unsent)) return reconnect(index);
  const bool is_blocked = !connection.unsent.empty();
  if (is_blocked != connection.is_write_awaited) {
    connection.is_write_awaited = is_blocked;
    watch(index, EPOLL_CTL_MOD, is_blocked ? EPOLLIN | EPOLLOUT : EPOLLIN);
  }
  be_idle_once_sent(index);
}

// A server may answer before it has read the whole request. If it keeps the connection open, it
// still reads the rest, so the connection is idle only once that has been sent.
void OpenLane::be_idle_once_sent(std::size_t index) {
  Connection& connection = connections_[index];
  if (connection.state != State::kAnswered || !connection.unsent.empty()) return;
  connection.state = State::kIdle;
  idle_.push_back(static_cast<std::uint32_t>(index));
}

void OpenLane::receive(std::size_t index) {
  Connection& connection = connections_[index];
  if (connection.state == State::kDown || connection.state == State::kConnecting) return;
  const ssize_t got = ::recv(connection.socket.get(), buffer_.data(), buffer_.size(), 0);
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (got <= 0) return reconnect(index);
  bool is_answered = false;
  connection.reader.feed(
      {buffer_.data(), static_cast<std::size_t>(got)},
      [&](unsigned status) {
        if (connection.state == State::kBusy) answered(&connection, status);
        is_answered = true;
      },
      [](std::string_view) {});
  if (connection.reader.is_broken || (is_answered && connection.reader.closes()))
    return reconnect(index);
  be_idle_once_sent(index);
}

void OpenLane::answered(Connection* connection, unsigned status) {
  TargetCounts& counts = counts_[connection->phase].targets[connection->target];
  ++counts.by_status[std::min<std::size_t>(status, counts.by_status.size() - 1)];
  const Moment now = now_is();
  const bool is_accepted = status / 100 == 2;
  (is_accepted ? counts.accepted : counts.refused).add(now - connection->due);
  (is_accepted ? counts.accepted_since_sent : counts.refused_since_sent)
      .add(now - connection->sent);
  connection->state = State::kAnswered;
  --busy_count_;
}

}  // namespace beian::load
