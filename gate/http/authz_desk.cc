#include "gate/http/authz_desk.h"

#include <algorithm>
#include <bitset>

#include "cache/base/bytes.h"
#include "cache/filing/identity.h"
#include "gate/http/ascii.h"

namespace beian::http {
namespace {

constexpr std::string_view kVary =
    "X-Filing-Number, X-App-Package, X-App-Platform, X-Gate-Operation, X-Original-Host, "
    "X-Forwarded-Host";

// Fields with a single value; the host fields are lists.
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

// The name or address of `host[:port]`, without the brackets of IPv6.
std::string_view without_port(std::string_view host) noexcept {
  if (host.starts_with('[')) return host.substr(1, host.find(']') - 1);
  return host.substr(0, host.find(':'));
}

// Which kinds of host the query leaves open: if it gives an address, names are still open.
struct OpenHosts {
  bool are_names = true;
  bool are_addresses = true;
};

// Adds each host of a list that proxies append to: an address to `ips`, a name to `domains`.
void add_hosts(std::string_view hosts, OpenHosts open, wire::QueryParameters* query) {
  while (!hosts.empty()) {
    const std::size_t comma = std::min(hosts.find(','), hosts.size());
    const std::string_view host = without_port(trimmed(hosts.substr(0, comma)));
    hosts.remove_prefix(std::min(comma + 1, hosts.size()));
    if (host.empty()) continue;
    const bool is_address = parse_ip(host).has_value();
    if (is_address ? open.are_addresses : open.are_names)
      query->add(is_address ? "ips" : "domains", host);
  }
}

bool are_hosts(std::string_view hosts) {
  wire::QueryParameters query;
  query.add("operation", "connect");
  add_hosts(hosts, {}, &query);
  CheckRequest request;
  wire::Problem fault;
  return wire::read_request(query, {}, &request, &fault);
}

// The field that a faulty parameter was made from. REQUIRES: the query itself lacks the parameter.
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

// Makes a fault name the field at fault, not the parameter that was made from it.
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

// Sets `codes` to the codes of all findings, each once; notes too, since they explain.
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

// Adds every host in the host fields, on all of their lines.
void add_hosts(Exchange* exchange) {
  const Request& request = exchange->request;
  wire::QueryParameters& query = exchange->query;
  const OpenHosts open = {!query.has(wire::Slot::kDomains), !query.has(wire::Slot::kIps)};
  const auto is_named = [](std::span<const Field> lines, std::string_view host) {
    return std::ranges::any_of(
        lines, [&](const Field& line) { return line.value == host && is_host_field(line.name); });
  };
  for (std::size_t i = 0; i < request.fields.size(); ++i) {
    const auto& [name, value] = request.fields[i];
    if (is_host_field(name) && !is_named(request.fields.first(i), value))
      add_hosts(value, open, &query);
  }
  // Envoy sends the visitor's own Host along with the path.
  if (exchange->is_forwarded && !is_named(request.fields, request.host))
    add_hosts(request.host, open, &query);
}

}  // namespace

// Adds the value of one field to the query, unless that already has the parameter.
bool AuthzDesk::add_field(std::string_view field, std::string_view parameter, Exchange* exchange,
                          wire::Problem* fault) {
  const Request& request = exchange->request;
  if (request.is_repeated(field)) {
    *fault = {400, "invalid-field", std::string(field) + " is given twice", ""};
    return false;
  }
  const std::string_view value = request.field(field);
  if (value.empty() || exchange->query.has(wire::find_flat_field(parameter)->slot)) return true;
  // Verbatim or percent-encoded: not every client can send bytes other than ASCII.
  if (!wire::percent_decode(value, false, &text_)) text_ = value;
  if (!is_utf8(text_)) {
    *fault = {400, "invalid-field", std::string(field) + " is not UTF-8", ""};
    return false;
  }
  exchange->query.fill(parameter, text_);
  return true;
}

// Fills in what the query leaves open.
bool AuthzDesk::add_inputs(Exchange* exchange, wire::Problem* fault) {
  for (const FieldInput& input : kInputs)
    if (!add_field(input.field, input.parameter, exchange, fault)) return false;
  wire::QueryParameters& query = exchange->query;
  if (!query.has(wire::Slot::kOperation)) query.fill("operation", "connect");
  add_hosts(exchange);
  return true;
}

void AuthzDesk::answer(Exchange* exchange) {
  wire::Problem fault;
  if (!add_inputs(exchange, &fault)) return exchange->problem(fault);
  const Asking& asking = exchange->asking;
  if (!wire::read_request(exchange->query, {asking.is_strict}, &decider_.check(), &fault)) {
    const Request& request = exchange->request;
    name_field(request, exchange->is_forwarded ? "" : request.query, &fault);
    return exchange->problem(fault);
  }
  if (!decider_.is_operation_allowed(asking, &fault)) return exchange->problem(fault);
  if (decider_.is_logging()) {
    text_.clear();
    append_query(exchange->query, &text_);
  }
  std::string_view id;
  if (!decider_.decide(asking, {log::RequestForm::kQuery, text_}, &id))
    return refuse_unlogged(exchange);
  tell(id, exchange);
}

void AuthzDesk::tell(std::string_view id, Exchange* exchange) {
  const Decision& decision = decider_.decision();
  Response& response = exchange->response;
  list_codes(decision, &text_);
  response.add_field("X-Gate-Decision", name_of(decision.effect));
  response.add_field("X-Gate-Findings", text_);
  response.add_field("X-Gate-Serial", std::to_string(decision.serial));
  response.add_field("X-Gate-Decision-Id", id);
  if (exchange->request.method == Method::kGet || exchange->request.method == Method::kHead)
    add_cache_control(decision.effect, kVary, exchange);
  if (decision.effect == Effect::kAllow) return;  // 200 without a body
  const std::string detail = std::string(name_of(decision.effect)) + ": " + text_;
  if (decision.effect != Effect::kUnknown)
    return exchange->problem({403, "not-allowed", detail, ""});
  response.add_field("Retry-After", kRetryAfter);
  exchange->problem({503, "not-decidable", detail, ""});
}

}  // namespace beian::http
