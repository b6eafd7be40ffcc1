// Problem documents [RFC 9457]: the body of every error answer.
#pragma once

#include <string>
#include <string_view>

#include "gate/http/message.h"
#include "gate/wire/problem.h"

namespace beian::http {

inline constexpr std::string_view kProblemContentType = "application/problem+json";

struct Problem {
  unsigned status = 400;
  std::string_view slug = {};     // of `type`: urn:beian-gate:problem:<slug>; empty: by status
  std::string_view detail = {};   // left out when empty
  std::string_view pointer = {};  // JSON Pointer into the request; left out when empty
};

// Appends the JSON object. The texts may hold anything: they are escaped, and bytes that are not
// UTF-8 become U+FFFD.
void append_problem(const Problem& problem, std::string* output);

// Makes `response` the answer for `problem`. Fields added before stay.
void answer_problem(const Problem& problem, Response* response);
void answer_problem(const wire::Problem& problem, Response* response);

// The same for a request that the HTTP layer refused; what Service::refuse() usually does.
void answer_refusal(const Refusal& refusal, Response* response);

}  // namespace beian::http
