#include "gate/audit/markup.h"

#include "cache/base/bytes.h"
#include "cache/base/limits.h"

namespace beian::audit {
namespace {

// Room for escapes; safety does not depend on how long a listed text can become.
constexpr std::size_t kShownBytesMax = 4 * limits::kAuditTextBytesMax;
// U+FFFE and U+FFFF are valid in UTF-8, but not in XML.
constexpr std::string_view kNonCharacterBegin = "\xEF\xBF";

void append_entity(char c, std::string* out) {
  *out += "&#";
  *out += std::to_string(static_cast<unsigned char>(c));
  *out += ';';
}

bool is_markup(char c) noexcept {
  return c == '&' || c == '<' || c == '>' || c == '"' || c == '\'';
}

// Punctuation that starts something in some dialect of Markdown. `.` and `/` make a link only
// together with `:`, `@` or `www`; the first two are in this list.
bool is_markdown(char c) noexcept {
  return std::string_view("!#$()*+:<=>@[\\]^_`{|}~&\"'").find(c) != std::string_view::npos;
}

}  // namespace

void append_markup(std::string_view text, std::string* out) {
  const std::string shown = printable(text, kShownBytesMax);
  for (std::size_t i = 0; i < shown.size(); ++i) {
    const std::string_view rest = std::string_view(shown).substr(i);
    if (is_markup(shown[i])) {
      append_entity(shown[i], out);
    } else if (rest.starts_with(kNonCharacterBegin) && rest.size() > 2 &&
               (rest[2] & 0x7E) == 0x3E) {
      *out += (rest[2] & 1) == 0 ? "\\u{FFFE}" : "\\u{FFFF}";
      i += 2;
    } else {
      *out += shown[i];
    }
  }
}

void append_markdown_code(std::string_view text, std::string* out) {
  *out += "<code>";
  for (const char c : printable(text, kShownBytesMax)) {
    if (is_markdown(c))
      append_entity(c, out);
    else
      *out += c;
  }
  *out += "</code>";
}

std::string grouped(std::uint64_t count) {
  std::string digits = std::to_string(count);
  for (std::size_t i = digits.size(); i > 3; i -= 3) digits.insert(i - 3, ",");
  return digits;
}

std::string percent(std::uint64_t part, std::uint64_t whole) {
  if (whole == 0 || part == 0) return "0%";
  if (part >= whole) return "100%";
  // This cannot overflow: row counts are far below 2^54.
  const std::uint64_t tenths = (part * 1000 + whole / 2) / whole;
  if (tenths == 0) return "<0.1%";
  if (tenths >= 1000) return ">99.9%";
  return std::to_string(tenths / 10) + '.' + std::to_string(tenths % 10) + '%';
}

}  // namespace beian::audit
