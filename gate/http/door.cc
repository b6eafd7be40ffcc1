#include "gate/http/door.h"

#include "gate/http/admission.h"

namespace beian::http {
namespace {

void add_rate_fields(const RateMeter& meter, const RateMeter::Taken& taken, Response* response) {
  response->add_field("RateLimit", "\"checks\";r=" + std::to_string(taken.left) +
                                       ";t=" + std::to_string(taken.full_in.count()));
  response->add_field("RateLimit-Policy", meter.policy());
}

}  // namespace

struct Door::Refused {
  TurnedAway why;
  std::string_view detail;
};

// REQUIRES: not kKnown.
Door::Refused Door::refused_of(Callers::Outcome outcome) noexcept {
  switch (outcome) {
    case Callers::Outcome::kMalformed:
      return {TurnedAway::kBadKey,
              "Authorization holds no API key as `beian-gate keys new` makes them; it may be cut"};
    case Callers::Outcome::kUnknown:
      return {TurnedAway::kUnknownKey, "this API key is not, or no longer, known here"};
    case Callers::Outcome::kExpired:
      return {TurnedAway::kExpiredKey, "this API key has expired"};
    case Callers::Outcome::kStranger:
      return {TurnedAway::kNoKey,
              "this certificate carries no name of a caller; send Authorization: Bearer and an API "
              "key"};
    case Callers::Outcome::kMissing:
    case Callers::Outcome::kKnown:
      break;
  }
  return {TurnedAway::kNoKey, "send Authorization: Bearer and an API key"};
}

void Door::batch_begins(std::chrono::nanoseconds waited) noexcept {
  waited_ = waited;
  is_bulk_full_ =
      bulk_waiting_ != nullptr && bulk_waiting_->load(std::memory_order_relaxed) >= kBulkWaitingMax;
}

bool Door::is_behind(Scope scope) const noexcept {
  return is_shed(scope, waited_) || (scope == Scope::kBulk && is_bulk_full_);
}

// REQUIRES: callers are configured.
Callers::Answer Door::find_caller(const Request& head, Instant now) const {
  return state_.callers->find(head.field("Authorization"), head.principals, now);
}

bool Door::lacks_certificate(const Request& head) const noexcept {
  return state_.needs_certificate && !head.has_certificate;
}

bool Door::is_closed_to(const Request& head, Scope scope, Instant now) const {
  if (state_.callers == nullptr) return lacks_certificate(head);
  const Caller* const caller = find_caller(head, now).caller;
  return caller == nullptr || !caller->may(scope);
}

bool Door::admit(Scope scope, bool is_stream, Exchange* exchange) {
  return admit_load(scope, is_stream, exchange) && admit_caller(scope, exchange);
}

bool Door::admit_load(Scope scope, bool is_stream, Exchange* exchange) {
  if (is_behind(scope)) {
    refuse_busy(TurnedAway::kBusy, "the gate is behind with its answers", exchange);
    return false;
  }
  if (is_stream &&
      stats_.streams_begun.value() - stats_.streams_ended.value() >= kStreamsPerWorkerMax) {
    refuse_busy(TurnedAway::kStreams, "the gate has as many streams as it may have", exchange);
    return false;
  }
  return true;
}

void Door::refuse_busy(TurnedAway why, std::string detail, Exchange* exchange) {
  stats_.count_turned_away(why);
  exchange->response.passes_body = true;
  exchange->response.add_field("Retry-After",
                               std::to_string(1 + busy_count_++ % kBusyRetrySecondsMax));
  exchange->problem({503, "busy", std::move(detail), ""});
}

bool Door::admit_caller(Scope scope, Exchange* exchange) {
  if (scope == Scope::kOpen || role_ == Role::kAdmin) return true;
  const bool is_of_before = lacks_certificate(exchange->request);
  if (is_of_before) exchange->response.must_close = true;  // the next connection must show one
  if (state_.callers == nullptr) {
    if (!is_of_before) return true;
    refuse_stranger({TurnedAway::kNoKey,
                     "this connection began before the gate asked for a certificate; connect again "
                     "and show one"},
                    exchange);
    return false;
  }
  const Callers::Answer found = find_caller(exchange->request, exchange->now());
  if (found.caller == nullptr) {
    refuse_stranger(refused_of(found.outcome), exchange);
    return false;
  }
  if (!found.caller->may(scope)) {
    stats_.count_turned_away(TurnedAway::kEndpoint);
    const std::string_view word = kScopeWords[static_cast<std::size_t>(scope)];
    exchange->problem(
        {403, "endpoint-not-allowed", std::string(word) + " is not for this caller", ""});
    return false;
  }
  exchange->asking.caller = found.caller;
  return scope == Scope::kOperations || take_rate(*found.caller, exchange);
}

void Door::refuse_stranger(const Refused& refused, Exchange* exchange) {
  stats_.count_turned_away(refused.why);
  const bool is_silent = refused.why == TurnedAway::kNoKey;  // [RFC 6750 §3]
  exchange->response.add_field("WWW-Authenticate",
                               is_silent ? "Bearer realm=\"beian-gate\""
                                         : "Bearer realm=\"beian-gate\", error=\"invalid_token\"");
  exchange->problem({401, "unauthenticated", std::string(refused.detail), ""});
}

bool Door::take_rate(const Caller& caller, Exchange* exchange) {
  RateMeter& meter = caller.meter();
  if (!meter.is_bounded()) return true;
  const RateMeter::Taken taken = meter.take(exchange->asking.time);
  add_rate_fields(meter, taken, &exchange->response);
  if (taken.is_allowed) return true;
  stats_.count_turned_away(TurnedAway::kRate);
  exchange->response.add_field("Retry-After", std::to_string(taken.wait.count()));
  exchange->problem({429, "too-many-requests", "this caller has asked as often as it may", ""});
  return false;
}

}  // namespace beian::http
