// The raw check of what stands between chunks: size lines and trailers, before Beast reads them.
//
// Beast takes white space, endless extensions and unfolded trailers; readers in front of us may
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
  std::uint64_t size = 0;  // of the chunk; 0 is the last one
  std::size_t bytes = 0;   // of the line; with the last chunk also of the trailers and empty line
};

// Judges the size line that `bytes` starts with, together with the CRLF that ends the chunk before
// it unless it `is_first`. The last chunk is complete when its trailers are, which are checked like
// fields and otherwise ignored.
ChunkLine check_chunk_line(std::string_view bytes, bool is_first, const ServerLimits& limits);

}  // namespace beian::http
