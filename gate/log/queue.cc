#include "gate/log/queue.h"

#include <algorithm>

#include "cache/base/result.h"

namespace beian::log {

bool Producer::append(std::string_view body) {
  const std::size_t bytes = body.size() + kEnvelopeBytesMax;
  if (!queue_.admit(bytes)) return false;
  {
    const std::scoped_lock lock(mutex_);
    filling_.bytes += body;
    filling_.ends.push_back(filling_.bytes.size());
  }
  ++accepted_;
  queue_.wake_writer(queue_.bytes());
  return true;
}

void Producer::set_on_durable(std::function<void()> on_durable) {
  const std::scoped_lock lock(mutex_);
  on_durable_ = std::move(on_durable);
}

Producer* LogQueue::add_producer() {
  const std::scoped_lock lock(mutex_);
  producers_.emplace_back(new Producer(this));
  return producers_.back().get();
}

bool LogQueue::admit(std::size_t bytes) {
  if (is_accepting() && !is_stopping() &&
      (try_admit(bytes) || (on_full_ == OnFull::kBlock && wait_for_room(bytes)))) {
    accepted_.fetch_add(1, std::memory_order_relaxed);
    return true;
  }
  shed_.fetch_add(1, std::memory_order_relaxed);
  return false;
}

bool LogQueue::try_admit(std::size_t bytes) noexcept {
  if (bytes_.fetch_add(bytes, std::memory_order_relaxed) + bytes <= bytes_max_) return true;
  bytes_.fetch_sub(bytes, std::memory_order_relaxed);
  return false;
}

bool LogQueue::wait_for_room(std::size_t bytes) {
  std::unique_lock lock(mutex_);
  bool is_admitted = false;
  const auto is_over = [&] {
    is_admitted = try_admit(bytes);
    return is_admitted || is_stalled_ || !is_accepting() || is_stopping();
  };
  // Once one wait has timed out nobody waits until there is room again: a worker that waited for
  // each of its checks would answer nothing else, health included.
  if (!room_.wait_for(lock, kBlockDeadline, is_over)) {
    is_stalled_ = true;
    room_.notify_all();
  }
  return is_admitted;
}

// The writer announces its threshold, then looks into each producer under that producer's lock:
// either it sees the entry, or whoever adds it later sees the announcement.
void LogQueue::wake_writer(std::size_t bytes) {
  if (bytes < wake_at_bytes_.load(std::memory_order_relaxed)) return;
  const std::scoped_lock lock(mutex_);
  entries_.notify_one();
}

bool LogQueue::has_entries() {
  return std::ranges::any_of(producers_, [](const auto& producer) {
    const std::scoped_lock lock(producer->mutex_);
    return !producer->filling_.ends.empty();
  });
}

void LogQueue::wait(std::chrono::milliseconds deadline) {
  std::unique_lock lock(mutex_);
  wake_at_bytes_.store(0, std::memory_order_relaxed);
  entries_.wait_for(lock, deadline, [this] { return is_stopping() || has_entries(); });
  wake_at_bytes_.store(SIZE_MAX, std::memory_order_relaxed);
}

void LogQueue::gather(std::chrono::milliseconds deadline) {
  std::unique_lock lock(mutex_);
  wake_at_bytes_.store(bytes_max_ / 2, std::memory_order_relaxed);
  entries_.wait_for(lock, deadline, [this] { return is_stopping() || bytes() >= bytes_max_ / 2; });
  wake_at_bytes_.store(SIZE_MAX, std::memory_order_relaxed);
}

void LogQueue::pause(std::chrono::milliseconds deadline) {
  std::unique_lock lock(mutex_);
  entries_.wait_for(lock, deadline, [this] { return is_stopping(); });
}

std::span<const std::string_view> LogQueue::take() {
  BEIAN_ASSERT(taken_from_.empty());
  group_.clear();
  group_bytes_ = 0;
  const std::scoped_lock lock(mutex_);
  for (const auto& producer : producers_) {
    Producer::Batch& batch = producer->taken_;
    {
      const std::scoped_lock own(producer->mutex_);
      std::swap(batch, producer->filling_);
    }
    if (batch.ends.empty()) continue;
    taken_from_.push_back(producer.get());
    std::size_t begin = 0;
    for (const std::size_t end : batch.ends) {
      group_.push_back(std::string_view(batch.bytes).substr(begin, end - begin));
      begin = end;
    }
    group_bytes_ += batch.bytes.size() + batch.ends.size() * kEnvelopeBytesMax;
  }
  return group_;
}

void LogQueue::done() {
  for (Producer* const producer : taken_from_) {
    const std::size_t count = producer->taken_.ends.size();
    producer->taken_.bytes.clear();
    producer->taken_.ends.clear();
    producer->durable_.store(producer->durable_.load(std::memory_order_relaxed) + count,
                             std::memory_order_release);
    const std::scoped_lock lock(producer->mutex_);
    if (producer->on_durable_) producer->on_durable_();
  }
  taken_from_.clear();
  group_.clear();
  if (group_bytes_ == 0) return;
  bytes_.fetch_sub(group_bytes_, std::memory_order_relaxed);
  group_bytes_ = 0;
  if (on_full_ != OnFull::kBlock) return;
  const std::scoped_lock lock(mutex_);
  is_stalled_ = false;
  room_.notify_all();
}

void LogQueue::set_accepting(bool is_accepting) {
  if (is_accepting == this->is_accepting()) return;
  const std::scoped_lock lock(mutex_);
  is_accepting_.store(is_accepting, std::memory_order_release);
  room_.notify_all();
}

void LogQueue::stop() {
  const std::scoped_lock lock(mutex_);
  is_stopping_.store(true, std::memory_order_release);
  entries_.notify_all();
  room_.notify_all();
}

}  // namespace beian::log
