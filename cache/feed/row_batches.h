// Rows of an NDJSON feed, parsed many at a time and on several threads, which the reader of the
// feed hands on in the order of the feed: so whoever gets the records sees one thread and no
// difference.
//
// Private to cache/feed; used by ndjson.cc. A batch belongs to its owner until it is pushed and
// again after await(); between the two, to whichever thread parses it.
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

// Some rows with what became of each. Used again and again, so that its buffers stay.
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
  // A row that is refused unread.
  void add_refused(std::string what, std::uint64_t line);

  // Fills in what became of the rows.
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

// Parses batches on threads of its own and on that of its owner. A batch must outlive its parsing;
// the destructor ends the threads after at most one batch each.
class RowParsers {
 public:
  RowParsers() = default;
  ~RowParsers();
  RowParsers(const RowParsers&) = delete;
  RowParsers& operator=(const RowParsers&) = delete;

  // Begins the threads, once: a feed of one batch needs none.
  void start();
  void push(RowBatch* batch);
  // Comes back when `batch`, the oldest that was not awaited yet, is parsed; until then the caller
  // parses too.
  void await(RowBatch* batch);

 private:
  void work();
  void parse(RowBatch* batch, JsonRecordParser* parser, std::unique_lock<std::mutex>* lock);

  JsonRecordParser parser_;  // of the owner's thread
  std::mutex mutex_;
  std::condition_variable has_work_;
  std::condition_variable has_parsed_;
  std::deque<RowBatch*> waiting_;  // guarded by the mutex, as is_ending_
  bool is_ending_ = false;
  std::vector<std::jthread> threads_;  // last: they use all of the above
};

}  // namespace beian::cache
