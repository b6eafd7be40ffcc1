#include "gate/log/decision_log.h"

#include <algorithm>

#include "gate/log/archive.h"
#include "gate/log/retention.h"

namespace beian::log {
namespace {

// Only a cap: whatever needs the thread sooner wakes it.
constexpr std::chrono::milliseconds kIdleWait = 10s;

constexpr std::size_t kNewsBytesMax = 4096;  // beyond it, news that nobody asked for is dropped

SegmentOptions segment_options(const LogOptions& options) {
  SegmentOptions segment;
  segment.segment_bytes = options.segment_bytes;
  segment.segment_age = options.segment_age;
  segment.ahead_bytes = options.queue_bytes;
  segment.digest_key = options.privacy.key ? options.privacy.key->id() : "";
  segment.key = options.key ? &*options.key : nullptr;
  segment.keep = options.keep;
  segment.keep_bytes = options.keep_bytes;
  return segment;
}

}  // namespace

DecisionLog::DecisionLog(LogOptions options, std::unique_ptr<Disk> disk)
    : options_(std::move(options)),
      disk_(std::move(disk)),
      queue_(options_.queue_bytes, options_.on_full) {}

Result<std::unique_ptr<DecisionLog>> DecisionLog::start(LogOptions options,
                                                        std::unique_ptr<Disk> disk) {
  BEIAN_ASSERT(options.clock != nullptr);
  auto log = std::unique_ptr<DecisionLog>(new DecisionLog(std::move(options), std::move(disk)));
  auto writer = SegmentWriter::open(log->disk_.get(), segment_options(log->options_),
                                    log->options_.origin, log->options_.clock());
  if (!writer) return writer.error();
  log->writer_ = std::move(*writer);
  log->index_before_ = log->writer_->index() - 1;
  if (log->writer_->recovered_torn_bytes() > 0)
    log->tell("decision log: cut " + std::to_string(log->writer_->recovered_torn_bytes()) +
              " bytes that a crash had torn");
  log->retire_at_ = log->options_.clock() + kRetireEvery;
  log->queue_.set_accepting(log->writer_->is_ready());
  log->hand_over();
  log->writing_ = std::thread([raw = log.get()] { raw->write(); });
  log->tidying_ = std::thread([raw = log.get()] { raw->tidy(); });
  return log;
}

DecisionLog::~DecisionLog() {
  if (writing_.joinable()) const auto stopped = stop();
}

Result<void> DecisionLog::stop() {
  queue_.stop();
  if (writing_.joinable()) writing_.join();
  if (tidying_.joinable()) tidying_.join();
  const std::scoped_lock lock(mutex_);
  return outcome_;
}

// --- the writing thread ---

void DecisionLog::write() {
  while (!queue_.is_stopping()) {
    if (!writer_->is_ready()) {
      // Nothing is accepted again before a file has synced a record and has space reserved.
      note_state(writer_->make_ready(options_.clock()));
    }
    if (has_group_) {
      queue_.pause(kRetryAfterError);
    } else {
      queue_.wait(writer_->is_ready() ? time_to_checkpoint() : kRetryAfterError);
      if (options_.durability == Durability::kAsync) queue_.gather(kGatherAsync);
    }
    write_group();
  }
  finish();
}

// Writes the group that failed before, or else what is queued. False if it could not be written.
bool DecisionLog::write_group() {
  if (!has_group_) {
    group_ = queue_.take();
    has_group_ = true;
  }
  const auto now = options_.clock();
  auto outcome = Result<void>();
  const auto due = writer_->checkpoint_due();
  if (!group_.empty())
    outcome = writer_->commit(group_, now);
  else if (due && now >= *due)
    outcome = writer_->checkpoint(now);
  if (outcome) {
    if (!group_.empty()) {
      written_.fetch_add(group_.size(), std::memory_order_relaxed);
      groups_.fetch_add(1, std::memory_order_relaxed);
    }
    bytes_.store(writer_->written_bytes(), std::memory_order_relaxed);
    group_ = {};
    queue_.done();
    has_group_ = false;
    outcome = retire(now);
    hand_over();
  }
  note_state(outcome);
  return !has_group_;
}

// Runs once closed segments are compressed, since keep_bytes counts file sizes; and every
// kRetireEvery, since an idle gate closes no segments.
Result<void> DecisionLog::retire(wire::Milliseconds now) {
  retire_at_ = std::min(retire_at_, now + kRetireEvery);  // in case the clock was set back
  if (!is_tidied_.exchange(false) && now < retire_at_) return {};
  retire_at_ = now + kRetireEvery;
  auto outcome = writer_->retire(now);
  const Result<void>& looked = writer_->looked();
  if (!looked) errors_.fetch_add(1, std::memory_order_relaxed);
  // Reported once, not every time.
  if (!looked && is_retention_well_)
    tell("decision log: nothing old is removed: " + looked.error().message);
  is_retention_well_ = looked.has_value();
  return outcome;
}

std::chrono::milliseconds DecisionLog::time_to_checkpoint() const {
  const auto due = writer_->checkpoint_due();
  if (!due) return kIdleWait;
  const auto left = *due - options_.clock();
  return std::clamp<std::chrono::milliseconds>(left, 1ms, kCheckpointEvery);
}

// Nothing more is accepted by now: writes out what was.
void DecisionLog::finish() {
  auto outcome = Result<void>();
  const auto tries = kStopDeadline / kRetryAfterError;
  for (int i = 0; i < tries; ++i) {
    if (write_group() && write_group()) {
      outcome = writer_->stop(options_.clock());
      if (outcome) break;
    }
    std::this_thread::sleep_for(kRetryAfterError);
  }
  const std::uint64_t lost = queue_.accepted() - written_.load();
  if (lost > 0)
    outcome = make_error(ErrorKind::kUnavailable,
                         "decision log: " + std::to_string(lost) +
                             " accepted entries could not be written before the end");
  hand_over();
  const std::scoped_lock lock(mutex_);
  outcome_ = outcome;
  is_over_ = true;
  changed_.notify_all();
}

void DecisionLog::note_state(const Result<void>& outcome) {
  const bool was_accepting = queue_.is_accepting();
  const bool is_accepting = outcome.has_value() && !has_group_ && writer_->is_ready();
  if (!outcome) errors_.fetch_add(1, std::memory_order_relaxed);
  queue_.set_accepting(is_accepting);
  segments_.store(writer_->index() - index_before_, std::memory_order_relaxed);
  if (was_accepting && !is_accepting)
    tell("decision log: checks are refused until the disk takes records again: " +
         (outcome ? std::string("no space for what is on its way") : outcome.error().message));
  if (!was_accepting && is_accepting) tell("decision log: writing again");
}

// --- the tidying thread ---

void DecisionLog::hand_over() {
  auto closed = writer_->take_closed();
  const std::uint64_t retired = writer_->take_retired();
  auto head = writer_->take_head();
  if (closed.empty() && retired == 0 && !head) return;
  const std::scoped_lock lock(mutex_);
  closed_.insert(closed_.end(), closed.begin(), closed.end());
  retired_ = std::max(retired_, retired);
  if (head) head_ = std::move(head);
  changed_.notify_all();
}

void DecisionLog::tidy() {
  std::unique_lock lock(mutex_);
  std::vector<std::uint64_t> segments;  // to compress; a failed one is retried with the next
  bool is_head_kept = true;
  for (;;) {
    changed_.wait(lock, [this] { return is_over_ || head_ || retired_ > 0 || !closed_.empty(); });
    const bool is_last = is_over_;
    const auto head = std::exchange(head_, std::nullopt);
    const std::uint64_t retired = std::exchange(retired_, 0);
    const bool has_closed = !closed_.empty();
    if (options_.is_compressed) segments.insert(segments.end(), closed_.begin(), closed_.end());
    if (is_last) segments.clear();  // the next start compresses
    closed_.clear();
    lock.unlock();
    if (head) {
      const auto replaced = replace_file(disk_.get(), kHeadName, as_bytes(*head));
      if (!replaced) errors_.fetch_add(1, std::memory_order_relaxed);
      // Reported once, not every second.
      if (!replaced && is_head_kept) tell("decision log: " + replaced.error().message);
      is_head_kept = replaced.has_value();
    }
    if (has_closed || retired > 0) remove_and_compress(retired, &segments);
    if (has_closed) is_tidied_ = true;
    lock.lock();
    if (is_last) return;
  }
}

// Leaves in `segments` those that could not be compressed. The thread that compresses also removes;
// otherwise a removed segment could come back under its compressed name.
void DecisionLog::remove_and_compress(std::uint64_t through, std::vector<std::uint64_t>* segments) {
  const auto is_done = [this](const Result<void>& outcome) {
    if (outcome) return true;
    errors_.fetch_add(1, std::memory_order_relaxed);
    tell("decision log: " + outcome.error().message);
    return false;
  };
  if (through > 0) is_done(remove_segments(disk_.get(), through));
  std::erase_if(*segments, [&](std::uint64_t index) {
    return index <= through || is_done(compress_segment(disk_.get(), index));
  });
}

// --- any thread ---

LogStats DecisionLog::stats() const {
  LogStats stats;
  stats.written = written_.load(std::memory_order_relaxed);
  stats.accepted = queue_.accepted();
  stats.shed = queue_.shed();
  stats.bytes = bytes_.load(std::memory_order_relaxed);
  stats.groups = groups_.load(std::memory_order_relaxed);
  stats.segments = segments_.load(std::memory_order_relaxed);
  stats.errors = errors_.load(std::memory_order_relaxed);
  stats.queue_bytes = queue_.bytes();
  stats.is_accepting = queue_.is_accepting();
  return stats;
}

void DecisionLog::tell(const std::string& text) {
  const std::scoped_lock lock(mutex_);
  if (news_.size() > kNewsBytesMax) news_.clear();
  if (!news_.empty()) news_ += "; ";
  news_ += text;
}

std::optional<std::string> DecisionLog::news() {
  const std::scoped_lock lock(mutex_);
  if (news_.empty()) return std::nullopt;
  return std::exchange(news_, {});
}

}  // namespace beian::log
