#include "gate/http/message.h"

#include <gtest/gtest.h>

#include <array>

namespace beian::http {
namespace {

TEST(Request, FieldIsFoundWithoutCaseAndTheFirstCounts) {
  const std::array<Field, 3> fields = {Field{"X-A", "1"}, {"x-a", "2"}, {"X-B", "3"}};
  Request request;
  request.fields = fields;
  EXPECT_EQ(request.field("x-A"), "1");
  EXPECT_EQ(request.field("X-B"), "3");
  EXPECT_EQ(request.field("X"), "");
}

TEST(Response, ResetForgetsEverything) {
  Response response;
  response.status = 500;
  response.body.append("x");
  response.content_type.append("y");
  response.must_close = true;
  response.add_field("A", "b");
  EXPECT_EQ(response.fields, "A: b\r\n");
  response.reset();
  EXPECT_EQ(response.status, 200u);
  EXPECT_TRUE(response.body.empty() && response.content_type.empty() && response.fields.empty());
  EXPECT_FALSE(response.must_close);
}

TEST(ResponseDeathTest, FieldWithALineEndIsABug) {
  Response response;
  EXPECT_DEATH(response.add_field("A", "b\r\nSet-Cookie: c"), "holds_line_end");
}

TEST(Method, HasItsNameOnTheWire) {
  EXPECT_EQ(name_of(Method::kGet), "GET");
  EXPECT_EQ(name_of(Method::kOptions), "OPTIONS");
}

}  // namespace
}  // namespace beian::http
