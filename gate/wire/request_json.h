// Reads check requests from JSON, with simdjson's DOM: every byte is validated, then the fields are
// walked once.
//
// Refused with a JSON Pointer: duplicates of known fields, and values of a wrong type or out of
// range for them. Refused as invalid JSON, without one (in a batch, with that of the item): depth
// over limits::kJsonDepthMax, numbers that 64 bits cannot hold. Unknown fields are skipped unless
// `is_strict`.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "gate/decision/request.h"
#include "gate/wire/problem.h"

namespace beian::wire {

// A member that no check request has.
struct UnknownMember {
  std::string_view object;  // the object it is in, as a JSON Pointer
  std::string_view name;    // valid until the next parse
};

struct ReadOptions {
  bool is_strict = false;  // unknown fields are errors
  // Filled with the skipped ones, up to its capacity; null: nobody asks.
  std::vector<UnknownMember>* unknown = nullptr;
};

// One document at a time. What was read stays valid until the next parse. One thread.
class RequestReader {
 public:
  RequestReader();
  ~RequestReader();
  RequestReader(RequestReader&&) noexcept;

  // Reads one check request. Returns false after explaining in `problem`; `request->id` is set even
  // then, if the object has one.
  bool read(std::string_view json, const ReadOptions& options, CheckRequest* request,
            Problem* problem);

  // Parses `{"checks":[…]}`, which must outlive the reading of its items. Returns false after
  // explaining; otherwise item_count() items can be read. Invalid JSON in one item is that item's
  // fault alone, unless it cannot be told where the item ends.
  bool parse_batch(std::string_view json, const ReadOptions& options, Problem* problem);
  std::size_t item_count() const noexcept;
  // Reads the next item in order, like read(). REQUIRES: called at most item_count() times.
  bool read_next(CheckRequest* request, Problem* problem);
  // The item that read_next() last read, as JSON without white space. Allocates.
  std::string item_text() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace beian::wire
