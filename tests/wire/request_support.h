// Readers of single check requests, and renderings of what was read, for the tests of gate/wire.
// Tests only; one thread.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "gate/wire/request_json.h"
#include "gate/wire/request_query.h"

namespace beian::wire::test {

// `text` with ' standing for ", which keeps JSON readable in C++.
inline std::string json_of(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c == '\'') c = '"';
  return out;
}

// A row of a table of bodies that all have the same outcome.
struct JsonRow {
  std::string_view json;  // ' stands for "
  std::string_view why;
};

// A problem as one line, `400 invalid-field /app/kind`, or `accepted`.
inline std::string told(bool is_accepted, const Problem& problem) {
  if (is_accepted) return "accepted";
  EXPECT_FALSE(problem.detail.empty()) << "a problem without a reason";
  std::string out = std::to_string(problem.status) + " " + std::string(problem.slug);
  return problem.pointer.empty() ? out : out + " " + problem.pointer;
}

// The outcome of reading one body, and the request for as long as this lives. The body is a block
// of its exact size, so that sanitizers see a read past its end.
class JsonReading {
 public:
  explicit JsonReading(std::string_view json, bool is_strict = false)
      : body_(new char[json.size()]) {
    json.copy(body_.get(), json.size());
    Problem problem;
    const bool is_accepted =
        reader_.read({body_.get(), json.size()}, {is_strict}, &request_, &problem);
    told_ = told(is_accepted, problem);
    detail_ = problem.detail;
  }

  const std::string& told_as() const { return told_; }
  const std::string& detail() const { return detail_; }
  const CheckRequest& request() const { return request_; }

 private:
  std::unique_ptr<char[]> body_;
  RequestReader reader_;
  CheckRequest request_;
  std::string told_;
  std::string detail_;
};

// The same for a query string.
class QueryReading {
 public:
  explicit QueryReading(std::string_view query, bool is_strict = false) {
    Problem problem;
    const bool is_accepted = parameters_.parse(query, &problem) &&
                             read_request(parameters_, {is_strict}, &request_, &problem);
    told_ = told(is_accepted, problem);
  }

  const std::string& told_as() const { return told_; }
  const CheckRequest& request() const { return request_; }

 private:
  QueryParameters parameters_;
  CheckRequest request_;
  std::string told_;
};

}  // namespace beian::wire::test
