#include "gate/http/problem.h"

#include "cache/base/json_text.h"

namespace beian::http {
namespace {

// The slugs of what the HTTP layer refuses; an answer of a Service names its own.
std::string_view slug_of(unsigned status) noexcept {
  switch (status) {
    case 400:
      return "bad-request";
    case 408:
      return "too-slow";
    case 411:
      return "length-required";
    case 413:
      return "body-too-large";
    case 414:
      return "target-too-long";
    case 417:
      return "expectation-failed";
    case 431:
      return "head-too-large";
    case 501:
      return "not-implemented";
    case 505:
      return "http-version-not-supported";
    default:
      return status < 500 ? "refused" : "internal";
  }
}

}  // namespace

void append_problem(const Problem& problem, std::string* output) {
  output->append("{\"type\":\"urn:beian-gate:problem:");
  output->append(problem.slug.empty() ? slug_of(problem.status) : problem.slug);
  output->append("\",\"title\":");
  append_json_string(wire::reason_of(problem.status), output);
  output->append(",\"status\":").append(std::to_string(problem.status));
  if (!problem.detail.empty()) {
    output->append(",\"detail\":");
    append_json_string(problem.detail, output);
  }
  if (!problem.pointer.empty()) {
    output->append(",\"pointer\":");
    append_json_string(problem.pointer, output);
  }
  output->append("}");
}

void answer_problem(const Problem& problem, Response* response) {
  response->status = problem.status;
  response->content_type = kProblemContentType;
  response->body.clear();
  append_problem(problem, &response->body);
}

void answer_problem(const wire::Problem& problem, Response* response) {
  answer_problem(Problem{problem.status, problem.slug, problem.detail, problem.pointer}, response);
}

void answer_refusal(const Refusal& refusal, Response* response) {
  answer_problem(Problem{.status = refusal.status, .detail = refusal.detail}, response);
}

}  // namespace beian::http
