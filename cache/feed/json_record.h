// Reads one JSON object as one record of the feed: the fields of the NDJSON dialect. The CSV
// dialect borrows them by writing its cells as JSON.
//
// Every row is validated as a whole, including fields that nobody reads. Unknown fields are
// ignored; a known field given twice or of the wrong type is a fault. null and a missing field mean
// "not known", and so does an empty text where one text is expected. An empty list means "known to
// be none".
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "cache/feed/feed.h"

namespace beian::cache {

struct RowFault {
  std::string pointer;                // JSON Pointer of the faulty value; empty: the whole row
  std::string what;                   // the message, naming the field
  std::optional<std::size_t> offset;  // byte of the row, if known
};

// Keeps its buffers from row to row. One thread.
class JsonRecordParser {
 public:
  JsonRecordParser();
  ~JsonRecordParser();

  // Returns false and fills *fault when the row is refused.
  // REQUIRES: LineReader::kPaddingBytes readable bytes behind `row`.
  bool parse(std::string_view row, FeedRecord* record, RowFault* fault);

 private:
  struct Parser;
  std::unique_ptr<Parser> parser_;
};

}  // namespace beian::cache
