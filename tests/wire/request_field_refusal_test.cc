// Every field of a check request with every wrong type, given twice, and beyond its bound; one by
// one, because the gate's own table of fields says which there are.
#include <array>
#include <vector>

#include "cache/base/limits.h"
#include "gate/wire/fields.h"
#include "tests/wire/request_support.h"

namespace beian::wire::test {
namespace {

// A request with VALUE at the pointer of a field, as in
// `{"operation":"distribute","app":{"sponsor":{"name":VALUE}}}`.
std::string with_field(std::string_view pointer, std::string_view value) {
  std::string head = "{";
  std::string tail = "}";
  if (pointer != "/operation") head += "\"operation\":\"distribute\",";
  std::string_view rest = pointer.substr(1);
  for (std::size_t slash; (slash = rest.find('/')) != std::string_view::npos;) {
    head += "\"" + std::string(rest.substr(0, slash)) + "\":{";
    tail += "}";
    rest.remove_prefix(slash + 1);
  }
  return head + "\"" + std::string(rest) + "\":" + std::string(value) + tail;
}

std::vector<FieldSpec> all_fields() {
  std::vector<FieldSpec> fields;
  for (const FieldTable& level : {top_fields(), app_fields(), sponsor_fields()})
    fields.insert(fields.end(), level.begin(), level.end());
  return fields;
}

bool fits(const FieldSpec& field, std::string_view value) {
  const bool is_integer = value == "7";
  switch (field.type) {
    case SlotType::kText:
      return value == "\"\"" || (field.slot == Slot::kId && is_integer);
    case SlotType::kList:
      return value == "\"\"" || value == "[]";
    case SlotType::kFlag:
      return value == "true";
    case SlotType::kInteger:
      return is_integer;
    case SlotType::kObject:
      return value == "{}";
  }
  return false;
}

TEST(RequestRefusal, EveryFieldRefusesEveryOtherType) {
  for (const FieldSpec& field : all_fields()) {
    for (const std::string_view value : {"\"\"", "[]", "{}", "true", "7", "-1.5", "1e300"}) {
      const std::string body = with_field(field.pointer, value);
      const bool is_empty_operation = field.slot == Slot::kOperation && value == "\"\"";
      const std::string want = fits(field, value) && !is_empty_operation
                                   ? "accepted"
                                   : "400 invalid-field " + std::string(field.pointer);
      EXPECT_EQ(JsonReading(body).told_as(), want) << body;
    }
  }
}

TEST(RequestRefusal, EveryFieldGivenTwiceIsRefused) {
  for (const FieldSpec& field : all_fields()) {
    std::string body = with_field(field.pointer, "null");
    const std::string key = "\"" + std::string(field.name) + "\":null";
    body.insert(body.rfind(key), key + ",");
    EXPECT_EQ(JsonReading(body).told_as(), "400 invalid-field " + std::string(field.pointer))
        << body;
  }
}

TEST(RequestRefusal, TextsAndListsAreBounded) {
  const auto text = [](std::size_t bytes) { return "\"" + std::string(bytes, 'a') + "\""; };
  const auto list = [](std::size_t items, std::string_view item) {
    std::string out = "[";
    for (std::size_t i = 0; i < items; ++i) out += (i == 0 ? "" : ",") + std::string(item);
    return out + "]";
  };
  for (const std::string_view pointer :
       {"/app/name", "/filing_number", "/id", "/app/package", "/app/sponsor/name", "/provider"}) {
    EXPECT_EQ(JsonReading(with_field(pointer, text(limits::kTextFieldBytesMax))).told_as(),
              "accepted");
    EXPECT_EQ(JsonReading(with_field(pointer, text(limits::kTextFieldBytesMax + 1))).told_as(),
              "400 invalid-field " + std::string(pointer));
  }
  EXPECT_EQ(JsonReading(with_field("/app/public_key", text(limits::kPublicKeyTextBytesMax + 1)))
                .told_as(),
            "400 invalid-field /app/public_key");
  for (const auto& [pointer, item] :
       {std::pair{"/app/ips", "\"192.0.2.1\""}, std::pair{"/app/domains", "\"example.cn\""},
        std::pair{"/app/categories", "\"news\""},
        std::pair{"/app/fingerprint", "\"9f86d081884c7d659a2feaa0c55ad015\""}}) {
    EXPECT_EQ(JsonReading(with_field(pointer, list(limits::kListItemsMax, item))).told_as(),
              "accepted");
    EXPECT_EQ(JsonReading(with_field(pointer, list(limits::kListItemsMax + 1, item))).told_as(),
              "400 invalid-field " + std::string(pointer) + "/64");
  }
  // Items joined in one string count individually.
  std::string joined = "news";
  for (std::size_t i = 1; i < limits::kListItemsMax; ++i)
    joined += i % 2 == 0 ? "、news" : ", news";
  EXPECT_EQ(JsonReading(with_field("/app/categories", '"' + joined + '"')).told_as(), "accepted");
  EXPECT_EQ(JsonReading(with_field("/app/categories", '"' + joined + "，news\"")).told_as(),
            "400 invalid-field /app/categories");
}

}  // namespace
}  // namespace beian::wire::test
