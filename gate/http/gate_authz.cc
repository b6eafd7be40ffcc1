// GateService's `/v1/authz`: what a proxy asks before it lets a visitor through. The decision is a
// status and a few fields, since that is all that proxies look at.
//
// Who sets what decides whom to trust: query parameters come from the proxy's configuration. Fields
// may come from the visitor where the proxy passes them on, so they never take anything away: a
// parameter counts more, and of several hosts each is judged.
#include <algorithm>
#include <bitset>

#include "cache/base/bytes.h"
#include "cache/filing/identity.h"
#include "gate/http/ascii.h"
#include "gate/http/gate_service.h"

namespace beian::http {
namespace {

constexpr std::string_view kVary =
    "X-Filing-Number, X-App-Package, X-App-Platform, X-Gate-Operation, X-Original-Host, "
    "X-Forwarded-Host";

// Fields with one value; those of hosts are lists.
struct FieldInput {
  std::string_view field;
  std::string_view parameter;
};
constexpr FieldInput kInputs[] = {
    {"X-Filing-Number", "filing_number"},
    {"X-App-Package", "package"},
    {"X-App-Platform", "platform"},
    {"X-Gate-Operation", "operation"},
};

bool is_host_field(std::string_view name) noexcept {
  return equal_ignoring_case(name, "X-Forwarded-Host") ||
         equal_ignoring_case(name, "X-Original-Host");
}

std::string_view trimmed(std::string_view text) noexcept {
  while (text.starts_with(' ') || text.starts_with('\t')) text.remove_prefix(1);
  while (text.ends_with(' ') || text.ends_with('\t')) text.remove_suffix(1);
  return text;
}

// The name or address of `host[:port]`, without the brackets of IPv6.
std::string_view without_port(std::string_view host) noexcept {
  if (host.starts_with('[')) return host.substr(1, host.find(']') - 1);
  return host.substr(0, host.find(':'));
}

// Adds each host of a list that proxies append to: an address to `ips`, a name to `domains`.
void add_hosts(std::string_view hosts, wire::QueryParameters* query) {
  while (!hosts.empty()) {
    const std::size_t comma = std::min(hosts.find(','), hosts.size());
    const std::string_view host = without_port(trimmed(hosts.substr(0, comma)));
    hosts.remove_prefix(std::min(comma + 1, hosts.size()));
    if (host.empty()) continue;
    query->add(parse_ip(host) ? "ips" : "domains", host);
  }
}

bool are_hosts(std::string_view hosts) {
  wire::QueryParameters query;
  query.add("operation", "connect");
  add_hosts(hosts, &query);
  CheckRequest request;
  wire::Problem fault;
  return wire::read_request(query, {}, &request, &fault);
}

// The field that a faulty parameter, which is not in the query, was made of.
std::string_view field_of(std::string_view parameter, const Request& request) {
  for (const FieldInput& input : kInputs)
    if (input.parameter == parameter) return input.field;
  bool is_any = false;
  for (const Field& field : request.fields) {
    if (!is_host_field(field.name)) continue;
    if (!are_hosts(field.value)) return field.name;
    is_any = true;
  }
  return is_any && are_hosts(request.host) ? "X-Forwarded-Host" : "Host";  // too many, together
}

// What is wrong with a field is told of the field, not of the parameter that it became.
void name_field(const Request& request, std::string_view query, wire::Problem* fault) {
  const std::string_view parameter = std::string_view(fault->pointer).substr(1);
  const wire::FieldSpec* const spec = wire::find_flat_field(parameter);
  wire::QueryParameters asked;
  wire::Problem ignored;
  if (spec == nullptr || !asked.parse(query, &ignored) || asked.has(spec->slot)) return;
  fault->slug = "invalid-field";
  fault->detail.insert(0, std::string(field_of(parameter, request)) + ": ");
  fault->pointer.clear();
}

// Makes `codes` those of what was found, each once; notes too, since they explain.
void list_codes(const Decision& decision, std::string* codes) {
  std::bitset<kCodeCount> seen;
  codes->clear();
  for (const Finding& finding : decision.findings()) {
    if (seen.test(static_cast<std::size_t>(finding.code))) continue;
    seen.set(static_cast<std::size_t>(finding.code));
    if (!codes->empty()) *codes += ", ";
    *codes += name_of(finding.code);
  }
}

}  // namespace

// What one field says, where query_ leaves it open.
bool GateService::add_authz_field(const Request& request, std::string_view field,
                                  std::string_view parameter, wire::Problem* fault) {
  if (request.is_repeated(field)) {
    *fault = {400, "invalid-field", std::string(field) + " is given twice", ""};
    return false;
  }
  const std::string_view value = request.field(field);
  if (value.empty() || query_.has(wire::find_flat_field(parameter)->slot)) return true;
  // As it is, or percent-encoded: not every client can send other bytes than ASCII.
  if (!wire::percent_decode(value, false, &text_)) text_ = value;
  if (!is_utf8(text_)) {
    *fault = {400, "invalid-field", std::string(field) + " is not UTF-8", ""};
    return false;
  }
  query_.fill(parameter, text_);
  return true;
}

// Every host that a field names, on whichever of its lines.
void GateService::add_authz_hosts(const Exchange& exchange) {
  const Request& request = exchange.request;
  const auto is_named = [](std::span<const Field> lines, std::string_view host) {
    return std::ranges::any_of(
        lines, [&](const Field& line) { return line.value == host && is_host_field(line.name); });
  };
  for (std::size_t i = 0; i < request.fields.size(); ++i) {
    const auto& [name, value] = request.fields[i];
    if (is_host_field(name) && !is_named(request.fields.first(i), value)) add_hosts(value, &query_);
  }
  // Envoy sends the visitor's own Host along with his path.
  if (exchange.is_forwarded && !is_named(request.fields, request.host))
    add_hosts(request.host, &query_);
}

// Adds to query_ what it leaves open. False after answering.
bool GateService::add_authz_inputs(Exchange* exchange) {
  wire::Problem fault;
  for (const FieldInput& input : kInputs)
    if (!add_authz_field(exchange->request, input.field, input.parameter, &fault)) {
      problem(exchange, fault);
      return false;
    }
  if (!query_.has(wire::Slot::kOperation)) query_.fill("operation", "connect");
  if (!query_.has(wire::Slot::kDomains) && !query_.has(wire::Slot::kIps))
    add_authz_hosts(*exchange);
  return true;
}

void GateService::authorize(Exchange* exchange) {
  if (!add_authz_inputs(exchange)) return;
  wire::Problem fault;
  if (!wire::read_request(query_, {exchange->asking.is_strict}, &check_, &fault)) {
    const Request& request = exchange->request;
    name_field(request, exchange->is_forwarded ? "" : request.query, &fault);
    return problem(exchange, fault);
  }
  if (!is_operation_allowed(exchange->asking, &fault)) return problem(exchange, fault);
  judge(exchange->asking);
  const std::string_view id = ids_.next(exchange->asking.time);
  if (recorder_.is_on()) {
    text_.clear();
    append_query(query_, &text_);
  }
  if (!log_decision(exchange->asking, id, {log::RequestForm::kQuery, text_}))
    return refuse_unlogged(exchange);
  Response& response = *exchange->response;
  list_codes(decision_, &text_);
  response.add_field("X-Gate-Decision", name_of(decision_.effect));
  response.add_field("X-Gate-Findings", text_);
  response.add_field("X-Gate-Serial", std::to_string(decision_.serial));
  response.add_field("X-Gate-Decision-Id", id);
  if (exchange->request.method == Method::kGet || exchange->request.method == Method::kHead)
    add_cache_control(kVary, &response);
  if (decision_.effect == Effect::kAllow) return;  // 200 without a body
  const std::string detail = std::string(name_of(decision_.effect)) + ": " + text_;
  if (decision_.effect != Effect::kUnknown)
    return problem(exchange, {403, "not-allowed", detail, ""});
  response.add_field("Retry-After", kRetryAfter);
  problem(exchange, {503, "not-decidable", detail, ""});
}

}  // namespace beian::http
