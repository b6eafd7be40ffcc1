// A Service for tests: `/__echo` returns what it got, `/__busy` is 503 and discards its body,
// everything else is 404 or 405.
//
// It runs on the same listener, connection and codec as the gate, so that collections of requests
// can be run against those without filings in the way.
#pragma once

#include "cache/base/limits.h"
#include "gate/http/message.h"
#include "gate/http/problem.h"

namespace beian::http {

class EchoService final : public Service {
 public:
  std::size_t body_bytes_max(const Request& head) const override {
    return head.path == kPath && head.method == Method::kPost ? limits::kBodyBytesMax : 0;
  }

  void answer(const Request& request, Response* response) override {
    const bool is_server_wide = request.path == "*";
    if (request.path == kBusyPath) {
      response->passes_body = true;
      return answer_problem(Problem{.status = 503}, response);
    }
    if (request.path != kPath && !is_server_wide)
      return answer_problem(Problem{.status = 404}, response);
    switch (request.method) {
      case Method::kGet:
      case Method::kHead:
        response->content_type = "text/plain; charset=utf-8";
        response->body = "echo\n";
        break;
      case Method::kOptions:
        response->add_field("Allow", kAllowed);
        break;
      case Method::kPost:
        response->content_type = "application/octet-stream";
        response->body = request.body;
        break;
      case Method::kPut:
      case Method::kPatch:
      case Method::kDelete:
        response->add_field("Allow", kAllowed);
        answer_problem(Problem{.status = 405}, response);
        break;
    }
  }

  void refuse(const Request&, const Refusal& refusal, Response* response) override {
    answer_refusal(refusal, response);
  }

 private:
  static constexpr std::string_view kPath = "/__echo";
  static constexpr std::string_view kBusyPath = "/__busy";
  static constexpr std::string_view kAllowed = "GET, HEAD, OPTIONS, POST";
};

}  // namespace beian::http
