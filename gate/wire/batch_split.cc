#include "gate/wire/batch_split.h"

#include <algorithm>
#include <utility>

#include "cache/base/limits.h"

namespace beian::wire {
namespace {

constexpr std::size_t kNone = std::string_view::npos;

std::size_t behind_blanks(std::string_view text, std::size_t at) noexcept {
  return std::min(text.find_first_not_of(" \t\r\n", at), text.size());
}

bool is_at(std::string_view text, std::size_t at, char c) noexcept {
  return at < text.size() && text[at] == c;
}

// Returns the position after the string whose opening quote is at `at`, or kNone.
std::size_t behind_string(std::string_view text, std::size_t at) noexcept {
  for (++at; at < text.size(); ++at) {
    if (text[at] == '"') return at + 1;
    if (text[at] == '\\') ++at;
  }
  return kNone;
}

// Where the value at `at` ends: at the comma or bracket after it, or kNone.
std::size_t end_of_value(std::string_view text, std::size_t at) noexcept {
  for (std::size_t depth = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (c == '"') {
      at = behind_string(text, at);
      if (at == kNone) return kNone;
      --at;  // on the closing quote
    } else if (c == '[' || c == '{') {
      ++depth;
    } else if (depth == 0 && (c == ',' || c == ']' || c == '}')) {
      return at;
    } else if (c == ']' || c == '}') {
      --depth;
    }
  }
  return kNone;
}

// The opening bracket of the array that is the object's member `key`, or kNone.
std::size_t find_array(std::string_view text, std::string_view key) noexcept {
  std::size_t at = behind_blanks(text, 0);
  if (!is_at(text, at, '{')) return kNone;
  do {
    at = behind_blanks(text, at + 1);
    if (!is_at(text, at, '"')) return kNone;
    const std::size_t begin = at + 1;
    at = behind_string(text, at);
    if (at == kNone) return kNone;
    const std::string_view name = text.substr(begin, at - 1 - begin);
    at = behind_blanks(text, at);
    if (!is_at(text, at, ':')) return kNone;
    at = behind_blanks(text, at + 1);
    if (name == key) return is_at(text, at, '[') ? at : kNone;
    at = end_of_value(text, at);
  } while (at != kNone && text[at] == ',');
  return kNone;
}

}  // namespace

bool split_batch(std::string_view json, std::string_view key, BatchParts* parts) {
  parts->items.clear();
  const std::size_t bracket = find_array(json, key);
  if (bracket == kNone) return false;
  parts->rest.assign(json, 0, bracket + 1);
  std::size_t end = bracket;
  do {
    const std::size_t begin = behind_blanks(json, end + 1);
    end = end_of_value(json, begin);
    if (end == kNone || end == begin || parts->items.size() == limits::kBatchItemsMax) return false;
    const std::string_view item = json.substr(begin, end - begin);
    parts->items.push_back(item.substr(0, item.find_last_not_of(" \t\r\n") + 1));
    parts->rest += parts->items.size() == 1 ? "0" : ",0";
  } while (json[end] == ',');
  parts->rest.append(json, end);
  return json[end] == ']';
}

bool parse_or_split(std::string_view json, std::string_view key, JsonParser* parser,
                    simdjson::dom::element* root, std::vector<std::string_view>* items,
                    Problem* problem) {
  items->clear();
  if (parser->parse(json, root, problem)) return true;
  BatchParts parts;
  Problem ignored;  // the problem of the whole says more
  if (!split_batch(json, key, &parts) || !parser->parse(parts.rest, root, &ignored)) return false;
  *items = std::move(parts.items);
  return true;
}

}  // namespace beian::wire
