#include "gate/http/gate_service.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "cache/base/limits.h"
#include "gate/decision/suggest.h"
#include "gate/http/ascii.h"
#include "gate/http/build_info.h"
#include "gate/http/problem.h"
#include "gate/http/readiness.h"
#include "gate/wire/decision_json.h"
#include "gate/wire/filing_json.h"

namespace beian::http {
namespace {

constexpr std::string_view kJsonLines = "application/x-ndjson";

// Largest body of a route; 0: no body is wanted.
using BodyBytesMax = std::size_t;

bool is_json_lines(std::string_view type) noexcept {
  constexpr std::array<std::string_view, 4> kTypes = {
      kJsonLines, "application/ndjson", "application/jsonl", "application/json-lines"};
  return std::ranges::any_of(kTypes, [&](auto one) { return equal_ignoring_case(one, type); });
}

// JSON, and not compressed: there is no Content-Type, or one of these, and no other coding.
bool holds_json(const Request& request, bool are_lines) noexcept {
  const std::string_view coding = request.field("Content-Encoding");
  if (!coding.empty() && !equal_ignoring_case(coding, "identity")) return false;
  const std::string_view content_type = request.field("Content-Type");
  const std::string_view type = content_type.substr(0, content_type.find(';'));
  const auto ends = type.find_last_not_of(" \t");
  const std::string_view trimmed = type.substr(0, ends == std::string_view::npos ? 0 : ends + 1);
  if (are_lines) return trimmed.empty() || is_json_lines(trimmed);
  return trimmed.empty() || equal_ignoring_case(trimmed, kJson) ||
         (trimmed.size() > 5 && equal_ignoring_case(trimmed.substr(trimmed.size() - 5), "+json"));
}

bool is_request_id(std::string_view id) noexcept {
  return !id.empty() && id.size() <= 128 &&
         std::ranges::all_of(id, [](char c) { return c > 0x20 && c < 0x7F; });
}

void append_number(std::uint64_t value, std::string* out) {
  std::array<char, 24> digits;
  const auto [end, error] = std::to_chars(digits.data(), digits.data() + digits.size(), value);
  out->append(digits.data(), end);
}

}  // namespace

// A path ends in `/` when something follows it.
struct GateService::Route {
  std::string_view path;
  void (GateService::*get)(Exchange*);
  void (GateService::*post)(Exchange*);
  BodyBytesMax body_bytes_max;
};

const GateService::Route* GateService::find_route(std::string_view path) {
  using S = GateService;
  static constexpr std::array kRoutes = {
      Route{"/v1/check", &S::check_queried, &S::check_posted, limits::kBodyBytesMax},
      Route{"/v1/checks", nullptr, &S::check_batch, limits::kBatchBytesMax},
      Route{"/v1/checks:stream", nullptr, &S::check_stream, limits::kBodyUnbounded},
      Route{"/v1/filings/", &S::show_filing, nullptr, 0},
      Route{"/v1/packages/", &S::show_package, nullptr, 0},
      Route{"/v1/domains/", &S::show_domain, nullptr, 0},
      Route{"/v1/numbers/", &S::show_number, nullptr, 0},
      Route{"/v1/registry", &S::show_registry, nullptr, 0},
      Route{"/livez", &S::show_live, nullptr, 0},
      Route{"/readyz", &S::show_ready, nullptr, 0},
      Route{"/version", &S::show_version, nullptr, 0},
  };
  for (const Route& route : kRoutes) {
    const bool takes_argument = route.path.back() == '/';
    if (takes_argument ? path.starts_with(route.path) && path.size() > route.path.size()
                       : path == route.path)
      return &route;
  }
  return nullptr;
}

GateService::GateService(GateState state, Clock clock, std::array<std::uint64_t, 2> id_seed)
    : state_(std::move(state)), clock_(clock), ids_(id_seed) {}

std::size_t GateService::body_bytes_max(const Request& head) const {
  const Route* route = find_route(head.path);
  return route != nullptr && head.method == Method::kPost && route->post != nullptr
             ? route->body_bytes_max
             : 0;
}

void GateService::answer(const Request& request, Response* response) {
  Exchange exchange{request, response, {clock_(), {}, {}, {}}, {}};
  add_common_fields(exchange);
  if (request.path == "*" && request.method == Method::kOptions) {
    response->status = 204;  // of the server as a whole [RFC 9110 §9.3.7]
    response->add_field("Allow", "GET, HEAD, POST, OPTIONS");
    return;
  }
  const Route* route = find_route(request.path);
  if (route == nullptr)
    return problem(&exchange, {404, "not-found", "no such path; API.md lists them", ""});
  const bool is_get = request.method == Method::kGet || request.method == Method::kHead;
  const auto handler = is_get                            ? route->get
                       : request.method == Method::kPost ? route->post
                                                         : nullptr;
  std::string allowed(route->get != nullptr ? "GET, HEAD, " : "");
  allowed += route->post != nullptr ? "POST, OPTIONS" : "OPTIONS";
  if (request.method == Method::kOptions) {
    response->status = 204;
    response->add_field("Allow", allowed);
    return;
  }
  if (handler == nullptr) {
    response->add_field("Allow", allowed);
    return problem(&exchange, {405, "method-not-allowed", "this path offers " + allowed, ""});
  }
  const bool are_lines = route->body_bytes_max == limits::kBodyUnbounded;
  if (request.method == Method::kPost && !holds_json(request, are_lines))
    return problem(&exchange, {415, "unsupported-media-type",
                               "send Content-Type: " + std::string(are_lines ? kJsonLines : kJson) +
                                   ", not compressed",
                               ""});
  if (!read_asking(&exchange)) return;
  exchange.argument = request.path.substr(std::min(route->path.size(), request.path.size()));
  (this->*handler)(&exchange);
}

// The parameters that all routes share.
bool GateService::read_asking(Exchange* exchange) {
  wire::Problem fault;
  Asking& asking = exchange->asking;
  const auto refuse = [&](std::string detail, std::string pointer) {
    problem(exchange, {400, "invalid-parameter", std::move(detail), std::move(pointer)});
    return false;
  };
  if (!query_.parse(exchange->request.query, &fault)) {
    problem(exchange, fault);
    return false;
  }
  const std::string_view lang = query_.get("lang");
  asking.language =
      wire::choose_language(lang.empty() ? exchange->request.field("Accept-Language") : lang);
  const std::string_view strict = query_.get("strict");
  asking.is_strict = strict == "true" || strict == "1";
  if (!asking.is_strict && !strict.empty() && strict != "false" && strict != "0")
    return refuse("strict is true or false", "/strict");
  const std::string_view detail = query_.get("detail");
  if (!detail.empty() && detail != "brief" && detail != "full")
    return refuse("detail must be brief or full", "/detail");
  if (!detail.empty()) asking.is_detail_full = detail == "full";
  return true;
}

void GateService::refuse(const Request& request, const Refusal& refusal, Response* response) {
  add_common_fields({request, response, {clock_(), {}, {}, {}}, {}});
  answer_refusal(refusal, response);
}

// --- checks ---

void GateService::append_decision(const Asking& asking, bool is_full, std::string* out) {
  evaluate(check_, *state_.generation, state_.policies->base(), *state_.calendar, asking.now(),
           &decision_);
  // The parameter is for callers that send rows as they are; a row's own word counts more.
  is_full = check_.is_detail_full.value_or(asking.is_detail_full.value_or(is_full));
  if (!is_full) return wire::append_brief(check_, decision_, out);
  const wire::MessageContext context{check_, decision_, *state_.guidance, asking.language};
  wire::append_full(context, suggest(check_, decision_, *state_.generation), ids_.next(asking.time),
                    out);
}

void GateService::answer_check(Exchange* exchange) {
  exchange->response->content_type = kJson;
  append_decision(exchange->asking, /*is_full=*/true, &exchange->response->body);
}

void GateService::check_posted(Exchange* exchange) {
  wire::Problem fault;
  if (!reader_.read(exchange->request.body, {exchange->asking.is_strict}, &check_, &fault))
    return problem(exchange, fault);
  answer_check(exchange);
}

void GateService::check_queried(Exchange* exchange) {
  wire::Problem fault;
  if (!wire::read_request(query_, {exchange->asking.is_strict}, &check_, &fault))
    return problem(exchange, fault);
  answer_check(exchange);
  // A proxy may keep an answer for a while: an allow for longer than a deny, since a developer who
  // has just mended a filing waits for it; what is not settled, not at all.
  const Effect effect = decision_.effect;
  exchange->response->add_field("Cache-Control", effect == Effect::kAllow  ? "max-age=300"
                                                 : effect == Effect::kDeny ? "max-age=30"
                                                                           : "no-store");
  exchange->response->add_field("Vary", "Accept-Language");
}

void GateService::check_batch(Exchange* exchange) {
  wire::Problem fault;
  if (!reader_.parse_batch(exchange->request.body, {exchange->asking.is_strict}, &fault))
    return problem(exchange, fault);
  std::string& out = exchange->response->body;
  exchange->response->content_type = kJson;
  out += "{\"decisions\":[";
  for (std::size_t i = 0; i < reader_.item_count(); ++i) {
    if (i > 0) out += ',';
    if (reader_.read_next(&check_, &fault)) {
      append_decision(exchange->asking, /*is_full=*/false, &out);
    } else {
      wire::append_problem_item(check_, fault, &out);
    }
  }
  out += "]}";
}

// --- operations ---

void GateService::show_registry(Exchange* exchange) {
  exchange->response->content_type = kJson;
  JsonWriter json(&exchange->response->body);
  wire::write_registry(*state_.generation, exchange->now(), follower_status().get(), &json);
}

void GateService::show_live(Exchange* exchange) {
  exchange->response->content_type = kJson;
  exchange->response->body = R"({"status":"live"})";
}

void GateService::show_ready(Exchange* exchange) {
  Response& response = *exchange->response;
  response.content_type = kJson;
  JsonWriter json(&response.body);
  const auto is_verbose = [](const auto& parameter) { return parameter.name == "verbose"; };
  if (write_readiness(*state_.generation, follower_status().get(), exchange->now(),
                      std::ranges::any_of(query_.all(), is_verbose), &json))
    return;
  response.status = 503;
  response.add_field("Retry-After", kRetryAfter);
}

std::shared_ptr<const cache::FollowerStatus> GateService::follower_status() const {
  return state_.follower ? state_.follower->get() : nullptr;
}

void GateService::show_version(Exchange* exchange) {
  exchange->response->content_type = kJson;
  JsonWriter json(&exchange->response->body);
  json.begin_object();
  json.field("name", "beian-gate");
  json.field("version", kVersion);
  json.field("compiler", kCompiler);
  json.end_object();
}

// --- what every answer has ---

void GateService::add_common_fields(const Exchange& exchange) {
  const cache::Generation& generation = *state_.generation;
  std::string& fields = exchange.response->fields;
  fields += "Beian-Registry: serial=";
  append_number(generation.serial(), &fields);
  fields += ", age=";
  append_number(static_cast<std::uint64_t>(generation.age(exchange.now()).count()), &fields);
  fields += ", state=";
  fields += name_of(generation.freshness(exchange.now()));
  fields += "\r\n";
  const std::string_view id = exchange.request.field("X-Request-ID");
  if (is_request_id(id)) exchange.response->add_field("X-Request-ID", id);
}

void GateService::problem(Exchange* exchange, const wire::Problem& problem) {
  answer_problem({problem.status, problem.slug, {}, problem.detail, problem.pointer},
                 exchange->response);
}

}  // namespace beian::http
