// A catalog in chunks of whole rows: NDJSON at newlines, CSV at the newlines outside quotes
// (RFC 4180).
//
// Where a chunk ends depends on the catalog's bytes alone, so an audit that goes on at the end of a
// chunk makes the same chunks as one that was never interrupted. A row that is too long, or whose
// quote is never closed, is a bad row of one line; the rows behind it are unharmed. One thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "cache/base/result.h"
#include "gate/audit/byte_source.h"

namespace beian::audit {

enum class CatalogFormat : std::uint8_t { kNdjson, kCsv };

// kNotGb18030: a byte of it is no GB18030; its text has 0xFF in the place.
enum class RowFault : std::uint8_t { kNone, kTooLong, kOpenQuote, kNotGb18030 };

struct RowSpan {
  std::uint32_t begin = 0;
  std::uint32_t bytes = 0;
  std::uint32_t line = 0;  // lines of the chunk before it
  RowFault fault = RowFault::kNone;
};

// A place between two rows.
struct CatalogPlace {
  std::uint64_t offset = 0;  // plain bytes before it
  std::uint64_t rows = 0;    // rows before it
  std::uint64_t lines = 0;
};

struct RowChunk {
  CatalogPlace begin;
  CatalogPlace end;
  std::uint64_t bytes_taken = 0;  // of the file, at its end
  std::vector<RowSpan> rows;

  std::string_view text(const RowSpan& row) const noexcept {
    return {buffer.data() + row.begin, row.bytes};
  }

  std::vector<char> buffer;  // the chunk's bytes, and padding that simdjson may read
};

class CatalogReader {
 public:
  // `encoding`: what the bytes of `source`, which gives UTF-8, were before.
  CatalogReader(std::unique_ptr<ByteSource> source, CatalogFormat format,
                Encoding encoding = Encoding::kUtf8);

  // Reads the CSV header (its names as they are; nothing for NDJSON). To be called once, first.
  // kBadInput when a catalog of CSV has none, or one that is too long.
  [[nodiscard]] Result<std::string> read_header();
  // Goes on at a place that a chunk ended at. REQUIRES: directly behind read_header().
  [[nodiscard]] Result<void> seek(const CatalogPlace& place);
  // Of the next row.
  const CatalogPlace& place() const noexcept { return place_; }
  // The next chunk; false when there is no more.
  [[nodiscard]] Result<bool> next(RowChunk* chunk);

 private:
  Result<void> fill(RowChunk* chunk);
  Result<void> split(RowChunk* chunk);
  Result<void> drop_line();

  std::unique_ptr<ByteSource> source_;
  CatalogFormat format_;
  Encoding encoding_;
  CatalogPlace place_;       // of the next byte not yet given out
  std::vector<char> rest_;   // bytes that were read and not yet given out
  bool is_at_end_ = false;   // of the source
  bool is_started_ = false;  // a byte order mark has been looked for
};

}  // namespace beian::audit
