#include "gate/http/chunk_check.h"

#include <charconv>

#include "gate/http/ascii.h"

namespace beian::http {
namespace {

constexpr std::size_t kSizeDigitsMax = 16;  // 64 bits

ChunkLine refused(unsigned status, std::string_view detail) {
  return {Progress::kRefused, {status, detail}};
}

// The line that starts at `at`, without its CRLF; incomplete while there is no line feed, and not
// well ended when the line feed is bare.
struct Line {
  bool is_complete = false;
  bool is_well_ended = true;
  std::string_view text;
};
Line line_at(std::string_view bytes, std::size_t at) {
  const std::size_t feed = bytes.find('\n', at);
  if (feed == std::string_view::npos) return {};
  if (feed == at || bytes[feed - 1] != '\r') return {true, false, {}};
  return {true, true, bytes.substr(at, feed - 1 - at)};
}

// `1A`, `1A;name=value`; no white space in front of the semicolon.
bool parse_size_line(std::string_view line, std::uint64_t* size) {
  std::size_t digits = 0;
  while (digits < line.size() && is(kHexByte, line[digits])) ++digits;
  if (digits == 0 || digits > kSizeDigitsMax) return false;
  if (digits < line.size() && line[digits] != ';') return false;
  if (!all_are(kValueByte, line.substr(digits))) return false;
  std::from_chars(line.data(), line.data() + digits, *size, 16);
  return true;
}

// Checks the trailers from `at` on.
ChunkLine check_trailers(std::string_view bytes, std::size_t at, const ServerLimits& limits) {
  const std::size_t start = at;
  for (;;) {
    const Line line = line_at(bytes, at);
    const std::size_t end = line.is_complete ? at + line.text.size() + 2 : bytes.size();
    if (end - start > limits.trailer_bytes_max) return refused(431, "The trailers are too large.");
    if (!line.is_complete) return {};
    if (!line.is_well_ended) return refused(400, "A trailer ends without a carriage return.");
    if (line.text.empty()) return {Progress::kComplete, {}, 0, end};
    const std::string_view fault = fault_of_field_line(line.text);
    if (!fault.empty()) return refused(400, fault);
    at = end;
  }
}

}  // namespace

ChunkLine check_chunk_line(std::string_view bytes, bool is_first, const ServerLimits& limits) {
  std::size_t at = 0;
  if (!is_first) {
    if (!bytes.empty() && bytes[0] != '\r') return refused(400, "A chunk is longer than its size.");
    if (bytes.size() > 1 && bytes[1] != '\n') return refused(400, "A chunk has no line end.");
    if (bytes.size() < 2) return {};
    at = 2;
  }
  const Line line = line_at(bytes, at);
  const std::size_t line_bytes = line.is_complete ? line.text.size() : bytes.size() - at;
  if (line_bytes > limits.chunk_line_bytes_max + (line.is_complete ? 0 : 1))
    return refused(400, "A chunk line is too long.");
  if (!line.is_complete) return {};
  ChunkLine checked;
  if (!line.is_well_ended || !parse_size_line(line.text, &checked.size)) {
    return refused(400, "A chunk does not start with its size in hexadecimal.");
  }
  at += line.text.size() + 2;
  if (checked.size == 0) return check_trailers(bytes, at, limits);
  checked.progress = Progress::kComplete;
  checked.bytes = at;
  return checked;
}

}  // namespace beian::http
