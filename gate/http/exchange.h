// One request on its way to its answer: what a GateService hands to the desk that answers it.
//
// Lives on the worker's thread until the request is answered.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "gate/http/callers.h"
#include "gate/http/message.h"
#include "gate/wire/decision_id.h"
#include "gate/wire/language.h"
#include "gate/wire/problem.h"
#include "gate/wire/request_query.h"

namespace beian::http {

inline constexpr std::string_view kRetryAfter = "5";  // seconds, of a 503 that a reload may end

// How a caller wants to be answered: what a request, a batch and a stream have in common.
struct Asking {
  wire::Milliseconds time;
  wire::Language language = wire::Language::kZh;
  bool is_strict = false;
  std::optional<bool> is_detail_full = {};  // as the parameter says; a row's own word counts more
  const Caller* caller = nullptr;           // null: nobody needs a key

  Instant now() const { return std::chrono::floor<std::chrono::seconds>(time); }
  // What a batch or a stream asks beyond its one request.
  void charge(std::uint64_t checks) const {
    if (caller != nullptr) caller->meter().charge(time, checks);
  }
};

struct Exchange {
  const Request& request;
  Response& response;
  wire::QueryParameters& query;  // the request's; a desk may add to them
  Asking asking;
  std::size_t route = 0;           // its place in the table, and in AnswerStats
  std::string_view argument = {};  // what follows the prefix of the route's path
  bool is_forwarded = false;       // as the route says

  // What a desk has begun in place of a whole answer.
  std::unique_ptr<Stream> stream = nullptr;
  std::unique_ptr<Upload> upload = nullptr;

  Instant now() const { return asking.now(); }
  // Makes this the answer. Fields added before stay.
  void problem(const wire::Problem& problem);
};

}  // namespace beian::http
