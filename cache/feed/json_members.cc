#include "cache/feed/json_members.h"

namespace beian::cache {

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
