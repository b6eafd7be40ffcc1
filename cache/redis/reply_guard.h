// Follows the framing of RESP2 replies byte by byte, and refuses what no honest server sends before
// a parser allocates memory for it. It stores no bytes, only a few counters, however long the reply
// is. Pure; one thread per object. Private to cache/redis.
//
//   * 2 CRLF   $ 3 CRLF abc CRLF   : 7 CRLF      array of two, a text of three bytes, an integer
//   type byte, then a line; after a `$` line as many bytes as it says, and CRLF
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "cache/base/limits.h"
#include "cache/base/result.h"

namespace beian::cache {

class ReplyGuard {
 public:
  // Takes the next bytes, however they were split. Errors: kBadInput "reply byte N: …", repeated by
  // every later call.
  [[nodiscard]] Result<void> take(std::string_view bytes);

 private:
  enum class Expect : std::uint8_t { kType, kLine, kLineFeed, kBulk, kBulkReturn, kBulkLineFeed };

  // Each returns what is wrong, or nullptr.
  const char* take_byte(char byte);
  const char* end_of_line();
  const char* begin_array(std::int64_t count);
  const char* begin_bulk(std::int64_t bytes);
  const char* end_of_value();

  Expect expect_ = Expect::kType;
  char type_ = 0;
  std::array<char, 24> digits_{};  // of a line that must hold a number
  std::size_t line_bytes_ = 0;
  std::size_t bulk_left_ = 0;
  std::array<std::uint32_t, limits::kRedisDepthMax>
      open_{};  // elements that each open array still lacks
  std::size_t depth_ = 0;
  std::size_t elements_ = 0;     // of this reply, announced so far
  std::size_t reply_bytes_ = 0;  // of this reply, so far
  const char* fault_ = nullptr;
};

}  // namespace beian::cache
