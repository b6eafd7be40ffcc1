#include "gate/wire/decision_json.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "cache/base/json_writer.h"
#include "gate/wire/filing_json.h"
#include "gate/wire/values.h"

namespace beian::wire {
namespace {

constexpr std::string_view kQueryUrl = "https://beian.miit.gov.cn";

void write_id(const CheckRequest& request, JsonWriter* json) {
  json->key("id");
  if (request.id.empty()) return json->null();
  request.is_id_number ? json->raw(request.id) : json->string(request.id);
}

// The number judged: as claimed where it reads as one, else the one that was found.
std::optional<FilingNumber> judged_number(const Decision& decision) {
  if (decision.is_number_claimed && decision.number.is_number()) return decision.number.number;
  if (decision.filing) return decision.filing->number();
  return std::nullopt;
}

// The text that the sponsor has to display: the registry's where the filing is known.
std::optional<FilingNumber> displayed_number(const Decision& decision) {
  if (decision.filing) return decision.filing->number();
  return judged_number(decision);
}

void write_optional_number(std::string_view name, const std::optional<FilingNumber>& number,
                           JsonWriter* json) {
  json->key(name);
  number ? write_number(*number, json) : json->null();
}

void write_effects(const Decision& decision, JsonWriter* json) {
  json->word_field("decision", name_of(decision.effect));
  if (decision.is_softened) json->word_field("would_be", name_of(decision.would_be));
}

void write_match(std::string_view name, Match match, JsonWriter* json) {
  json->key(name);
  match == Match::kNotCompared ? json->null() : json->boolean(match == Match::kMatches);
}

void write_compared(const Compared& compared, JsonWriter* json) {
  json->key("compared");
  json->begin_object();
  write_match("number", compared.number, json);
  write_match("kind", compared.kind, json);
  write_match("name", compared.name, json);
  write_match("sponsor", compared.sponsor, json);
  write_match("platform", compared.platform, json);
  write_match("package", compared.package, json);
  write_match("certificate", compared.certificate, json);
  write_match("domain", compared.domain, json);
  write_match("ip", compared.ip, json);
  json->end_object();
}

void write_finding_head(const Finding& finding, JsonWriter* json) {
  json->word_field("code", name_of(finding.code));
  json->word_field("effect", name_of(finding.effect));
  json->key("field");
  finding.field == FieldId::kNone ? json->null() : json->word(field_pointer(finding.field));
}

// What only some codes have.
void write_finding_details(const Finding& finding, JsonWriter* json) {
  switch (finding.code) {
    case Code::kNumberMalformed:
      json->word_field("reason", malformed_reason_name(finding.reason));
      json->key("offset");
      json->unsigned_integer(finding.offset);
      break;
    case Code::kNotAFiling:
      json->word_field("kind", other_register_name(finding.what));
      break;
    case Code::kNumberRepaired:
      json->key("repairs");
      json->begin_array();
      for (int bit = 0; bit < kRepairCount; ++bit)
        if ((finding.repairs >> bit & 1) != 0) json->string(repair_name(bit));
      json->end_array();
      break;
    case Code::kPending:
      json->word_field("stage", name_of(finding.stage));
      if (!finding.date) break;
      json->field("due_on", format_day(*finding.date));
      json->key("overdue");
      json->boolean(finding.is_overdue);
      json->key("holidays_known");  // false: some of the days were counted by weekends only
      json->boolean(finding.is_calendar_known);
      break;
    case Code::kNotComparable:
    case Code::kExemptionContradicted:
      json->key("fields");
      json->begin_array();
      for (int field = 0; field < kFieldCount; ++field)
        if ((finding.fields >> field & 1) != 0)
          json->string(field_pointer(static_cast<FieldId>(field)));
      json->end_array();
      break;
    default:
      if (finding.date) json->field("date", format_day(*finding.date));
  }
}

void write_finding(const MessageContext& context, const Finding& finding, std::string* scratch,
                   JsonWriter* json) {
  json->begin_object();
  write_finding_head(finding, json);
  const auto text_field = [&](std::string_view name, auto append) {
    scratch->clear();
    append(context, finding, scratch);
    json->key(name);
    scratch->empty() ? json->null() : json->string(*scratch);
  };
  text_field("given", append_given);
  json->key("expected");
  json->begin_array();
  for_each_expected(context, finding, [&](std::string_view value) { json->string(value); });
  json->end_array();
  write_finding_details(finding, json);
  text_field("message", append_message);
  text_field("remedy", append_remedy);
  const std::string_view basis = basis_of(finding.code, context.language);
  json->key("basis");
  basis.empty() ? json->null() : json->string(basis);
  json->end_object();
}

void write_suggestions(const MessageContext& context, std::span<const Suggestion> suggestions,
                       std::string* scratch, JsonWriter* json) {
  json->key("suggestions");
  json->begin_array();
  for (const Suggestion& suggestion : suggestions) {
    json->begin_object();
    json->key("filing_number");
    write_number(suggestion.filing.number(), json);
    const cache::StringList names = suggestion.filing.names();
    json->key("name");
    names.empty() ? json->null() : json->string(names[0]);
    scratch->clear();
    append_suggestion_reason(suggestion.reason, context.language, scratch);
    json->field("why", *scratch);
    json->end_object();
  }
  json->end_array();
}

void write_registry(const Decision& decision, JsonWriter* json) {
  json->key("registry");
  json->begin_object();
  json->key("serial");
  json->unsigned_integer(decision.serial);
  json->field("as_of", format_instant(decision.registry_as_of));
  json->key("age_seconds");
  json->unsigned_integer(decision.age_seconds);
  json->word_field("state", name_of(decision.freshness));
  json->end_object();
}

}  // namespace

// Written by hand into room that is made once: every row of a catalog and most answers end here.
void append_brief(const CheckRequest& request, const Decision& decision, std::string* out) {
  JsonWriter json(out);
  json.begin_object();
  write_id(request, &json);
  constexpr std::size_t kFixedBytesMax = 256 + kCanonicalBytesMax;
  constexpr std::size_t kFindingBytesMax = 128;  // but for its names
  std::size_t room = kFixedBytesMax;
  for (const Finding& finding : decision.findings())
    room += kFindingBytesMax + name_of(finding.code).size() + field_pointer(finding.field).size();
  const std::size_t begin = out->size();
  out->resize(begin + room);
  char* at = out->data() + begin;
  const auto put = [&](std::string_view text) { at = std::ranges::copy(text, at).out; };
  put(R"(,"decision":")");
  put(name_of(decision.effect));
  if (decision.would_be != decision.effect) {
    put(R"(","would_be":")");
    put(name_of(decision.would_be));
  }
  put(R"(","assurance":")");
  put(name_of(decision.assurance));
  if (const auto number = judged_number(decision)) {
    put(R"(","filing_number":")");
    at += print(*number, at);
    put(R"(","findings":[)");
  } else {
    put(R"(","filing_number":null,"findings":[)");
  }
  for (const Finding& finding : decision.findings()) {
    put(R"({"code":")");
    put(name_of(finding.code));
    put(R"(","effect":")");
    put(name_of(finding.effect));
    if (finding.field == FieldId::kNone) {
      put(R"(","field":null},)");
    } else {
      put(R"(","field":")");
      put(field_pointer(finding.field));
      put(R"("},)");
    }
  }
  if (!decision.findings().empty()) --at;  // the last comma
  put(R"(],"registry":{"serial":)");
  at = std::to_chars(at, out->data() + out->size(), decision.serial).ptr;
  put("}}");
  BEIAN_ASSERT(at <= out->data() + out->size());
  out->resize(static_cast<std::size_t>(at - out->data()));
}

void append_problem_item(const CheckRequest& request, const Problem& problem, std::string* out) {
  JsonWriter json(out);
  json.begin_object();
  write_id(request, &json);
  json.key("problem");
  json.begin_object();
  json.field("type", "urn:beian-gate:problem:" + std::string(problem.slug));
  json.key("status");
  json.unsigned_integer(problem.status);
  json.field("detail", problem.detail);
  if (!problem.pointer.empty()) json.field("pointer", problem.pointer);
  json.end_object();
  json.end_object();
}

void append_full(const MessageContext& context, std::span<const Suggestion> suggestions,
                 std::string_view decision_id, std::string* out) {
  const Decision& decision = context.decision;
  JsonWriter json(out);
  std::string scratch;
  json.begin_object();
  write_id(context.request, &json);
  write_effects(decision, &json);
  json.word_field("operation", name_of(decision.operation));
  json.word_field("assurance", name_of(decision.assurance));
  write_optional_number("filing_number", judged_number(decision), &json);
  write_optional_number("display", displayed_number(decision), &json);
  json.field("query_url", kQueryUrl);
  json.key("findings");
  json.begin_array();
  for (const Finding& finding : decision.findings())
    write_finding(context, finding, &scratch, &json);
  json.end_array();
  write_compared(decision.compared, &json);
  json.key("filing");
  decision.filing ? write_filing_summary(*decision.filing, &json) : json.null();
  json.key("candidates");
  json.begin_array();
  for (std::size_t i = 0;
       i < std::min<std::size_t>(decision.candidate_count, decision.candidates.size()); ++i)
    write_number(decision.candidates[i], &json);
  json.end_array();
  write_suggestions(context, suggestions, &scratch, &json);
  write_registry(decision, &json);
  json.field("decision_id", decision_id);
  json.end_object();
}

}  // namespace beian::wire
