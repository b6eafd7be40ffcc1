#include "cache/base/json_text.h"

#include "cache/base/json_escape.h"

namespace beian {

void append_json_string(std::string_view text, std::string* out) {
  *out += '"';
  append_json_text(text, out);
  *out += '"';
}

}  // namespace beian
