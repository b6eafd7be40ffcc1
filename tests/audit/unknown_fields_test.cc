#include "gate/audit/unknown_fields.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "cache/base/limits.h"
#include "gate/audit/row_reader.h"

namespace beian::audit {
namespace {

std::string told(std::string_view object, std::string_view name) {
  UnknownFields unknown;
  unknown.add(object, name, 2);
  return told_fields(unknown, wire::Language::kEn);
}

TEST(UnknownFields, AreToldWithWhatWasMeant) {
  struct {
    const char* object;
    const char* name;
    const char* want;
    const char* why;
  } const rows[] = {
      {"header", "pakage", "pakage (2 rows; app.package?)", "a slip in a column"},
      {"header", "app.pakage", "app.pakage (2 rows; app.package?)", "as a column may be named"},
      {"", "package", "package (2 rows; app.package?)", "in a row of JSON it stands in app"},
      {"/app", "operation", "app.operation (2 rows; operation?)", "and the other way round"},
      {"/app/sponsor", "nam", "app.sponsor.nam (2 rows; app.sponsor.name?)",
       "its own object first"},
      {"/app", "nam", "app.nam (2 rows; app.name?)", "its own object first"},
      {"header", "包名", "包名 (2 rows)", "nothing is near"},
      {"header", "app", "app (2 rows)", "an object that no column holds"},
      {"", "ap", "ap (2 rows; app?)", "a row of JSON has that object"},
      {"header", "a\nb", "a\\u{A}b (2 rows)", "one line"},
      {"", "team", "", "what is the row's own is not told"},
  };
  for (const auto& row : rows) EXPECT_EQ(told(row.object, row.name), row.want) << row.why;
  EXPECT_EQ(told_fields({}, wire::Language::kEn), "");
}

TEST(UnknownFields, SlipsComeFirstAndTheLineIsBounded) {
  UnknownFields unknown;
  for (int i = 0; i < 20; ++i) unknown.add(kCsvHeader, "note" + std::to_string(i * 1111111), 1);
  unknown.add(kCsvHeader, "pakage", 1);
  const std::string line = told_fields(unknown, wire::Language::kZh);
  EXPECT_TRUE(line.starts_with("pakage（1 行；是否为 app.package？）、note0（1 行）")) << line;
  EXPECT_TRUE(line.ends_with(" …")) << line;
  EXPECT_EQ(line.find("note7777777"), std::string::npos) << "eight are told: " << line;
}

TEST(UnknownFields, ListIsBoundedWhateverTheCatalog) {
  UnknownFields unknown;
  for (int i = 0; i < 1'000; ++i) unknown.add("/app", std::string(10'000, 'a') + "x", 1);
  ASSERT_EQ(unknown.list().size(), 1U) << "cut names are still one";
  EXPECT_EQ(unknown.list()[0].rows, 1'000U);
  for (int i = 0; i < 1'000; ++i) unknown.add("/app", std::to_string(i), 1);
  EXPECT_EQ(unknown.list().size(), kUnknownFieldsMax);
}

TEST(UnknownFields, ReaderListsThoseOfARowAndNoMore) {
  RowReader reader(nullptr);
  const auto read = [&](std::string text) {
    const std::size_t size = text.size();
    text.resize(size + limits::kBodyPaddingBytes);
    EXPECT_TRUE(reader.read(std::string_view(text).substr(0, size), RowFault::kNone));
    return reader.unknown().size();
  };
  EXPECT_EQ(read(R"({"operation":"distribute","a":{"b":1},"app":{"c":[1],"name":"d"}})"), 2U);
  EXPECT_EQ(read(R"({"operation":"distribute","app":{"name":"d"}})"), 0U);
  std::string many = R"({"operation":"distribute")";
  for (int i = 0; i < 500; ++i) many += ",\"" + std::to_string(i) + "\":0";
  EXPECT_EQ(read(many + "}"), kUnknownFieldsMax);
}

}  // namespace
}  // namespace beian::audit
