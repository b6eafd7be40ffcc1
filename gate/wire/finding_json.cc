#include "gate/wire/finding_json.h"

#include "gate/wire/values.h"

namespace beian::wire {
namespace {

void write_text_or_null(std::string_view text, Pen* pen) {
  text.empty() ? pen->literal("null") : pen->json_string(text);
}

// Writes the value of a key whose colon is written already: a sentence, or null when `write` writes
// nothing.
template <class Write>
void write_sentence(Write write, Pen* pen) {
  pen->literal("\"");
  const std::size_t begin = pen->size();
  write();
  if (pen->size() > begin) return pen->literal("\"");
  pen->cut(begin - 1);
  pen->literal("null");
}

void write_expected(const MessageContext& context, const Finding& finding, Pen* pen) {
  pen->literal("[");
  bool is_first = true;
  for_each_expected(context, finding, [&](std::string_view value) {
    if (!is_first) pen->literal(",");
    is_first = false;
    pen->json_string(value);
  });
  pen->literal("]");
}

void write_boolean(bool value, Pen* pen) {
  value ? pen->literal("true") : pen->literal("false");
}

// The bits of a set as an array of names.
template <class Set, class Name>
void write_names(Set set, int count, Name name, Pen* pen) {
  pen->literal("[");
  bool is_first = true;
  for (int bit = 0; bit < count; ++bit) {
    if ((set >> bit & 1) == 0) continue;
    if (!is_first) pen->literal(",");
    is_first = false;
    pen->json_string(name(bit));
  }
  pen->literal("]");
}

// Fields that only some codes have.
void write_details(const Finding& finding, Pen* pen) {
  switch (finding.code) {
    case Code::kNumberMalformed:
      pen->literal(",\"reason\":\"");
      pen->text(malformed_reason_name(finding.reason));
      pen->literal("\",\"offset\":");
      pen->unsigned_integer(finding.offset);
      break;
    case Code::kNotAFiling:
      pen->literal(",\"kind\":\"");
      pen->text(other_register_name(finding.what));
      pen->literal("\"");
      break;
    case Code::kNumberRepaired:
      pen->literal(",\"repairs\":");
      write_names(finding.repairs, kRepairCount, repair_name, pen);
      break;
    case Code::kPending:
      pen->literal(",\"stage\":\"");
      pen->text(name_of(finding.stage));
      pen->literal("\"");
      if (!finding.date) break;
      pen->literal(",\"due_on\":\"");
      pen->day(*finding.date);
      pen->literal("\",\"overdue\":");
      write_boolean(finding.is_overdue, pen);
      pen->literal(",\"holidays_known\":");  // false: some days were counted by weekends only
      write_boolean(finding.is_calendar_known, pen);
      break;
    case Code::kNotComparable:
    case Code::kExemptionContradicted:
      pen->literal(",\"fields\":");
      write_names(
          finding.fields, kFieldCount,
          [](int field) { return field_pointer(static_cast<FieldId>(field)); }, pen);
      break;
    default:
      if (!finding.date) break;
      pen->literal(",\"date\":\"");
      pen->day(*finding.date);
      pen->literal("\"");
  }
}

}  // namespace

void write_finding_head(const Finding& finding, Pen* pen) {
  pen->literal("\"code\":\"");
  pen->text(name_of(finding.code));
  pen->literal("\",\"effect\":\"");
  pen->text(name_of(finding.effect));
  if (finding.field == FieldId::kNone) return pen->literal("\",\"field\":null");
  pen->literal("\",\"field\":\"");
  pen->text(field_pointer(finding.field));
  pen->literal("\"");
}

void write_finding(const MessageContext& context, const Finding& finding, Pen* pen) {
  pen->literal("{");
  write_finding_head(finding, pen);
  std::string storage;
  pen->literal(",\"given\":");
  write_text_or_null(given_value(context, finding, &storage), pen);
  pen->literal(",\"expected\":");
  write_expected(context, finding, pen);
  write_details(finding, pen);
  pen->literal(",\"message\":");
  write_sentence([&] { write_message(context, finding, pen); }, pen);
  pen->literal(",\"remedy\":");
  write_sentence([&] { write_remedy(context, finding, pen); }, pen);
  pen->literal(",\"basis\":");
  if (const std::string_view basis = basis_of(finding.code, context.language); basis.empty()) {
    pen->literal("null");
  } else {
    pen->literal("\"");
    pen->text(basis);
    pen->literal("\"");
  }
  pen->literal("}");
}

}  // namespace beian::wire
