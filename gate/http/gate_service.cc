#include "gate/http/gate_service.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "cache/base/limits.h"
#include "gate/http/media_type.h"
#include "gate/http/problem.h"

namespace beian::http {
namespace {

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
