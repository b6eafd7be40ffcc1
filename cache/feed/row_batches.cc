// Tests: tests/feed/row_batches_test.cc.
#include "cache/feed/row_batches.h"

#include <algorithm>
#include <utility>

#include "cache/feed/lines.h"

namespace beian::cache {
namespace {

// Text per batch: about 0.5 ms of parsing, and with its records it stays in a core's cache.
constexpr std::size_t kBatchBytes = 128 * 1024;
// Adding a record to a snapshot takes about as long as parsing it, so more threads would only wait.
constexpr unsigned kThreadsMax = 3;

}  // namespace

bool RowBatch::is_full() const noexcept {
  return text_.size() >= kBatchBytes;
}

RowBatch::Row& RowBatch::next_row(std::uint64_t line) {
  if (count_ == rows_.size()) rows_.emplace_back();
  Row& row = rows_[count_++];
  row.line = line;
  row.is_refused = false;
  return row;
}

void RowBatch::add(std::string_view text, std::uint64_t line) {
  Row& row = next_row(line);
  row.offset = text_.size();
  row.bytes = text.size();
  text_ += text;
}

void RowBatch::add_refused(std::string what, std::uint64_t line) {
  Row& row = next_row(line);
  row.is_refused = true;
  row.fault = RowFault{"", std::move(what), std::nullopt};
}

void RowBatch::parse(JsonRecordParser* parser) {
  text_.append(LineReader::kPaddingBytes, '\0');
  for (Row& row : rows()) {
    if (row.is_refused) continue;
    const std::string_view text(text_.data() + row.offset, row.bytes);
    row.is_refused = !parser->parse(text, &row.record, &row.fault);
  }
}

RowParsers::~RowParsers() {
  {
    const std::lock_guard lock(mutex_);
    is_ending_ = true;
  }
  has_work_.notify_all();
}

void RowParsers::start() {
  if (!threads_.empty()) return;
  const unsigned others = std::max(std::thread::hardware_concurrency(), 1U) - 1;
  for (unsigned i = 0; i < std::min(others, kThreadsMax); ++i)
    threads_.emplace_back([this] { work(); });
}

void RowParsers::push(RowBatch* batch) {
  {
    const std::lock_guard lock(mutex_);
    batch->state_ = RowBatch::State::kWaiting;
    waiting_.push_back(batch);
  }
  has_work_.notify_one();
}

void RowParsers::parse(RowBatch* batch, JsonRecordParser* parser,
                       std::unique_lock<std::mutex>* lock) {
  batch->state_ = RowBatch::State::kTaken;
  lock->unlock();
  batch->parse(parser);
  lock->lock();
  batch->state_ = RowBatch::State::kParsed;
}

void RowParsers::await(RowBatch* batch) {
  std::unique_lock lock(mutex_);
  while (batch->state_ != RowBatch::State::kParsed) {
    // While another thread has the oldest, parsing the next one beats waiting.
    if (waiting_.empty()) {
      has_parsed_.wait(lock);
      continue;
    }
    RowBatch* const next = waiting_.front();
    waiting_.pop_front();
    parse(next, &parser_, &lock);
  }
}

void RowParsers::work() {
  JsonRecordParser parser;
  std::unique_lock lock(mutex_);
  for (;;) {
    has_work_.wait(lock, [this] { return is_ending_ || !waiting_.empty(); });
    if (is_ending_) return;
    RowBatch* const next = waiting_.front();
    waiting_.pop_front();
    parse(next, &parser, &lock);
    has_parsed_.notify_one();
  }
}

}  // namespace beian::cache
