// Reads a catalog in chunks of whole rows: NDJSON is split at newlines, CSV at the newlines outside
// quotes (RFC 4180).
//
// Where a chunk ends depends only on the catalog's bytes, so an audit resumed at the end of a chunk
// produces the same chunks as one that was never interrupted. A row that is too long, or whose
// quote is never closed or only by one of a later row, costs one bad row of a single line; the rows
// after it are unharmed. Not thread-safe.
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

// kNotGb18030: the row has a byte that is not GB18030; its text has 0xFF there.
enum class RowFault : std::uint8_t { kNone, kTooLong, kOpenQuote, kNotGb18030 };

struct RowSpan {
  std::uint32_t begin = 0;
  std::uint32_t bytes = 0;
  std::uint32_t line = 0;  // lines of the chunk before this row
  RowFault fault = RowFault::kNone;
};

// A position between two rows.
struct CatalogPlace {
  std::uint64_t offset = 0;  // plain bytes before it
  std::uint64_t rows = 0;    // rows before it
  std::uint64_t lines = 0;
};

struct RowChunk {
  CatalogPlace begin;
  CatalogPlace end;
  std::uint64_t bytes_taken = 0;  // from the file, up to the chunk's end
  std::vector<RowSpan> rows;

  std::string_view text(const RowSpan& row) const noexcept {
    return {buffer.data() + row.begin, row.bytes};
  }

  std::vector<char> buffer;  // the chunk's bytes, then padding that simdjson may read
};

class CatalogReader {
 public:
  // `encoding` is the original encoding of `source`, which itself delivers UTF-8.
  CatalogReader(std::unique_ptr<ByteSource> source, CatalogFormat format,
                Encoding encoding = Encoding::kUtf8);

  // Reads the CSV header and returns it verbatim (for NDJSON: returns nothing). Must be called
  // once, before all else. kBadInput if a CSV catalog has no header, or one that is too long.
  [[nodiscard]] Result<std::string> read_header();
  // Continues at a place where a chunk ended. REQUIRES: called right after read_header().
  [[nodiscard]] Result<void> seek(const CatalogPlace& place);
  // The place of the next row.
  const CatalogPlace& place() const noexcept { return place_; }
  // Reads the next chunk; false at the end.
  [[nodiscard]] Result<bool> next(RowChunk* chunk);

 private:
  Result<void> fill(RowChunk* chunk);
  Result<void> split(RowChunk* chunk);
  Result<void> drop_line();

  std::unique_ptr<ByteSource> source_;
  CatalogFormat format_;
  Encoding encoding_;
  CatalogPlace place_;       // of the next byte not yet handed out
  std::vector<char> rest_;   // bytes read but not yet handed out
  bool is_at_end_ = false;   // of the source
  bool is_started_ = false;  // a byte order mark was looked for
};

}  // namespace beian::audit
