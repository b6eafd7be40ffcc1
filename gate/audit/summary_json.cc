// A Summary as JSON and back: the `json` report, the state of a checkpoint, the input of `audit
// merge`. All numbers are exact; texts are preserved except for bytes that are not UTF-8.
#include <algorithm>

#include "cache/base/json_writer.h"
#include "cache/filing/parse.h"
#include "gate/audit/json_state.h"
#include "gate/audit/report_formats.h"
#include "gate/audit/summary.h"

namespace beian::audit {
namespace {

constexpr std::array kEffects = {Effect::kNote, Effect::kAllow, Effect::kReview, Effect::kUnknown,
                                 Effect::kDeny};

// One member per outcome; with `is_sparse`, zeros are left out.
void write_counts(const OutcomeCounts& counts, bool is_sparse, JsonWriter* json) {
  for (int i = 0; i < kOutcomeCount; ++i)
    if (!is_sparse || counts[static_cast<std::size_t>(i)] != 0)
      json->unsigned_field(name_of(static_cast<Outcome>(i)), counts[static_cast<std::size_t>(i)]);
}

FilingNumber number_of(SubjectKey subject) noexcept {
  return FilingNumber::from_key(filing_key(subject, 0), Kind::kSubject);
}

void write_text_unless_empty(std::string_view name, std::string_view text, JsonWriter* json) {
  if (!text.empty()) json->field(name, text);
}

void write_listed(const ListedRow& row, JsonWriter* json) {
  json->begin_object();
  json->unsigned_field("row", row.row);
  json->unsigned_field("line", row.line);
  json->word_field("decision", name_of(row.outcome));
  write_text_unless_empty("id", row.id, json);
  if (row.outcome == Outcome::kBad) {
    json->field("problem", row.problem);
    write_text_unless_empty("pointer", row.pointer, json);
    json->end_object();
    return;
  }
  json->word_field("operation", name_of(row.operation));
  json->word_field("assurance", name_of(row.assurance));
  write_text_unless_empty("filing_number", row.filing_number, json);
  write_text_unless_empty("name", row.name, json);
  write_text_unless_empty("platform", row.platform, json);
  write_text_unless_empty("package", row.package, json);
  json->key("findings");
  json->begin_array();
  for (const ListedFinding& finding : row.findings) {
    json->begin_object();
    json->word_field("code", name_of(finding.code));
    json->word_field("effect", name_of(finding.effect));
    json->key("field");
    finding.field == FieldId::kNone ? json->null() : json->word(field_pointer(finding.field));
    write_text_unless_empty("given", finding.given, json);
    write_text_unless_empty("expected", finding.expected, json);
    json->end_object();
  }
  json->end_array();
  json->end_object();
}

void write_findings(const Summary& summary, JsonWriter* json) {
  json->key("findings");
  json->begin_object();
  for (int code = 0; code < kCodeCount; ++code) {
    if (summary.finding_count(static_cast<Code>(code)) == 0) continue;
    json->key(name_of(static_cast<Code>(code)));
    json->begin_object();
    for (const Effect effect : kEffects) {
      const std::uint64_t count =
          summary.findings[static_cast<std::size_t>(code)][static_cast<std::size_t>(effect)];
      if (count != 0) json->unsigned_field(name_of(effect), count);
    }
    json->end_object();
  }
  json->end_object();
}

void write_unknown(const UnknownFields& unknown, JsonWriter* json) {
  if (unknown.list().empty()) return;
  json->key("unknown_fields");
  json->begin_array();
  for (const UnknownField& field : unknown.list()) {
    json->begin_object();
    json->field("object", field.object);
    json->field("name", field.name);
    json->unsigned_field("rows", field.rows);
    json->end_object();
  }
  json->end_array();
}

void write_totals(const Summary& summary, JsonWriter* json) {
  json->field("catalog", summary.catalog);
  json->key("registry");
  json->begin_object();
  json->field("source", summary.registry);
  json->unsigned_field("serial", summary.serial);
  json->field("as_of", summary.registry_as_of);
  json->field("state", summary.registry_state);
  json->end_object();
  json->unsigned_field("rows", summary.rows);
  if (summary.rows_read != summary.rows) json->unsigned_field("rows_read", summary.rows_read);
  json->unsigned_field("lines", summary.lines);
  json->key("decisions");
  json->begin_object();
  write_counts(summary.outcomes, /*is_sparse=*/false, json);
  json->end_object();
  json->key("operations");
  json->begin_object();
  for (int i = 0; i < kOperationCount; ++i) {
    json->key(name_of(static_cast<Operation>(i)));
    json->begin_object();
    write_counts(summary.operations[static_cast<std::size_t>(i)], /*is_sparse=*/true, json);
    json->end_object();
  }
  json->end_object();
  write_findings(summary, json);
  write_unknown(summary.unknown, json);
}

void write_tallies(const Summary& summary, JsonWriter* json) {
  json->key("platforms");
  json->begin_array();
  for (const PlatformTally& tally : summary.platforms) {
    json->begin_object();
    json->field("platform", tally.platform);
    write_counts(tally.rows, /*is_sparse=*/true, json);
    json->end_object();
  }
  json->end_array();
  json->key("worst_subjects");
  json->begin_array();
  for (const WorstSubject& subject : summary.worst) {
    json->begin_object();
    json->field("number", subject.number);
    write_text_unless_empty("sponsor", subject.sponsor, json);
    write_counts(subject.rows, /*is_sparse=*/true, json);
    json->end_object();
  }
  json->end_array();
  json->key("subjects");
  json->begin_array();
  for (const SubjectTally& tally : summary.subjects) {
    json->begin_object();
    json->field("number", canonical(number_of(tally.subject)));
    write_counts(tally.rows, /*is_sparse=*/true, json);
    json->end_object();
  }
  json->end_array();
  json->unsigned_field("subject_error", summary.subject_error);
}

// --- reading ---

void read_counts(const StateObject& object, OutcomeCounts* counts) {
  for (int i = 0; i < kOutcomeCount; ++i)
    (*counts)[static_cast<std::size_t>(i)] = object.number_or(name_of(static_cast<Outcome>(i)), 0);
}

void read_listed(const StateObject& object, ListedRow* row, StateFault* fault) {
  row->row = object.number("row");
  row->line = object.number("line");
  row->id = object.text_or("id", "");
  row->outcome = parse_outcome(object.text("decision")).value_or(Outcome::kBad);
  row->problem = object.text_or("problem", "");
  row->pointer = object.text_or("pointer", "");
  if (row->outcome == Outcome::kBad) return;
  row->operation = parse_operation(object.text("operation")).value_or(Operation::kDistribute);
  const std::string_view assurance = object.text("assurance");
  for (const auto word :
       {Assurance::kNumber, Assurance::kName, Assurance::kPackage, Assurance::kCertificate})
    if (name_of(word) == assurance) row->assurance = word;
  row->filing_number = object.text_or("filing_number", "");
  row->name = object.text_or("name", "");
  row->platform = object.text_or("platform", "");
  row->package = object.text_or("package", "");
  object.for_each("findings", [&](const StateObject& item) {
    const auto code = parse_code(item.text("code"));
    const auto effect = parse_effect(item.text("effect"));
    if (!code || !effect) return fault->set("findings: a code or effect that is not known");
    ListedFinding& finding = row->findings.emplace_back();
    finding.code = *code;
    finding.effect = *effect;
    finding.given = item.text_or("given", "");
    finding.expected = item.text_or("expected", "");
    const std::string_view field = item.text_or("field", "");
    for (int id = 1; id < kFieldCount; ++id)
      if (field_pointer(static_cast<FieldId>(id)) == field)
        finding.field = static_cast<FieldId>(id);
  });
}

void read_subject(const StateObject& object, Summary* summary, StateFault* fault) {
  const ParsedNumber number = parse_number(object.text("number"));
  if (!number.is_number()) return fault->set("subjects: not a subject number");
  SubjectTally& tally = summary->subjects.emplace_back();
  tally.subject = number.number.subject();
  read_counts(object, &tally.rows);
  if (summary->subjects.size() > 1 &&
      summary->subjects[summary->subjects.size() - 2].subject >= tally.subject)
    fault->set("subjects: not in order");
}

void read_findings(const StateObject& object, Summary* summary, StateFault* fault) {
  object.for_each_member([&](std::string_view name, const StateObject& counts) {
    const auto code = parse_code(name);
    if (!code) return fault->set("findings: a code that is not known: " + std::string(name));
    for (const Effect effect : kEffects)
      summary->findings[static_cast<std::size_t>(*code)][static_cast<std::size_t>(effect)] =
          counts.number_or(name_of(effect), 0);
  });
}

}  // namespace

void append_json(const Summary& summary, std::string* out) {
  JsonWriter json(out);
  json.begin_object();
  write_totals(summary, &json);
  write_tallies(summary, &json);
  json.key("listed");
  json.begin_object();
  for (int i = kOutcomeCount - 1; i >= 0; --i) {
    json.key(name_of(static_cast<Outcome>(i)));
    json.begin_array();
    for (const ListedRow& row : summary.rows_of(static_cast<Outcome>(i))) write_listed(row, &json);
    json.end_array();
  }
  json.end_object();
  json.end_object();
}

void read_summary(const StateObject& object, Summary* summary, StateFault* fault) {
  summary->catalog = object.text("catalog");
  const StateObject registry = object.object("registry");
  summary->registry = registry.text("source");
  summary->serial = registry.number("serial");
  summary->registry_as_of = registry.time("as_of");
  summary->registry_state = registry.text("state");
  summary->rows = object.number("rows");
  summary->rows_read = object.has("rows_read") ? object.number("rows_read") : summary->rows;
  summary->lines = object.number("lines");
  read_counts(object.object("decisions"), &summary->outcomes);
  const StateObject operations = object.object("operations");
  for (int i = 0; i < kOperationCount; ++i)
    read_counts(operations.object(name_of(static_cast<Operation>(i))),
                &summary->operations[static_cast<std::size_t>(i)]);
  read_findings(object.object("findings"), summary, fault);
  if (object.has("unknown_fields"))
    object.for_each("unknown_fields", [&](const StateObject& item) {
      summary->unknown.add(item.text("object"), item.text("name"), item.number("rows"));
    });
  object.for_each("platforms", [&](const StateObject& item) {
    PlatformTally& tally = summary->platforms.emplace_back();
    tally.platform = item.text("platform");
    read_counts(item, &tally.rows);
  });
  object.for_each("worst_subjects", [&](const StateObject& item) {
    WorstSubject& subject = summary->worst.emplace_back();
    subject.number = item.text("number");
    subject.sponsor = item.text_or("sponsor", "");
    read_counts(item, &subject.rows);
  });
  object.for_each("subjects", [&](const StateObject& item) { read_subject(item, summary, fault); });
  summary->subject_error = object.number("subject_error");
  const StateObject listed = object.object("listed");
  for (int i = 0; i < kOutcomeCount; ++i)
    listed.for_each(name_of(static_cast<Outcome>(i)), [&](const StateObject& item) {
      std::vector<ListedRow>& rows = summary->listed[static_cast<std::size_t>(i)];
      if (rows.size() == Summary::listed_max(static_cast<Outcome>(i)))
        return fault->set("listed: more rows than are ever listed");
      read_listed(item, &rows.emplace_back(), fault);
    });
}

Result<Summary> summary_from_json(std::string_view json, std::string_view name) {
  StateFault fault;
  StateDocument document;
  Summary summary;
  if (const auto root = document.parse(json, &fault)) read_summary(*root, &summary, &fault);
  if (fault.is_set()) return fault.error(name);
  return summary;
}

void write_json_report(const ReportContext& context, ReportSink* sink) {
  std::string out;
  append_json(context.summary, &out);
  out += '\n';
  sink->write(out);
}

}  // namespace beian::audit
