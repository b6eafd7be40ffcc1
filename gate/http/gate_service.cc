#include "gate/http/gate_service.h"

#include <algorithm>

#include "cache/base/limits.h"
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

// Reads `lang` and `strict`, which all routes know, and `detail`, which some do.
bool read_options(const wire::QueryParameters& query, Asking* asking, wire::Problem* fault) {
  std::string_view lang;
  std::string_view detail;
  if (!query.get_once("lang", &lang, fault) || !query.get_once("detail", &detail, fault) ||
      !query.get_flag("strict", &asking->is_strict, fault))
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

}  // namespace

GateService::GateService(GateState state, Clock clock, std::array<std::uint64_t, 2> id_seed,
                         GateContext context)
    : state_(std::move(state)),
      clock_(clock),
      context_(with_metrics(std::move(context), clock)),
      stats_(*context_.metrics->add_worker()),
      door_(&state_, context_.role, &stats_),
      decider_(&state_, &stats_, context_.log, id_seed),
      desks_(CheckDesk(&state_, clock, &stats_, &decider_), AuthzDesk(&decider_),
             AuthzenDesk(&state_, offers(Scope::kCheck), &decider_), LookupDesk(&state_),
             OperationsDesk(&state_, context_.metrics.get(), route_names(), context_.reload),
             PageDesk(offered_paths()), UploadDesk(context_.packages, &stats_, &door_)) {}

std::size_t GateService::body_bytes_max(const Request& head) const {
  const Route* route = find_route(head.path);
  if (route == nullptr || head.method != Method::kPost || route->post == nullptr) return 0;
  // A request that will be refused must not get to send megabytes first.
  if (route->body_bytes_max > limits::kBodyBytesMax && door_.is_behind(route->scope)) return 0;
  if (route->takes_package && context_.packages == nullptr) return 0;
  const bool is_large = route->scope == Scope::kBulk || route->scope == Scope::kPackages;
  if (!is_large && !head.expects_continue) return route->body_bytes_max;
  // Nor one whose answer does not depend on the body.
  if (door_.is_closed_to(head, route->scope, now_of(clock_))) return 0;
  if (!route->takes_package && !holds_json(head, route->takes_lines())) return 0;
  return route->body_bytes_max;
}

Exchange GateService::begin(const Request& request, Response* response) {
  Exchange exchange{request, *response, query_, {.time = clock_()}};
  response->fields += registry_field(exchange.now());
  const std::string_view id = request.field("X-Request-ID");
  if (is_request_id(id)) response->add_field("X-Request-ID", id);
  return exchange;
}

void GateService::answer(const Request& request, Response* response) {
  answer_stream(request, response);
}

std::unique_ptr<Stream> GateService::answer_stream(const Request& request, Response* response) {
  Exchange exchange = begin(request, response);
  if (decider_.is_logging()) decider_.recorder().begin(request);
  const Route* const route = find_route(request.path);
  exchange.route = route == nullptr ? kNoRoute : static_cast<std::size_t>(route - &routes()[0]);
  answer_at(route, &exchange);
  upload_ = std::move(exchange.upload);
  // An upload is answered, and counted, at its end.
  if (upload_ == nullptr) stats_.count_answer(exchange.route, response->status);
  return std::move(exchange.stream);
}

void GateService::refuse(const Request& request, const Refusal& refusal, Response* response) {
  begin(request, response);
  answer_refusal(refusal, response);
}

void GateService::answer_at(const Route* route, Exchange* exchange) {
  const Request& request = exchange->request;
  if (request.path == "*" && request.method == Method::kOptions) {
    exchange->response.status = 204;  // about the server as a whole [RFC 9110 §9.3.7]
    exchange->response.add_field("Allow", "GET, HEAD, POST, OPTIONS");
    return;
  }
  if (route == nullptr)
    return exchange->problem({404, "not-found", "no such path; /openapi.json lists them", ""});
  const Handler handler = find_handler(*route, exchange);
  if (handler == nullptr || !door_.admit(route->scope, route->takes_lines(), exchange)) return;
  const bool has_json = route->body_bytes_max > 0 && !route->takes_package;
  if (has_json && handler == route->post && !holds_json(request, route->takes_lines()))
    return exchange->problem(
        {415, "unsupported-media-type",
         "send Content-Type: " + std::string(route->takes_lines() ? kJsonLines : kJson) +
             ", not compressed",
         ""});
  if (!read_asking(*route, handler, exchange)) return;
  exchange->argument = request.path.substr(std::min(route->path.size(), request.path.size()));
  exchange->is_forwarded = route->is_forwarded;
  (this->*handler)(exchange);
}

// The handler for the request's method. Null after answering here: OPTIONS, and methods that the
// route does not offer.
GateService::Handler GateService::find_handler(const Route& route, Exchange* exchange) const {
  const Method method = exchange->request.method;
  if (route.is_forwarded) return route.get;
  const bool is_get = method == Method::kGet || method == Method::kHead;
  if (is_get && route.get != nullptr) return route.get;
  if (method == Method::kPost && route.post != nullptr) return route.post;
  std::string allowed(route.get != nullptr ? "GET, HEAD, " : "");
  allowed += route.post != nullptr ? "POST, OPTIONS" : "OPTIONS";
  exchange->response.add_field("Allow", allowed);
  if (method == Method::kOptions)
    exchange->response.status = 204;
  else
    exchange->problem({405, "method-not-allowed", "this path offers " + allowed, ""});
  return nullptr;
}

// Reads the options common to all routes. False after answering with what is wrong.
bool GateService::read_asking(const Route& route, Handler handler, Exchange* exchange) {
  wire::Problem fault;
  Asking& asking = exchange->asking;
  std::string lines;
  asking.language = wire::choose_language(exchange->request.list_field("Accept-Language", &lines));
  // The reader of a check itself refuses unknown parameters.
  const bool reads_check = route.is_query_check && handler == route.get;
  if (query_.parse(route.is_forwarded ? "" : exchange->request.query, &fault) &&
      read_options(query_, &asking, &fault) &&
      (!asking.is_strict || reads_check || query_.knows_all({route.parameter}, &fault)))
    return true;
  exchange->problem(fault);
  return false;
}

std::string_view GateService::registry_field(Instant now) {
  if (registry_field_at_ == now) return registry_field_;
  const cache::Generation& generation = *state_.generation;
  registry_field_ = "Beian-Registry: serial=" + std::to_string(generation.serial()) +
                    ", age=" + std::to_string(generation.age(now).count()) +
                    ", state=" + std::string(name_of(generation.freshness(now))) + "\r\n";
  registry_field_at_ = now;
  return registry_field_;
}

}  // namespace beian::http
