#include "cache/feed/json_value.h"

#include "cache/base/limits.h"
#include "cache/feed/fields.h"
#include "cache/feed/joined.h"
#include "cache/feed/json_locate.h"

namespace beian::cache {
namespace {

constexpr std::size_t kFirstCapacityBytes = 64 * 1024;  // grows with the longest row

// Words for a fault that simdjson reports and the hand-written walk does not find.
RowFault fault_of(simdjson::error_code error) {
  switch (error) {
    case simdjson::NUMBER_ERROR:
      return {"", "a number out of range", std::nullopt};
    default:
      return {"", joined({"not JSON: ", simdjson::error_message(error)}), std::nullopt};
  }
}

}  // namespace

JsonDocumentParser::JsonDocumentParser() {
  const auto error = parser_.allocate(kFirstCapacityBytes, limits::kJsonDepthMax);
  BEIAN_ASSERT(error == simdjson::SUCCESS);
}

bool JsonDocumentParser::parse(std::string_view text, JsonValue* value, RowFault* fault) {
  const auto error = parser_.parse(text.data(), text.size(), false).get(*value);
  const bool may_hide_surrogate =
      error == simdjson::SUCCESS && text.find("\\u") != std::string_view::npos;
  if (error == simdjson::SUCCESS && !may_hide_surrogate) return true;
  const auto found = find_json_fault(text);
  if (!found && error == simdjson::SUCCESS) return true;
  *fault =
      found ? RowFault{"", joined({"not JSON: ", found->what}), found->offset} : fault_of(error);
  return false;
}

bool read_id_value(JsonValue value, std::uint64_t* out, ValueFault* fault) {
  if (value.is_null()) return true;
  std::uint64_t id = 0;
  if (value.get_uint64().get(id) != simdjson::SUCCESS || id == 0 || id > kRecordIdMax)
    return fault->fail("expected an integer from 1 to 2^63");
  *out = id;
  return true;
}

bool read_bool_value(JsonValue value, std::optional<bool>* out, ValueFault* fault) {
  if (value.is_null()) return true;
  if (value.get_bool().get(out->emplace()) == simdjson::SUCCESS) return true;
  return fault->fail("expected true or false");
}

}  // namespace beian::cache
