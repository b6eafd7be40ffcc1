// One request and its answer in the making: what a GateService hands to the desk that answers it.
//
// Lives on the worker's thread until the request is answered.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "gate/decision/policy.h"
#include "gate/http/callers.h"
#include "gate/http/message.h"
#include "gate/wire/decision_id.h"
#include "gate/wire/language.h"
#include "gate/wire/problem.h"
#include "gate/wire/request_query.h"

namespace beian::http {

inline constexpr std::string_view kRetryAfter = "5";  // seconds, for a 503 that a reload may end

// Who asks, and how the answer is wanted: the same for all rows of a batch or a stream.
struct Asking {
  wire::Milliseconds time;
  wire::Language language = wire::Language::kZh;
  bool is_strict = false;
  std::optional<bool> is_detail_full = {};  // from the parameter; a row's own takes precedence
  const Caller* caller = nullptr;           // null: no key was needed
  // Of a stream: the policies when it began, for a caller's profile that a reload has removed.
  const PolicySet* policies_before = nullptr;

  Instant now() const { return std::chrono::floor<std::chrono::seconds>(time); }
  // Charges the caller's rate for the rows of a batch or a stream.
  void charge(std::uint64_t checks) const {
    if (caller != nullptr) caller->meter().charge(time, checks);
  }
};

struct Exchange {
  const Request& request;
  Response& response;
  wire::QueryParameters& query;  // of the request; a desk may add to it
  Asking asking;
  std::size_t route = 0;           // its index in the table and in AnswerStats
  std::string_view argument = {};  // what follows the prefix of the route's path
  bool is_forwarded = false;       // of the route

  // Set by a desk that begins an answer instead of completing it.
  std::unique_ptr<Stream> stream = nullptr;
  std::unique_ptr<Upload> upload = nullptr;

  Instant now() const { return asking.now(); }
  // Makes `problem` the answer. Fields added before stay.
  void problem(const wire::Problem& problem);
};

}  // namespace beian::http
