#include "gate/wire/json_parser.h"

#include <algorithm>

namespace beian::wire {
namespace {

namespace dom = simdjson::dom;

std::string_view describe(simdjson::error_code error) noexcept {
  switch (error) {
    case simdjson::EMPTY:
      return "the body is empty";
    case simdjson::DEPTH_ERROR:
      return "nested deeper than allowed";
    case simdjson::UTF8_ERROR:
      return "not valid UTF-8";
    case simdjson::STRING_ERROR:
      return "a string with an invalid escape or a lone surrogate";
    case simdjson::UNESCAPED_CHARS:
      return "a control character inside a string";
    case simdjson::UNCLOSED_STRING:
      return "a string that does not end";
    case simdjson::NUMBER_ERROR:
      return "a malformed or out-of-range number";
    case simdjson::CAPACITY:
      return "too large";
    default:
      return "not valid JSON";
  }
}

std::string_view expected_name(SlotType type) noexcept {
  switch (type) {
    case SlotType::kText:
      return "a string";
    case SlotType::kList:
      return "a string or an array of strings";
    case SlotType::kFlag:
      return "true or false";
    case SlotType::kInteger:
      return "a whole number, 0 to 2^63-1";
    case SlotType::kObject:
      return "an object";
  }
  return "";
}

bool refuse(std::string_view detail, Problem* problem) {
  *problem = {400, "invalid-json", std::string(detail), ""};
  return false;
}

}  // namespace

std::string_view type_name(dom::element_type type) noexcept {
  switch (type) {
    case dom::element_type::ARRAY:
      return "an array";
    case dom::element_type::OBJECT:
      return "an object";
    case dom::element_type::STRING:
      return "a string";
    case dom::element_type::BOOL:
      return "a boolean";
    case dom::element_type::NULL_VALUE:
      return "null";
    default:
      return "a number";
  }
}

std::string type_fault(SlotType wanted, dom::element_type given) {
  const bool is_number = given == dom::element_type::INT64 || given == dom::element_type::UINT64 ||
                         given == dom::element_type::DOUBLE;
  std::string detail = "must be " + std::string(expected_name(wanted));
  // For a number that is fractional or too large, "not a number" would be a lie.
  if (wanted != SlotType::kInteger || !is_number)
    detail += ", not " + std::string(type_name(given));
  return detail;
}

bool JsonParser::parse(std::string_view json, dom::element* root, Problem* problem) {
  // An empty view may point nowhere, and simdjson would copy from there.
  if (json.empty()) return refuse(describe(simdjson::EMPTY), problem);
  if (json.starts_with("\xEF\xBB\xBF"))
    return refuse("begins with a byte order mark; send plain UTF-8", problem);
  // Keeps the parser's own limits while it grows; once grown, it stays so.
  if (parser_.max_depth() != depth_max_ || parser_.capacity() < json.size()) {
    const std::size_t capacity = std::max(json.size(), limits::kBodyBytesMax);
    if (const auto error = parser_.allocate(capacity, depth_max_))
      return refuse(describe(error), problem);
  }
  if (const auto error = parser_.parse(json.data(), json.size(), true).get(*root))
    return refuse(describe(error), problem);
  return true;
}

}  // namespace beian::wire
