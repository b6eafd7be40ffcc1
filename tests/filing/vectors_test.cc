// Goal: the published vectors hold for this implementation. Each row of fixtures/filing_numbers.tsv
// is parsed and rendered, and the object must equal the row's, member for member and in order.
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "cache/base/json_text.h"
#include "cache/filing/parse.h"
#include "gate/wire/number_json.h"
#include "tests/support/vectors.h"

namespace beian {
namespace {

using test::read_vectors;
using test::Vector;

std::string rendered(const Vector& row) {
  std::string json;
  append_number_json(row.text, parse_number(row.text), &json);
  std::string head = R"({"input":)";
  append_json_string(row.text, &head);
  EXPECT_EQ(json.substr(0, head.size()), head);
  return std::string(1, '{').append(json, head.size() + 1);  // without `input` and its comma
}

TEST(Vectors, EveryRowParsesToItsObject) {
  for (const Vector& row : read_vectors())
    EXPECT_EQ(rendered(row), row.expected)
        << "line " << row.line << ": " << row.escaped << "  (" << row.note << ")";
}

TEST(Vectors, ThereAreAtLeast400RowsAndEachTextIsThereOnce) {
  std::set<std::string> texts;
  for (const Vector& row : read_vectors()) {
    EXPECT_TRUE(texts.insert(row.text).second) << "again in line " << row.line;
    EXPECT_FALSE(row.note.empty()) << "no origin in line " << row.line;
  }
  EXPECT_GE(texts.size(), 400U);
}

TEST(Vectors, EveryReasonRepairAndRegisterHasARow) {
  std::string all;
  for (const Vector& row : read_vectors()) all += row.expected + "\n";
  const auto expect_name = [&](std::string_view name) {
    const std::string quoted = std::string(1, '"').append(name).append(1, '"');
    EXPECT_NE(all.find(quoted), std::string::npos) << name;
  };
  for (int i = 1; i <= static_cast<int>(MalformedReason::kUnexpectedText); ++i)
    expect_name(malformed_reason_name(static_cast<MalformedReason>(i)));
  for (int i = 1; i <= static_cast<int>(OtherRegister::kEducation); ++i)
    expect_name(other_register_name(static_cast<OtherRegister>(i)));
  for (int bit = 0; bit < kRepairCount; ++bit) expect_name(repair_name(bit));
}

}  // namespace
}  // namespace beian
