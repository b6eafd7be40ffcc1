// The table test of evaluate(): a row is a request about the registry of evaluate_feed.h, and what
// comes of it. Rows name the clause or FAQ line (F-n) they rest on.
#pragma once

#include <gtest/gtest.h>

#include <ostream>
#include <string_view>

namespace beian::test {

struct EvaluateRow {
  std::string_view name;
  std::string_view operation;
  std::string_view fields;
  std::string_view want;  // summary()
};

inline std::ostream& operator<<(std::ostream& out, const EvaluateRow& row) {
  return out << row.name;
}

// evaluate_test.cc says what is expected of a row; every file may add tables.
class Evaluate : public testing::TestWithParam<EvaluateRow> {};

}  // namespace beian::test
