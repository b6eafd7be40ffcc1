// Parses the rows of an NDJSON feed in batches on several threads. The thread that reads the feed
// hands the records on in feed order, so whoever receives them sees one thread and no difference.
//
// Private to cache/feed; used by ndjson.cc. A batch belongs to its owner until it is pushed, and
// again after await(); in between it belongs to the thread that parses it.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "cache/feed/json_record.h"

namespace beian::cache {

// Some rows, and what became of each. Batches are reused, so that their buffers stay.
class RowBatch {
 public:
  struct Row {
    std::size_t offset = 0;  // in the batch's text
    std::size_t bytes = 0;
    std::uint64_t line = 0;  // of the feed
    bool is_refused = false;
    RowFault fault;  // of a refused row
    FeedRecord record;
  };

  void clear() noexcept {
    text_.clear();
    count_ = 0;
  }
  bool is_empty() const noexcept { return count_ == 0; }
  bool is_full() const noexcept;

  void add(std::string_view row, std::uint64_t line);
  // Adds a row that is refused unread.
  void add_refused(std::string what, std::uint64_t line);

  // Parses the rows and records what became of each.
  void parse(JsonRecordParser* parser);

  std::span<Row> rows() noexcept { return {rows_.data(), count_}; }

 private:
  friend class RowParsers;
  enum class State : std::uint8_t { kWaiting, kTaken, kParsed };

  Row& next_row(std::uint64_t line);

  std::string text_;
  std::vector<Row> rows_;  // the first `count_` of them
  std::size_t count_ = 0;
  State state_ = State::kParsed;  // guarded by RowParsers::mutex_
};

// Parses batches on its own threads and on its owner's. A batch must outlive its parsing; the
// destructor ends the threads after at most one batch each.
class RowParsers {
 public:
  RowParsers() = default;
  ~RowParsers();
  RowParsers(const RowParsers&) = delete;
  RowParsers& operator=(const RowParsers&) = delete;

  // Starts the threads, once. Separate from push(), because a feed of one batch needs none.
  void start();
  void push(RowBatch* batch);
  // Returns once `batch`, the oldest not yet awaited, is parsed; until then the caller helps with
  // the parsing.
  void await(RowBatch* batch);

 private:
  void work();
  void parse(RowBatch* batch, JsonRecordParser* parser, std::unique_lock<std::mutex>* lock);

  JsonRecordParser parser_;  // of the owner's thread
  std::mutex mutex_;
  std::condition_variable has_work_;
  std::condition_variable has_parsed_;
  std::deque<RowBatch*> waiting_;  // guarded by the mutex, like is_ending_
  bool is_ending_ = false;
  std::vector<std::jthread> threads_;  // last: they use all of the above
};

}  // namespace beian::cache
