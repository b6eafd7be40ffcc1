#include "cache/feed/json_locate.h"

#include <cstdint>

#include "cache/base/bytes.h"
#include "cache/base/limits.h"

namespace beian::cache {
namespace {

constexpr std::string_view kBlanks = " \t\r\n";

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// Walks over a JSON text. Every step_ function moves `at_` past what it took, or sets the fault.
class Walker {
 public:
  explicit Walker(std::string_view text) : text_(text) {}

  bool step_value();
  void step_blanks() {
    while (at_ < text_.size() && kBlanks.find(text_[at_]) != std::string_view::npos) ++at_;
  }
  bool step_string();
  bool take(char c) { return at_ < text_.size() && text_[at_] == c ? (++at_, true) : false; }
  bool fail(std::string_view what) { return fail(what, at_); }
  bool fail(std::string_view what, std::size_t offset) {
    fault_ = {offset, what};
    return false;
  }

  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  std::size_t at() const { return at_; }
  bool is_at_end() const { return at_ == text_.size(); }
  const JsonFault& fault() const { return fault_; }

 private:
  bool step_members(char close);
  bool step_number();
  bool step_word(std::string_view word);
  bool step_escape();
  int step_hex4();

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t depth_ = 0;
  JsonFault fault_;
};

bool Walker::step_word(std::string_view word) {
  if (text_.substr(at_, word.size()) != word) return fail("not a JSON value");
  at_ += word.size();
  return true;
}

bool Walker::step_number() {
  const std::size_t start = at_;
  take('-');
  if (!is_digit(peek())) return fail("not a JSON value", start);
  if (!take('0'))
    while (is_digit(peek())) ++at_;
  if (is_digit(peek())) return fail("a number with a leading zero", start);
  if (take('.')) {
    if (!is_digit(peek())) return fail("a number that ends in its point", start);
    while (is_digit(peek())) ++at_;
  }
  if (take('e') || take('E')) {
    if (!take('+')) take('-');
    if (!is_digit(peek())) return fail("a number without its exponent", start);
    while (is_digit(peek())) ++at_;
  }
  return true;
}

int Walker::step_hex4() {
  int value = 0;
  for (int i = 0; i < 4; ++i) {
    const int digit = at_ < text_.size() ? hex_digit(text_[at_]) : -1;
    if (digit < 0) return -1;
    value = value * 16 + digit;
    ++at_;
  }
  return value;
}

bool Walker::step_escape() {  // past the backslash
  const std::size_t start = at_ - 1;
  if (std::string_view("\"\\/bfnrt").find(peek()) != std::string_view::npos && !is_at_end()) {
    ++at_;
    return true;
  }
  if (!take('u')) return fail("an unknown escape", start);
  const int first = step_hex4();
  if (first < 0) return fail("an escape without its four digits", start);
  if (first < 0xD800 || first > 0xDFFF) return true;
  if (first > 0xDBFF || !take('\\') || !take('u')) return fail("a lone surrogate", start);
  const int second = step_hex4();
  return (second >= 0xDC00 && second <= 0xDFFF) || fail("a lone surrogate", start);
}

bool Walker::step_string() {
  const std::size_t start = at_;
  if (!take('"')) return fail("expected a text in quotes");
  while (!is_at_end()) {
    if (take('"')) return true;
    if (static_cast<std::uint8_t>(peek()) < 0x20) return fail("a control character in a text");
    if (!take('\\'))
      ++at_;
    else if (!step_escape())
      return false;
  }
  return fail("a text without its closing quote", start);
}

bool Walker::step_members(char close) {  // of an object or list, past its bracket
  step_blanks();
  if (take(close)) return true;
  for (;;) {
    step_blanks();
    if (close == '}') {
      if (!step_string()) return false;
      step_blanks();
      if (!take(':')) return fail("expected `:`");
    }
    if (!step_value()) return false;
    step_blanks();
    if (take(close)) return true;
    if (!take(',')) return fail(close == '}' ? "expected `,` or `}`" : "expected `,` or `]`");
  }
}

bool Walker::step_value() {
  step_blanks();
  switch (peek()) {
    case '{':
    case '[': {
      if (depth_ == limits::kJsonDepthMax) return fail("nested too deep");
      const char close = text_[at_++] == '{' ? '}' : ']';
      ++depth_;
      const bool is_good = step_members(close);
      --depth_;
      return is_good;
    }
    case '"':
      return step_string();
    case 't':
      return step_word("true");
    case 'f':
      return step_word("false");
    case 'n':
      return step_word("null");
    default:
      return step_number();
  }
}

// From the start of an object or list, moves to the value of the member or item `token`.
bool descend(Walker* walk, std::string_view text, std::string_view token, int occurrence) {
  walk->step_blanks();
  const bool is_object = walk->take('{');
  if (!is_object && !walk->take('[')) return false;
  for (std::size_t index = 0;; ++index) {
    walk->step_blanks();
    bool is_wanted = false;
    if (is_object) {
      const std::size_t start = walk->at();
      if (!walk->step_string()) return false;
      is_wanted = text.substr(start + 1, walk->at() - start - 2) == token && --occurrence == 0;
      walk->step_blanks();
      if (!walk->take(':')) return false;
    } else {
      is_wanted = std::to_string(index) == token;
    }
    walk->step_blanks();
    if (is_wanted) return true;
    if (!walk->step_value()) return false;
    walk->step_blanks();
    if (!walk->take(',')) return false;
  }
}

std::optional<std::size_t> first_bad_utf8(std::string_view text) {
  if (is_utf8(text)) return std::nullopt;
  std::size_t good = 0;  // text[0, good) is UTF-8; grow by one character at a time
  while (good < text.size()) {
    std::size_t length = 1;
    while (length <= 4 && !is_utf8(text.substr(good, length))) ++length;
    if (length > 4) return good;
    good += length;
  }
  return good;
}

}  // namespace

std::optional<JsonFault> find_json_fault(std::string_view text) noexcept {
  if (const auto offset = first_bad_utf8(text))
    return JsonFault{*offset, "bytes that are not UTF-8"};
  Walker walk(text);
  if (!walk.step_value()) {
    if (walk.fault().offset >= text.size()) return JsonFault{text.size(), "the row ends too early"};
    return walk.fault();
  }
  walk.step_blanks();
  if (!walk.is_at_end()) return JsonFault{walk.at(), "text behind the JSON value"};
  return std::nullopt;
}

std::optional<std::size_t> locate_json_value(std::string_view text, std::string_view pointer,
                                             int occurrence) noexcept {
  Walker walk(text);
  while (!pointer.empty()) {
    pointer.remove_prefix(1);
    const std::size_t end = pointer.find('/');
    const std::string_view token = pointer.substr(0, end);
    pointer = end == std::string_view::npos ? std::string_view() : pointer.substr(end);
    if (!descend(&walk, text, token, pointer.empty() ? occurrence : 1)) return std::nullopt;
  }
  walk.step_blanks();
  return walk.at();
}

std::vector<std::size_t> locate_json_items(std::string_view text, std::string_view pointer) {
  std::vector<std::size_t> items;
  const auto start = locate_json_value(text, pointer);
  if (!start) return items;
  Walker walk(text.substr(*start));
  if (!walk.take('[')) return items;
  do {
    walk.step_blanks();
    if (walk.peek() == ']') break;
    items.push_back(*start + walk.at());
    if (!walk.step_value()) break;
    walk.step_blanks();
  } while (walk.take(','));
  return items;
}

}  // namespace beian::cache
