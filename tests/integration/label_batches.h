// Catalog rows with their expected answers, sent through `POST /v1/checks` in full batches, as a
// store would send them; differences are reported row by row. Tests only.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "tests/http/gate_driver.h"

namespace beian::test {

inline constexpr std::size_t kBatchRows = 1'000;

// What a row expects or a decision says, as one text: `deny NAME_MISMATCH PACKAGE_NOT_FILED`, codes
// sorted.
inline std::string label(std::string_view decision, std::vector<std::string> codes) {
  std::ranges::sort(codes);
  std::string out(decision);
  for (const std::string& code : codes) out += " " + code;
  return out;
}

inline std::string expected_label(const simdjson::dom::element& row) {
  std::vector<std::string> codes;
  for (const auto code : row["expect"]["codes"].get_array())
    codes.emplace_back(std::string_view(code));
  return label(std::string_view(row["expect"]["decision"]), codes);
}

// Notes are left out: they never change a decision.
inline std::string given_label(const simdjson::dom::element& decision) {
  std::string_view effect;
  if (decision["decision"].get(effect) != simdjson::SUCCESS) return simdjson::minify(decision);
  std::vector<std::string> codes;
  for (const auto finding : decision["findings"].get_array())
    if (std::string_view(finding["effect"]) != "note")
      codes.emplace_back(std::string_view(finding["code"]));
  return label(effect, codes);
}

struct Comparison {
  std::size_t rows = 0;
  std::size_t differing = 0;
  std::string first;  // the first few differences, one per line
};

class LabelComparer {
 public:
  explicit LabelComparer(http::GateState state) : gate_(std::move(state)) {}

  // Adds one row of the catalog; rows are sent in batches.
  void add(std::string_view row) {
    rows_.emplace_back(row);
    if (rows_.size() == kBatchRows) flush();
  }
  const Comparison& finish() {
    flush();
    return result_;
  }

 private:
  void flush() {
    if (rows_.empty()) return;
    std::string body = "{\"checks\":[";
    for (const std::string& row : rows_) body += (body.back() == '[' ? "" : ",") + row;
    const http::test::Answer answer = gate_.post("/v1/checks", body + "]}");
    ASSERT_EQ(answer.status, 200U) << answer.body;
    std::size_t index = 0;
    for (const auto decision : gate_.json(answer)["decisions"].get_array())
      compare(rows_[index++], decision);
    ASSERT_EQ(index, rows_.size());
    rows_.clear();
  }

  void compare(const std::string& row, const simdjson::dom::element& decision) {
    ++result_.rows;
    const std::string want = expected_label(parser_.parse(row));
    const std::string given = given_label(decision);
    if (want == given || result_.differing++ >= 10) return;
    result_.first += "wanted " + want + ", got " + given + ": " + row + "\n";
  }

  http::test::GateDriver gate_;
  simdjson::dom::parser parser_;
  std::vector<std::string> rows_;
  Comparison result_;
};

}  // namespace beian::test
