// GateService's door: who asks, whether he may, and how fast. callers.h has who there is.
#include <array>
#include <string>

#include "cache/base/limits.h"
#include "gate/http/admission.h"
#include "gate/http/gate_service.h"

namespace beian::http {
namespace {

struct Refused {
  TurnedAway why;
  std::string_view detail;
};

// REQUIRES: not kKnown.
Refused refused_of(Callers::Outcome outcome) noexcept {
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

void add_rate_fields(const RateMeter& meter, const RateMeter::Taken& taken, Response* response) {
  response->add_field("RateLimit", "\"checks\";r=" + std::to_string(taken.left) +
                                       ";t=" + std::to_string(taken.full_in.count()));
  response->add_field("RateLimit-Policy", meter.policy());
}

}  // namespace

// False after answering.
bool GateService::admit(const Route& route, Exchange* exchange) {
  return admit_load(route, exchange) && admit_caller(route, exchange);
}

// 503, before anything is spent on the request.
bool GateService::admit_load(const Route& route, Exchange* exchange) {
  const bool is_stream = route.body_bytes_max == limits::kBodyUnbounded && !route.takes_package;
  const bool is_behind = this->is_behind(route.scope);
  const std::uint64_t streams = stats_->streams_begun.value() - stats_->streams_ended.value();
  if (!is_behind && !(is_stream && streams >= kStreamsPerWorkerMax)) return true;
  if (is_behind)
    refuse_busy(TurnedAway::kBusy, "the gate is behind with its answers", exchange);
  else
    refuse_busy(TurnedAway::kStreams, "the gate has as many streams as it may have", exchange);
  return false;
}

void GateService::refuse_busy(TurnedAway why, std::string detail, Exchange* exchange) {
  stats_->count_turned_away(why);
  // To be asked again soon, on the connection that there is.
  exchange->response->passes_body = true;
  exchange->response->add_field("Retry-After",
                                std::to_string(1 + busy_count_++ % kBusyRetrySecondsMax));
  problem(exchange, {503, "busy", std::move(detail), ""});
}

// REQUIRES: callers are configured.
Callers::Answer GateService::find_caller(const Request& head, Instant now) const {
  return state_.callers->find(head.field("Authorization"), head.principals, now);
}

// 401, 403 or 429.
bool GateService::admit_caller(const Route& route, Exchange* exchange) {
  if (state_.callers == nullptr || route.scope == Scope::kOpen || context_.role == Role::kAdmin)
    return true;
  Response& response = *exchange->response;
  const Callers::Answer found = find_caller(exchange->request, exchange->now());
  if (found.caller == nullptr) {
    const Refused refused = refused_of(found.outcome);
    stats_->count_turned_away(refused.why);
    const bool is_silent = refused.why == TurnedAway::kNoKey;  // [RFC 6750 §3]
    response.add_field("WWW-Authenticate",
                       is_silent ? "Bearer realm=\"beian-gate\""
                                 : "Bearer realm=\"beian-gate\", error=\"invalid_token\"");
    problem(exchange, {401, "unauthenticated", std::string(refused.detail), ""});
    return false;
  }
  if (!found.caller->may(route.scope)) {
    stats_->count_turned_away(TurnedAway::kEndpoint);
    const std::string_view scope = kScopeWords[static_cast<std::size_t>(route.scope)];
    problem(exchange,
            {403, "endpoint-not-allowed", std::string(scope) + " is not for this caller", ""});
    return false;
  }
  exchange->asking.caller = found.caller;
  RateMeter& meter = found.caller->meter();
  if (!meter.is_bounded() || route.scope == Scope::kOperations) return true;
  const RateMeter::Taken taken = meter.take(exchange->asking.time);
  add_rate_fields(meter, taken, &response);
  if (taken.is_allowed) return true;
  stats_->count_turned_away(TurnedAway::kRate);
  response.add_field("Retry-After", std::to_string(taken.wait.count()));
  problem(exchange, {429, "too-many-requests", "this caller has asked as often as it may", ""});
  return false;
}

bool GateService::is_operation_allowed(const Asking& asking, wire::Problem* fault) {
  if (asking.caller == nullptr || asking.caller->may(check_.operation)) return true;
  stats_->count_turned_away(TurnedAway::kOperation);
  *fault = {403, "operation-not-allowed",
            std::string(name_of(check_.operation)) + " is not for this caller", "/operation"};
  return false;
}

// What a batch or a stream asks beyond its one request.
void GateService::charge(const Asking& asking, std::uint64_t checks) {
  if (asking.caller != nullptr) asking.caller->meter().charge(asking.time, checks);
}

}  // namespace beian::http
