// GateService's `/v1/authz`: what a proxy asks before it lets a visitor through. The decision is a
// status and a few fields, since that is all that proxies look at.
//
// Who sets what decides whom to trust: query parameters come from the proxy's configuration. Fields
// may come from the visitor where the proxy passes them on, so they never take anything away: a
// parameter counts more, and of several hosts each is judged.
#include <bitset>

#include "cache/base/bytes.h"
#include "cache/filing/identity.h"
#include "gate/http/gate_service.h"

namespace beian::http {
namespace {

constexpr std::string_view kVary =
    "X-Filing-Number, X-App-Package, X-App-Platform, X-Gate-Operation, X-Original-Host, "
    "X-Forwarded-Host";

struct FieldInput {
  std::string_view field;
  wire::Slot slot;
  std::string_view parameter;
};
constexpr FieldInput kInputs[] = {
    {"X-Filing-Number", wire::Slot::kFilingNumber, "filing_number"},
    {"X-App-Package", wire::Slot::kPackage, "package"},
    {"X-App-Platform", wire::Slot::kPlatform, "platform"},
    {"X-Gate-Operation", wire::Slot::kOperation, "operation"},
};

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

// Adds to query_ what it leaves open. False after answering.
bool GateService::add_authz_inputs(Exchange* exchange) {
  const Request& request = exchange->request;
  for (const FieldInput& input : kInputs) {
    const std::string_view value = request.field(input.field);
    if (value.empty() || query_.has(input.slot)) continue;
    // As it is, or percent-encoded: not every client can send other bytes than ASCII.
    if (!wire::percent_decode(value, false, &text_)) text_ = value;
    if (!is_utf8(text_)) {
      problem(exchange, {400, "invalid-field", std::string(input.field) + " is not UTF-8", ""});
      return false;
    }
    query_.add(input.parameter, text_);
  }
  if (!query_.has(wire::Slot::kOperation)) query_.add("operation", "connect");
  if (query_.has(wire::Slot::kDomains) || query_.has(wire::Slot::kIps)) return true;
  const std::string_view original = request.field("X-Original-Host");
  const std::string_view forwarded = request.field("X-Forwarded-Host");
  add_hosts(original, &query_);
  if (forwarded != original) add_hosts(forwarded, &query_);
  // Envoy sends the visitor's own Host along with his path.
  if (exchange->is_forwarded && request.host != original && request.host != forwarded)
    add_hosts(request.host, &query_);
  return true;
}

void GateService::authorize(Exchange* exchange) {
  if (!add_authz_inputs(exchange)) return;
  wire::Problem fault;
  if (!wire::read_request(query_, {exchange->asking.is_strict}, &check_, &fault) ||
      !is_operation_allowed(exchange->asking, &fault))
    return problem(exchange, fault);
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
