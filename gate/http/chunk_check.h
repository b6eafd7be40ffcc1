// The raw check of the bytes between chunks, size lines and trailers, before Beast reads them.
//
// Beast accepts white space, unbounded extensions and folded trailers; a proxy in front of us may
// not.
#pragma once

#include <cstdint>
#include <string_view>

#include "gate/http/head_reader.h"
#include "gate/http/server_limits.h"

namespace beian::http {

struct ChunkLine {
  Progress progress = Progress::kNeedMore;
  Refusal refusal{};       // when refused
  std::uint64_t size = 0;  // of the chunk; 0: the last chunk
  std::size_t bytes = 0;   // of the line; for the last chunk, with trailers and empty line
};

// Judges the size line at the start of `bytes`, including, unless `is_first`, the CRLF that ends
// the chunk before it. The last chunk is complete once its trailers are; these are checked like
// fields and otherwise ignored.
ChunkLine check_chunk_line(std::string_view bytes, bool is_first, const ServerLimits& limits);

}  // namespace beian::http
