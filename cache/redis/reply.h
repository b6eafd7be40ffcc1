// Replies of a Redis server: RESP2, parsed by hiredis behind a guard of our own.
//
// Whatever answers at a Redis address is hostile input. ReplyGuard follows the framing before
// hiredis sees a byte. It refuses lengths, nesting and element counts beyond limits.h, lengths that
// are neither a number nor -1, lines without CRLF and unknown types, so that memory use is bounded
// by what was really received. Pure; one thread per object.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cache/base/result.h"

namespace beian::cache {

// A command: its name and its arguments, each of arbitrary bytes.
using RedisCommand = std::vector<std::string>;

enum class ReplyType : std::uint8_t { kNil, kText, kStatus, kError, kInteger, kArray };
std::string_view name_of(ReplyType type) noexcept;  // nil, text, status, error, integer, array

struct Reply {
  ReplyType type = ReplyType::kNil;
  std::int64_t integer = 0;     // kInteger
  std::string text;             // kText (any bytes), kStatus, kError (`WRONGTYPE Operation …`)
  std::vector<Reply> elements;  // kArray

  bool is_nil() const noexcept { return type == ReplyType::kNil; }
  bool is_text() const noexcept { return type == ReplyType::kText; }
  bool is_error() const noexcept { return type == ReplyType::kError; }
  bool is_integer() const noexcept { return type == ReplyType::kInteger; }
  bool is_array() const noexcept { return type == ReplyType::kArray; }
  // Whether this is a kError whose first word is `code`, such as `MOVED`.
  bool is_error(std::string_view code) const noexcept;

  static Reply nil() { return {}; }
  static Reply of(std::string text) { return {ReplyType::kText, 0, std::move(text), {}}; }
  static Reply status(std::string text) { return {ReplyType::kStatus, 0, std::move(text), {}}; }
  static Reply error(std::string text) { return {ReplyType::kError, 0, std::move(text), {}}; }
  static Reply of(std::int64_t value) { return {ReplyType::kInteger, value, {}, {}}; }
  static Reply array(std::vector<Reply> items) {
    return {ReplyType::kArray, 0, {}, std::move(items)};
  }

  friend bool operator==(const Reply&, const Reply&) = default;
};

// Bytes in, replies out, however the bytes were split. After an error the connection is unusable:
// every later call returns the same error.
class ReplyParser {
 public:
  ReplyParser();
  ~ReplyParser();
  ReplyParser(const ReplyParser&) = delete;
  ReplyParser& operator=(const ReplyParser&) = delete;

  // Takes bytes as they come. Errors: kBadInput "reply byte N: …" once the framing breaks a rule or
  // a bound of limits.h; N counts from the first byte of the reply.
  [[nodiscard]] Result<void> feed(std::string_view bytes);
  // Returns the next complete reply; nullopt when more bytes are needed. Errors: as feed().
  [[nodiscard]] Result<std::optional<Reply>> next();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// Appends `command` in RESP.
void append_command(const RedisCommand& command, std::string* out);

}  // namespace beian::cache
