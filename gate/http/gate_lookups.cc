// GateService's look-ups: what the registry holds of a number, a package or a domain.
#include <algorithm>

#include "gate/decision/identity_text.h"
#include "gate/decision/rules.h"
#include "gate/http/etag.h"
#include "gate/http/gate_service.h"
#include "gate/http/media_type.h"
#include "gate/wire/filing_json.h"
#include "gate/wire/number_json.h"
#include "gate/wire/request_query.h"

namespace beian::http {
namespace {

using cache::Filings;
using cache::ServiceRange;

// Of several under one number, the first that is live: a reclaimed number can come back for
// somebody else.
std::optional<cache::ServiceView> filing_of_kind(const ServiceRange& filings, Kind kind) {
  std::optional<cache::ServiceView> first;
  for (std::size_t i = 0; i < filings.size(); ++i) {
    if (filings[i].kind() != kind) continue;
    if (is_live(filings[i])) return filings[i];
    if (!first) first = filings[i];
  }
  return first;
}

}  // namespace

void GateService::absent(Exchange* exchange, std::string_view detail) {
  if (can_assert_absence({}, *state_.generation, exchange->now()))
    return problem(exchange, {404, "not-filed", std::string(detail), ""});
  exchange->response->add_field("Retry-After", kRetryAfter);
  problem(exchange, {503, "absence-not-assertable",
                     "not found, and the registry at hand is too old or incomplete to say that it "
                     "does not exist",
                     ""});
}

void GateService::show_filing(Exchange* exchange) {
  if (!wire::percent_decode(exchange->argument, false, &text_))
    return problem(exchange, {400, "invalid-path", "not percent-encoded UTF-8", ""});
  const ParsedNumber parsed = parse_number(text_);
  if (!parsed.is_number())
    return problem(exchange,
                   {400, "invalid-number", "not a filing number: " + number_fault(parsed), ""});
  const cache::Registry& registry = state_.generation->registry();
  Response& response = *exchange->response;
  const cache::RegistryInfo& info = state_.generation->info();
  const std::string etag =
      '"' + std::to_string(info.serial) + '-' + to_hex(ByteView(info.chain).first(8)) + '"';
  JsonWriter json(&response.body);
  if (parsed.number.is_subject()) {
    const auto subject = subject_of_number(registry, parsed.number.subject());
    if (!subject) return absent(exchange, "no subject has this number");
    wire::write_subject(*subject, registry.services(parsed.number.subject()), &json,
                        wire::kQueryUrl);
  } else {
    const ServiceRange filings = registry.find(parsed.number.key());
    if (filings.empty()) return absent(exchange, "no filing has this number");
    const auto shown = filing_of_kind(filings, parsed.number.kind());
    if (!shown)
      return absent(exchange, "this number is filed as " + canonical(filings[0].number()));
    wire::write_filing(*shown, &json, wire::kQueryUrl);
  }
  response.add_field("ETag", etag);
  if (matches_etag(exchange->request.list_field("If-None-Match", &lines_), etag)) {
    response.status = 304;
    response.body.clear();
    return;
  }
  response.content_type = kJson;
}

void GateService::write_filings(Exchange* exchange, const Filings& filings, std::string_view what) {
  if (filings.empty()) return absent(exchange, what);
  exchange->response->content_type = kJson;
  JsonWriter json(&exchange->response->body);
  json.begin_object();
  json.key("filings");
  json.begin_array();
  std::size_t shown = 0;
  for (auto at = filings.begin(); at != filings.end() && shown < limits::kFilingsShownMax; ++at) {
    wire::write_filing(*at, &json);
    ++shown;
  }
  json.end_array();
  json.key("total");
  json.unsigned_integer(filings.count());
  json.field("query_url", wire::kQueryUrl);
  json.end_object();
}

void GateService::show_package(Exchange* exchange) {
  const std::size_t slash = exchange->argument.find('/');
  std::string platform;
  if (slash == std::string_view::npos || slash == 0 || slash + 1 == exchange->argument.size() ||
      !wire::percent_decode(exchange->argument.substr(0, slash), false, &platform) ||
      !wire::percent_decode(exchange->argument.substr(slash + 1), false, &text_))
    return problem(exchange,
                   {400, "invalid-path", "the path is /v1/packages/{platform}/{package}", ""});
  const std::string_view os = platform_word(platform).value_or(platform);
  write_filings(exchange, state_.generation->registry().by_package(os, text_),
                "no filing holds this package for this platform");
}

void GateService::show_domain(Exchange* exchange) {
  if (!wire::percent_decode(exchange->argument, false, &text_) || !normalize_domain(text_))
    return problem(exchange, {400, "invalid-path", "not a domain", ""});
  std::string storage;
  write_filings(exchange, services_of_domain(state_.generation->registry(), text_, &storage),
                "no filing holds this domain or one of its parents");
}

void GateService::show_number(Exchange* exchange) {
  if (!wire::percent_decode(exchange->argument, false, &text_))
    return problem(exchange, {400, "invalid-path", "not percent-encoded UTF-8", ""});
  exchange->response->content_type = kJson;
  append_number_json(text_, parse_number(text_), &exchange->response->body);
}

}  // namespace beian::http
