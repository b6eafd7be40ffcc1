// The bytes of answers, pinned.
#include "gate/http/answer.h"

#include <gtest/gtest.h>

namespace beian::http {
namespace {

std::string answer(const Request& request, const Response& response, bool is_last) {
  std::string output;
  append_answer(request, response, "Server: s\r\n", is_last, &output);
  return output;
}

Response text_response(unsigned status) {
  Response response;
  response.status = status;
  response.content_type = "text/plain";
  response.body = "hi";
  return response;
}

TEST(CommonFields, ShowTheSecondAsHttpDate) {
  CommonFields fields;
  fields.refresh(std::chrono::system_clock::time_point(std::chrono::milliseconds(784111777'900)));
  EXPECT_EQ(fields.text(), "Server: beian-gate\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n");
  fields.refresh(std::chrono::system_clock::time_point(std::chrono::seconds(784111778)));
  EXPECT_EQ(fields.text(), "Server: beian-gate\r\nDate: Sun, 06 Nov 1994 08:49:38 GMT\r\n");
}

TEST(Answer, HasLengthTypeAndBody) {
  EXPECT_EQ(answer({}, text_response(200), false),
            "HTTP/1.1 200 OK\r\nServer: s\r\nContent-Type: text/plain\r\nContent-Length: "
            "2\r\n\r\nhi");
}

TEST(Answer, LastOneSaysSoToBothVersions) {
  Request request;
  EXPECT_NE(answer(request, {}, true).find("\r\nConnection: close\r\n"), std::string::npos);
  request.is_http_10 = true;
  EXPECT_NE(answer(request, {}, true).find("\r\nConnection: close\r\n"), std::string::npos);
  EXPECT_NE(answer(request, {}, false).find("\r\nConnection: keep-alive\r\n"), std::string::npos);
}

TEST(Answer, ToHeadKeepsTheLengthWithoutTheBody) {
  Request request;
  request.method = Method::kHead;
  EXPECT_EQ(answer(request, text_response(200), false),
            "HTTP/1.1 200 OK\r\nServer: s\r\nContent-Type: text/plain\r\nContent-Length: "
            "2\r\n\r\n");
}

TEST(Answer, NoContentAndNotModifiedHaveNeitherBodyNorLength) {
  Response response;
  response.status = 204;
  EXPECT_EQ(answer({}, response, false), "HTTP/1.1 204 No Content\r\nServer: s\r\n\r\n");
  response.status = 304;
  response.body.append("x");
  EXPECT_EQ(answer({}, response, false), "HTTP/1.1 304 Not Modified\r\nServer: s\r\n\r\n");
}

TEST(Answer, FieldsOfTheServiceStandBehindTheOthers) {
  Response response;
  response.add_field("Allow", "GET");
  EXPECT_EQ(answer({}, response, false),
            "HTTP/1.1 200 OK\r\nServer: s\r\nContent-Length: 0\r\nAllow: GET\r\n\r\n");
}

}  // namespace
}  // namespace beian::http
