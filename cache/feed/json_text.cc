#include "cache/feed/json_text.h"

#include <array>
#include <cstdint>

#include "cache/base/bytes.h"

namespace beian::cache {

void append_json_text(std::string_view text, std::string* out) {
  out->push_back('"');
  for (const char c : text) {
    const auto byte = static_cast<std::uint8_t>(c);
    if (c == '"' || c == '\\') {
      out->push_back('\\');
      out->push_back(c);
    } else if (byte < 0x20) {
      const std::array<std::uint8_t, 1> one = {byte};
      out->append("\\u00").append(to_hex(one));
    } else {
      out->push_back(c);
    }
  }
  out->push_back('"');
}

void append_json_comma(std::string* out) {
  if (!out->empty() && out->back() != '{' && out->back() != '[') out->push_back(',');
}

void append_json_name(std::string_view name, std::string* out) {
  append_json_comma(out);
  out->push_back('"');
  out->append(name);
  out->append("\":");
}

}  // namespace beian::cache
