#include "gate/http/lookup_desk.h"

#include "cache/base/sha256.h"
#include "gate/decision/identity_text.h"
#include "gate/decision/rules.h"
#include "gate/http/build_info.h"
#include "gate/http/etag.h"
#include "gate/http/media_type.h"
#include "gate/wire/filing_json.h"
#include "gate/wire/number_json.h"
#include "gate/wire/request_query.h"

namespace beian::http {
namespace {

using cache::Filings;
using cache::ServiceRange;

// Of several filings under one number the one that a check by the number alone is judged by: a
// filed one, for a reclaimed number can be given to somebody else, and anybody can submit one; else
// a live one; the first of these. nullopt: none is of this kind.
std::optional<cache::ServiceView> filing_of_kind(const ServiceRange& filings, Kind kind) {
  const auto rank = [](const cache::ServiceView& filing) {
    return is_filed(filing) ? 2 : is_live(filing) ? 1 : 0;
  };
  std::optional<cache::ServiceView> shown;
  for (std::size_t i = 0; i < filings.size(); ++i) {
    if (filings[i].kind() != kind) continue;
    if (!shown || rank(*shown) < rank(filings[i])) shown = filings[i];
  }
  return shown;
}

// The entity tag of an answer about a number: covers everything that the answer is made of.
std::string etag_of(const cache::RegistryInfo& info, std::string_view query_url) {
  const Sha256 hash = Sha256Hasher().add(info.chain).add(kVersion).add(query_url).end();
  return '"' + std::to_string(info.serial) + '-' + to_hex(ByteView(hash).first(8)) + '"';
}

// Appends what is filed under `number`. Returns an empty text, or if nothing is, how to say so.
std::string append_filing(const cache::Registry& registry, const FilingNumber& number,
                          std::string_view query_url, std::string* out) {
  JsonWriter json(out);
  if (number.is_subject()) {
    const auto subject = subject_of_number(registry, number.subject());
    if (!subject) return "no subject has this number";
    wire::write_subject(*subject, registry.services(number.subject()), &json, query_url);
    return {};
  }
  const ServiceRange filings = registry.find(number.key());
  if (filings.empty()) return "no filing has this number";
  const auto shown = filing_of_kind(filings, number.kind());
  if (!shown) return "this number is filed as " + canonical(filings[0].number());
  wire::write_filing(*shown, &json, query_url);
  return {};
}

}  // namespace

// Answers 404 if the registry can assert absence, else 503.
void LookupDesk::absent(std::string_view detail, Exchange* exchange) {
  if (can_assert_absence({}, *state_.generation, exchange->now()))
    return exchange->problem({404, "not-filed", std::string(detail), ""});
  exchange->response.add_field("Retry-After", kRetryAfter);
  exchange->problem({503, "absence-not-assertable",
                     "not found, and the registry at hand is too old or incomplete to say that it "
                     "does not exist",
                     ""});
}

void LookupDesk::show_filing(Exchange* exchange) {
  if (!wire::percent_decode(exchange->argument, false, &text_))
    return exchange->problem({400, "invalid-path", "not percent-encoded UTF-8", ""});
  const ParsedNumber parsed = parse_number(text_);
  if (!parsed.is_number())
    return exchange->problem(
        {400, "invalid-number", "not a filing number: " + number_fault(parsed), ""});
  Response& response = exchange->response;
  const std::string absence = append_filing(state_.generation->registry(), parsed.number,
                                            state_.guidance->query_url(), &response.body);
  if (!absence.empty()) return absent(absence, exchange);
  const std::string etag = etag_of(state_.generation->info(), state_.guidance->query_url());
  response.add_field("ETag", etag);
  response.content_type = kJson;
  std::string lines;
  if (!matches_etag(exchange->request.list_field("If-None-Match", &lines), etag)) return;
  response.status = 304;
  response.content_type.clear();
  response.body.clear();
}

void LookupDesk::write_filings(const Filings& filings, std::string_view absence,
                               Exchange* exchange) {
  if (filings.empty()) return absent(absence, exchange);
  exchange->response.content_type = kJson;
  JsonWriter json(&exchange->response.body);
  json.begin_object();
  json.key("filings");
  json.begin_array();
  std::size_t shown = 0;
  for (auto at = filings.begin(); at != filings.end() && shown < limits::kFilingsShownMax; ++at) {
    wire::write_filing(*at, &json);
    ++shown;
  }
  json.end_array();
  json.unsigned_field("total", filings.count());
  json.field("query_url", state_.guidance->query_url());
  json.end_object();
}

void LookupDesk::show_package(Exchange* exchange) {
  const std::string_view argument = exchange->argument;
  const std::size_t slash = argument.find('/');
  std::string platform;
  if (slash == std::string_view::npos || slash == 0 || slash + 1 == argument.size() ||
      !wire::percent_decode(argument.substr(0, slash), false, &platform) ||
      !wire::percent_decode(argument.substr(slash + 1), false, &text_))
    return exchange->problem(
        {400, "invalid-path", "the path is /v1/packages/{platform}/{package}", ""});
  const std::string_view os = platform_word(platform).value_or(platform);
  write_filings(state_.generation->registry().by_package(os, text_),
                "no filing holds this package for this platform", exchange);
}

void LookupDesk::show_domain(Exchange* exchange) {
  if (!wire::percent_decode(exchange->argument, false, &text_) || !normalize_domain(text_))
    return exchange->problem({400, "invalid-path", "not a domain", ""});
  std::string storage;
  write_filings(services_of_domain(state_.generation->registry(), text_, &storage),
                "no filing holds this domain or one of its parents", exchange);
}

void LookupDesk::show_number(Exchange* exchange) {
  if (!wire::percent_decode(exchange->argument, false, &text_))
    return exchange->problem({400, "invalid-path", "not percent-encoded UTF-8", ""});
  exchange->response.content_type = kJson;
  append_number_json(text_, parse_number(text_), &exchange->response.body);
}

}  // namespace beian::http
