#include "gate/http/problem.h"

#include <gtest/gtest.h>

namespace beian::http {
namespace {

std::string problem(const Problem& problem) {
  std::string text;
  append_problem(problem, &text);
  return text;
}

TEST(Problem, TitleAndTypeFollowFromTheStatus) {
  EXPECT_EQ(problem({.status = 431}),
            "{\"type\":\"urn:beian-gate:problem:head-too-large\",\"title\":\"Request Header Fields "
            "Too Large\",\"status\":431}");
}

TEST(Problem, OwnSlugDetailAndPointerAreShown) {
  EXPECT_EQ(problem({400, "wrong-type", "A number.", "/app/name"}),
            "{\"type\":\"urn:beian-gate:problem:wrong-type\",\"title\":\"Bad Request\","
            "\"status\":400,\"detail\":\"A number.\",\"pointer\":\"/app/name\"}");
}

TEST(Problem, TextIsEscaped) {
  const std::string text = problem({.detail = "\"\\\n\x01备"});
  EXPECT_NE(text.find("\"detail\":\"\\\"\\\\\\n\\u0001备\""), std::string::npos) << text;
}

TEST(Problem, BytesThatAreNotUtf8AreReplaced) {
  const std::string text = problem({.detail = "a\xFF"});
  EXPECT_NE(text.find("\"a\xEF\xBF\xBD\""), std::string::npos) << text;
}

TEST(Problem, AnswerKeepsFieldsAddedBefore) {
  Response response;
  response.add_field("Allow", "GET");
  answer_problem(Problem{.status = 405}, &response);
  EXPECT_EQ(response.status, 405u);
  EXPECT_EQ(response.content_type, kProblemContentType);
  EXPECT_EQ(response.fields, "Allow: GET\r\n");
}

}  // namespace
}  // namespace beian::http
