#include "cache/redis/reply_guard.h"

#include <algorithm>
#include <charconv>
#include <optional>

namespace beian::cache {
namespace {

// Numbers as Redis writes them and hiredis requires them: an optional minus, no leading zero.
std::optional<std::int64_t> parse_integer(std::string_view text) noexcept {
  const std::string_view digits = text.substr(text.starts_with('-') ? 1 : 0);
  if (digits.starts_with('0') && text.size() > 1) return std::nullopt;
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

bool is_number_line(char type) noexcept {
  return type == ':' || type == '$' || type == '*';
}

}  // namespace

Result<void> ReplyGuard::take(std::string_view bytes) {
  while (fault_ == nullptr && !bytes.empty()) {
    if (expect_ == Expect::kBulk) {
      const std::size_t count = std::min(bulk_left_, bytes.size());
      bulk_left_ -= count;
      reply_bytes_ += count;
      bytes.remove_prefix(count);
      if (bulk_left_ == 0) expect_ = Expect::kBulkReturn;
      continue;
    }
    fault_ = take_byte(bytes.front());
    if (fault_ == nullptr) bytes.remove_prefix(1);
  }
  if (fault_ == nullptr) return {};
  return make_error(ErrorKind::kBadInput,
                    "reply byte " + std::to_string(reply_bytes_) + ": " + fault_);
}

const char* ReplyGuard::take_byte(char byte) {
  ++reply_bytes_;
  if (reply_bytes_ > limits::kRedisReplyBytesMax) return "the reply is longer than any of ours";
  switch (expect_) {
    case Expect::kType:
      if (byte != '+' && byte != '-' && !is_number_line(byte)) return "not RESP2";
      type_ = byte;
      line_bytes_ = 0;
      expect_ = Expect::kLine;
      return nullptr;
    case Expect::kLine:
      if (byte == '\r') {
        expect_ = Expect::kLineFeed;
        return nullptr;
      }
      if (byte == '\n') return "a line feed without a carriage return";
      if (is_number_line(type_)) {
        if (line_bytes_ == digits_.size()) return "a number of too many digits";
        digits_[line_bytes_] = byte;
      }
      ++line_bytes_;
      return line_bytes_ > limits::kRedisLineBytesMax ? "a line that is too long" : nullptr;
    case Expect::kLineFeed:
      return byte == '\n' ? end_of_line() : "a carriage return without a line feed";
    case Expect::kBulk:
      break;
    case Expect::kBulkReturn:
      expect_ = Expect::kBulkLineFeed;
      return byte == '\r' ? nullptr : "a text longer than it said";
    case Expect::kBulkLineFeed:
      return byte == '\n' ? end_of_value() : "a text longer than it said";
  }
  return "not RESP2";
}

const char* ReplyGuard::end_of_line() {
  if (!is_number_line(type_)) return end_of_value();
  const auto value = parse_integer({digits_.data(), line_bytes_});
  if (!value) return "not a number";
  if (type_ == ':') return end_of_value();
  if (*value == -1) return end_of_value();
  if (*value < 0) return "a negative length";
  return type_ == '*' ? begin_array(*value) : begin_bulk(*value);
}

const char* ReplyGuard::begin_array(std::int64_t count) {
  if (static_cast<std::uint64_t>(count) > limits::kRedisElementsMax - elements_)
    return "more elements than any reply of ours";
  if (count == 0) return end_of_value();
  if (depth_ == open_.size()) return "arrays nested too deep";
  elements_ += static_cast<std::size_t>(count);
  open_[depth_++] = static_cast<std::uint32_t>(count);
  expect_ = Expect::kType;
  return nullptr;
}

const char* ReplyGuard::begin_bulk(std::int64_t bytes) {
  if (static_cast<std::uint64_t>(bytes) > limits::kRedisBulkBytesMax ||
      static_cast<std::uint64_t>(bytes) + reply_bytes_ > limits::kRedisReplyBytesMax)
    return "a text longer than any of ours";
  bulk_left_ = static_cast<std::size_t>(bytes);
  expect_ = bytes == 0 ? Expect::kBulkReturn : Expect::kBulk;
  return nullptr;
}

const char* ReplyGuard::end_of_value() {
  expect_ = Expect::kType;
  while (depth_ > 0 && --open_[depth_ - 1] == 0) --depth_;
  if (depth_ > 0) return nullptr;
  elements_ = 0;
  reply_bytes_ = 0;
  return nullptr;
}

}  // namespace beian::cache
