// Extracts the file from a body of `multipart/form-data` [RFC 7578, RFC 2046 §5.1] that comes in
// pieces, split anywhere.
//
// Does only what a form with one file needs: parts without a file name are skipped; a second file
// is an error, since nobody could say which of the two an answer is about. Memory is bounded
// whatever the body: its pieces are not joined. No I/O; one thread.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "cache/base/result.h"

namespace beian::http {

inline constexpr std::size_t kBoundaryBytesMax = 70;        // [RFC 2046 §5.1.1]; beyond: refused
inline constexpr std::size_t kPartHeadBytesMax = 8 * 1024;  // browsers send 200; beyond: refused
inline constexpr std::size_t kPartsMax = 64;                // forms have a handful; beyond: refused
// What a body may hold besides its file: part heads, other fields; beyond: 413.
inline constexpr std::size_t kMultipartRestBytesMax = 64 * 1024;

// The value of a parameter, unquoted, in a field such as `form-data; name="a"; filename="b.apk"`.
// nullopt: it is absent or there twice, or the field is malformed.
std::optional<std::string> parameter_of(std::string_view field, std::string_view name);

// The boundary that a Content-Type names; nullopt when it is not multipart/form-data with one.
std::optional<std::string> multipart_boundary(std::string_view content_type);

class MultipartReader {
 public:
  // Takes the next bytes of the file. Its error ends the reading.
  using Sink = std::function<Result<void>(std::string_view)>;

  explicit MultipartReader(std::string_view boundary);

  // Takes the next bytes of the body. Errors: kBadInput when malformed; those of the sink.
  [[nodiscard]] Result<void> feed(std::string_view bytes, const Sink& sink);
  // Call when the body is complete. Errors: those of feed(); kBadInput when the last boundary or
  // the file is missing.
  [[nodiscard]] Result<void> finish() const;

 private:
  enum class State { kBetween, kDelimiterEnd, kHead, kFile, kDone };

  // Each continues at at_. False when more bytes are needed; an error is in result_.
  bool pass_to_delimiter(const Sink& sink);
  bool read_delimiter_end();
  bool read_head();
  void fail(std::string message);

  const std::string delimiter_;  // CRLF, two hyphens, boundary
  std::string pending_;          // bytes not consumed yet
  std::size_t at_ = 0;           // how much of pending_ is consumed
  State state_ = State::kBetween;
  std::size_t parts_ = 0;
  bool has_file_ = false;
  Result<void> result_;
};

}  // namespace beian::http
