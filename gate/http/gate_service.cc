#include "gate/http/gate_service.h"

#include <algorithm>

#include "cache/base/limits.h"
#include "gate/http/admission.h"
#include "gate/http/media_type.h"
#include "gate/http/problem.h"

namespace beian::http {
namespace {

bool is_request_id(std::string_view id) noexcept {
  return !id.empty() && id.size() <= 128 &&
         std::ranges::all_of(id, [](char c) { return c > 0x20 && c < 0x7F; });
}

Instant now_of(Clock clock) {
  return std::chrono::floor<std::chrono::seconds>(clock());
}

GateContext with_metrics(GateContext context, Clock clock) {
  if (context.metrics == nullptr) context.metrics = std::make_shared<Metrics>(now_of(clock));
  return context;
}

}  // namespace

GateService::GateService(GateState state, Clock clock, std::array<std::uint64_t, 2> id_seed,
                         GateContext context)
    : state_(std::move(state)),
      clock_(clock),
      context_(with_metrics(std::move(context), clock)),
      stats_(context_.metrics->add_worker()),
      ids_(id_seed),
      recorder_(context_.log) {}

std::size_t GateService::body_bytes_max(const Request& head) const {
  const Route* route = find_route(head.path);
  if (route == nullptr || head.method != Method::kPost || route->post == nullptr) return 0;
  // Who is not to be answered does not get to send megabytes first.
  if (route->body_bytes_max > limits::kBodyBytesMax && is_behind(route->scope)) return 0;
  if (route->takes_package && context_.packages == nullptr) return 0;
  const bool is_large = route->scope == Scope::kBulk || route->scope == Scope::kPackages;
  if ((is_large || head.expects_continue) && is_body_refused(*route, head)) return 0;
  return route->body_bytes_max;
}

// Whether the answer will be the same whatever the body is.
bool GateService::is_body_refused(const Route& route, const Request& head) const {
  if (state_.callers != nullptr) {
    const Caller* const caller = find_caller(head, now_of(clock_)).caller;
    if (caller == nullptr || !caller->may(route.scope)) return true;
  }
  const bool are_lines = route.body_bytes_max == limits::kBodyUnbounded;
  return !route.takes_package && !holds_json(head, are_lines);
}

void GateService::answer(const Request& request, Response* response) {
  Exchange exchange{request, response, {clock_(), {}, {}, {}}, {}};
  add_common_fields(exchange);
  if (recorder_.is_on()) recorder_.begin(request);
  const Route* route = find_route(request.path);
  answer_at(route, &exchange);
  const auto place = route == nullptr ? kNoRoute : static_cast<std::size_t>(route - &routes()[0]);
  // What begins an upload is answered, and counted, at its end.
  if (upload_ == nullptr) stats_->count_answer(place, response->status);
}

void GateService::answer_at(const Route* route, Exchange* exchange) {
  const Request& request = exchange->request;
  if (request.path == "*" && request.method == Method::kOptions) {
    exchange->response->status = 204;  // of the server as a whole [RFC 9110 §9.3.7]
    exchange->response->add_field("Allow", "GET, HEAD, POST, OPTIONS");
    return;
  }
  if (route == nullptr)
    return problem(exchange, {404, "not-found", "no such path; /openapi.json lists them", ""});
  const auto handler = find_handler(*route, exchange);
  if (handler == nullptr || !admit(*route, exchange)) return;
  if (!is_body_json(*route, exchange)) return;
  if (!read_asking(*route, handler, exchange)) return;
  exchange->argument = request.path.substr(std::min(route->path.size(), request.path.size()));
  exchange->is_forwarded = route->is_forwarded;
  (this->*handler)(exchange);
}

// True where none is wanted. False after answering.
bool GateService::is_body_json(const Route& route, Exchange* exchange) {
  if (route.body_bytes_max == 0 || route.takes_package || exchange->request.method != Method::kPost)
    return true;
  const bool are_lines = route.body_bytes_max == limits::kBodyUnbounded;
  if (holds_json(exchange->request, are_lines)) return true;
  problem(exchange,
          {415, "unsupported-media-type",
           "send Content-Type: " + std::string(are_lines ? kJsonLines : kJson) + ", not compressed",
           ""});
  return false;
}

// What answers the request's method; null after answering it here: OPTIONS, and what the route does
// not offer.
GateService::Handler GateService::find_handler(const Route& route, Exchange* exchange) {
  const Method method = exchange->request.method;
  if (route.is_forwarded) return route.get;
  const bool is_get = method == Method::kGet || method == Method::kHead;
  if (is_get && route.get != nullptr) return route.get;
  if (method == Method::kPost && route.post != nullptr) return route.post;
  std::string allowed(route.get != nullptr ? "GET, HEAD, " : "");
  allowed += route.post != nullptr ? "POST, OPTIONS" : "OPTIONS";
  exchange->response->add_field("Allow", allowed);
  if (method == Method::kOptions)
    exchange->response->status = 204;
  else
    problem(exchange, {405, "method-not-allowed", "this path offers " + allowed, ""});
  return nullptr;
}

// The parameters that all routes share. False after answering.
bool GateService::read_asking(const Route& route, Handler handler, Exchange* exchange) {
  wire::Problem fault;
  Asking& asking = exchange->asking;
  const std::string_view query = route.is_forwarded ? "" : exchange->request.query;
  asking.language = wire::choose_language(exchange->request.list_field("Accept-Language", &lines_));
  const bool reads_check =
      handler == &GateService::check_queried ||  // and refuses what is no field
      handler == &GateService::authorize;
  if (query_.parse(query, &fault) && read_options(&asking, &fault) &&
      (!asking.is_strict || reads_check || query_.knows_all({route.parameter}, &fault)))
    return true;
  problem(exchange, fault);
  return false;
}

bool GateService::read_options(Asking* asking, wire::Problem* fault) const {
  std::string_view lang;
  std::string_view detail;
  if (!query_.get_once("lang", &lang, fault) || !query_.get_once("detail", &detail, fault) ||
      !query_.get_flag("strict", &asking->is_strict, fault))
    return false;
  const auto refuse = [fault](std::string what, std::string pointer) {
    *fault = {400, "invalid-parameter", std::move(what), std::move(pointer)};
    return false;
  };
  if (!lang.empty()) {
    const auto language = wire::parse_language(lang);
    if (!language) return refuse("lang is zh-CN or en", "/lang");
    asking->language = *language;
  }
  if (detail.empty()) return true;
  if (detail != "brief" && detail != "full") return refuse("detail is brief or full", "/detail");
  asking->is_detail_full = detail == "full";
  return true;
}

void GateService::refuse(const Request& request, const Refusal& refusal, Response* response) {
  add_common_fields({request, response, {clock_(), {}, {}, {}}, {}});
  answer_refusal(refusal, response);
}

// --- what every answer has ---

std::string_view GateService::registry_field(Instant now) {
  if (registry_field_at_ == now) return registry_field_;
  const cache::Generation& generation = *state_.generation;
  registry_field_ = "Beian-Registry: serial=" + std::to_string(generation.serial()) +
                    ", age=" + std::to_string(generation.age(now).count()) +
                    ", state=" + std::string(name_of(generation.freshness(now))) + "\r\n";
  registry_field_at_ = now;
  return registry_field_;
}

void GateService::add_common_fields(const Exchange& exchange) {
  exchange.response->fields += registry_field(exchange.now());
  const std::string_view id = exchange.request.field("X-Request-ID");
  if (is_request_id(id)) exchange.response->add_field("X-Request-ID", id);
}

void GateService::problem(Exchange* exchange, const wire::Problem& problem) {
  answer_problem({problem.status, problem.slug, {}, problem.detail, problem.pointer},
                 exchange->response);
}

}  // namespace beian::http
