#include "gate/wire/message_slots.h"

#include <algorithm>
#include <array>

#include "cache/base/bytes.h"
#include "cache/filing/provinces.h"
#include "gate/decision/resolve.h"
#include "gate/decision/rules.h"
#include "gate/wire/advice.h"
#include "gate/wire/filing_json.h"
#include "gate/wire/message_case.h"
#include "gate/wire/values.h"
#include "gate/wire/words.h"

namespace beian::wire {
namespace {

constexpr std::size_t kValueBytesMax = 200;  // of one value from outside; beyond it an ellipsis

// Puts the language's separator between items.
class Joined {
 public:
  Joined(const MessageContext& context, Pen* pen, bool is_quoted = false)
      : separator_(is_quoted ? (is_zh(context) ? "”、“" : "”, “") : (is_zh(context) ? "、" : ", ")),
        pen_(pen),
        begin_(pen->size()) {}

  // Returns the pen, for the next item.
  Pen* next() {
    if (pen_->size() > begin_) pen_->text(separator_);
    return pen_;
  }

 private:
  std::string_view separator_;
  Pen* pen_;
  std::size_t begin_;
};

// Writes a value from outside: safe to print, bounded. Nearly every value is so already.
void write_value(std::string_view value, Pen* pen) {
  if (value.size() <= kValueBytesMax && clean_json_bytes(value) == value.size())
    return pen->text(value);
  pen->json_text(printable(value, kValueBytesMax));
}

// WRONG_KIND: what the number is. The kind of what is filed under it when that is not the kind of
// the request, else the kind that its letter says.
Kind judged_kind(const MessageContext& context) noexcept {
  const Decision& decision = context.decision;
  if (decision.filing && decision.filing->kind() != context.request.app.kind)
    return decision.filing->kind();
  return decision.number.is_number() ? decision.number.number.kind() : context.request.app.kind;
}

void given(const MessageContext& context, const Finding& finding, Pen* pen) {
  if (finding.code == Code::kWrongKind)
    return pen->text(kind_words(judged_kind(context)).in(context.language));
  std::string storage;
  write_value(given_value(context, finding, &storage), pen);
}

void expected(const MessageContext& context, const Finding& finding, Pen* pen) {
  // Their templates put quotes around the whole list: a name may contain a comma of its own.
  const bool is_quoted =
      finding.code == Code::kNameMismatch || finding.code == Code::kPackageNotFiled;
  Joined joined(context, pen, is_quoted);
  for_each_expected(context, finding,
                    [&](std::string_view value) { write_value(value, joined.next()); });
}

// The number that the finding is about: the claimed one when the claim is at issue, else the
// filing's.
void number(const MessageContext& context, const Finding& finding, Pen* pen) {
  const Decision& decision = context.decision;
  const bool is_about_claim = finding.code == Code::kWrongKind ||
                              finding.code == Code::kNumberRepaired ||
                              finding.code == Code::kNumberImplausible;
  if (decision.filing && !is_about_claim)
    write_number_text(decision.filing->number(), pen);
  else if (const auto judged = number_at_issue(decision))
    write_number_text(*judged, pen);
}

void filed(const MessageContext& context, const Finding&, Pen* pen) {
  if (context.decision.filing) write_number_text(context.decision.filing->number(), pen);
}

void name(const MessageContext& context, const Finding&, Pen* pen) {
  if (!context.decision.filing) return;
  const cache::StringList names = context.decision.filing->names();
  if (!names.empty()) write_value(names[0], pen);
}

void sponsor(const MessageContext& context, const Finding&, Pen* pen) {
  if (!context.decision.subject) return;
  if (const auto text = context.decision.subject->sponsor()) write_value(*text, pen);
}

// When an access provider asks by domain or address alone, the kind is that of what is filed there;
// when there is nothing or several, nobody knows.
Words kind_asked_for(const MessageContext& context, Code code) noexcept {
  const Decision& decision = context.decision;
  if (decision.is_number_claimed || !may_be_site(context.request))
    return kind_words(context.request.app.kind);
  if (decision.filing) return kind_words(decision.filing->kind());
  if (code == Code::kNumberMissing || code == Code::kAmbiguous) return {"网站或APP", "site or app"};
  return kind_words(context.request.app.kind);
}

void kind(const MessageContext& context, const Finding& finding, Pen* pen) {
  pen->text(kind_asked_for(context, finding.code).in(context.language));
}

void act(const MessageContext& context, const Finding&, Pen* pen) {
  pen->text(operation_words(context.request.operation).in(context.language));
}

// What may not be done without a filing; nothing when no filing is required.
void duty(const MessageContext& context, const Finding& finding, Pen* pen) {
  if (!is_lifted(context.decision, finding)) act(context, finding, pen);
}

// A full number of the request's kind, as an example.
void example(const MessageContext& context, const Finding&, Pen* pen) {
  constexpr std::array<std::string_view, 5> kExamples = {
      "京ICP备2023000001号-2", "京ICP备2023000001号-2", "京ICP备2023000001号-2A",
      "京ICP备2023000001号-2X", "京ICP备2023000001号-2K"};
  pen->text(kExamples[static_cast<std::size_t>(context.request.app.kind)]);
}

void platform(const MessageContext& context, const Finding&, Pen* pen) {
  write_value(context.request.app.platform, pen);
}

// How numbers of the request's kind end; n stands for the serial.
void suffix(const MessageContext& context, const Finding&, Pen* pen) {
  constexpr std::array<std::string_view, 5> kSuffixes = {"-n", "-n", "-nA", "-nX", "-nK"};
  pen->text(kSuffixes[static_cast<std::size_t>(context.request.app.kind)]);
}

void candidates(const MessageContext& context, const Finding&, Pen* pen) {
  pen->unsigned_integer(context.decision.candidate_count);
}

// How many filings were compared, when there were too many to compare all.
void compared(const MessageContext&, const Finding& finding, Pen* pen) {
  if (finding.offset != 0) pen->unsigned_integer(finding.offset);
}

void reason(const MessageContext& context, const Finding& finding, Pen* pen) {
  pen->text(reason_words(finding.reason).in(context.language));
}

// The place of a fault as people count it: in characters, from 1.
void place(const MessageContext& context, const Finding& finding, Pen* pen) {
  const std::string_view before = context.request.filing_number.substr(
      0, std::min<std::size_t>(finding.offset, context.request.filing_number.size()));
  const auto characters = std::count_if(before.begin(), before.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  });
  pen->unsigned_integer(static_cast<std::uint64_t>(characters) + 1);
}

void repairs(const MessageContext& context, const Finding& finding, Pen* pen) {
  Joined joined(context, pen);
  for (int bit = 0; bit < kRepairCount; ++bit)
    if ((finding.repairs >> bit & 1) != 0)
      joined.next()->text(repair_words(bit).in(context.language));
}

void other_register(const MessageContext& context, const Finding& finding, Pen* pen) {
  pen->text(register_words(finding.what).in(context.language));
}

// The kind of the filing that the finding is about, if known; else the kind asked for.
Kind kind_at_issue(const MessageContext& context) noexcept {
  return context.decision.filing ? context.decision.filing->kind() : context.request.app.kind;
}

void stage(const MessageContext& context, const Finding& finding, Pen* pen) {
  pen->text(stage_words(finding.stage, kind_at_issue(context)).in(context.language));
}

// Through whom the service is filed, changed and cancelled: F-5, F-14.
void agent(const MessageContext& context, const Finding&, Pen* pen) {
  pen->text(agent_words(kind_at_issue(context)).in(context.language));
}

void date(const MessageContext&, const Finding& finding, Pen* pen) {
  if (finding.date) pen->day(*finding.date);
}

void overdue(const MessageContext& context, const Finding& finding, Pen* pen) {
  if (finding.date && finding.is_overdue)
    pen->text(is_zh(context) ? "，现已超期" : ", which has passed");
}

void calendar(const MessageContext& context, const Finding& finding, Pen* pen) {
  if (finding.date && !finding.is_calendar_known)
    pen->text(is_zh(context)
                  ? "；该时段尚无节假日安排数据，只按周末推算"
                  : "; counted by weekends only, since the holidays of that time are not known");
}

void field(const MessageContext& context, const Finding& finding, Pen* pen) {
  pen->text(field_words(finding.field).in(context.language));
}

void fields(const MessageContext& context, const Finding& finding, Pen* pen) {
  Joined joined(context, pen);
  for (int field = 0; field < kFieldCount; ++field)
    if ((finding.fields >> field & 1) != 0)
      joined.next()->text(field_words(static_cast<FieldId>(field)).in(context.language));
}

// The fields by which the filing was looked up when none was claimed; nothing when there were none.
void sought(const MessageContext& context, const Finding&, Pen* pen) {
  struct Row {
    FieldId field;
    Words words;
  };
  constexpr std::array<Row, 6> kRows = {{
      {FieldId::kPlatform, {"操作系统平台", "platform"}},
      {FieldId::kPackage, {"包名", "package"}},
      {FieldId::kFingerprint, {"证书指纹", "certificate fingerprint"}},
      {FieldId::kPublicKey, {"公钥", "public key"}},
      {FieldId::kDomains, {"域名", "domain"}},
      {FieldId::kIps, {"IP 地址", "IP address"}},
  }};
  const FieldSet fields = fields_to_look_by(context.request);
  bool is_first = true;
  for (const Row& row : kRows) {
    if ((fields & field_bit(row.field)) == 0) continue;
    if (!is_first) pen->text(is_zh(context) ? "和" : " and ");
    pen->text(row.words.in(context.language));
    is_first = false;
  }
}

// The algorithms of filed fingerprints that were not compared, as the request gives none of theirs.
void algorithms(const MessageContext& context, const Finding& finding, Pen* pen) {
  if ((finding.fields & field_bit(FieldId::kFingerprint)) == 0) return;
  Joined joined(context, pen);
  for_each_algorithm_not_given(context, [&](std::string_view name) { joined.next()->text(name); });
}

void query(const MessageContext& context, const Finding&, Pen* pen) {
  pen->text(context.guidance.advice().query());
}

void serial(const MessageContext& context, const Finding&, Pen* pen) {
  pen->unsigned_integer(context.decision.serial);
}

void as_of(const MessageContext& context, const Finding&, Pen* pen) {
  pen->instant(context.decision.registry_as_of);
}

void portals(const MessageContext& context, const Finding&, Pen* pen) {
  pen->text(context.guidance.advice().portals(context.language));
}

// The administration that holds the filing: by the province of its number, or, when the ministry
// issued that number, by the sponsor's domicile. General wording when no subject is known.
void administration(const MessageContext& context, const Finding&, Pen* pen) {
  std::optional<std::uint8_t> province;
  if (const auto& subject = context.decision.subject) {
    province = subject->number().parts().province;
    if (*province == kNoProvince || *province == kCrossProvince)
      province = domicile_index(*subject);
  }
  pen->text(context.guidance.advice().administration(province, context.language));
}

// The administration that decides on a filing made now [F-5].
void administration_of_domicile(const MessageContext& context, Pen* pen) {
  std::optional<std::uint8_t> province;
  if (context.decision.subject) province = domicile_index(*context.decision.subject);
  pen->text(context.guidance.advice().administration(province, context.language));
}

// The host platform: the one the request gives, else the one that was filed.
std::string_view host_platform(const MessageContext& context) noexcept {
  const AppIdentity& app = context.request.app;
  const auto& filing = context.decision.filing;
  if (!app.host_platform.empty() || !filing || filing->kind() != app.kind) return app.host_platform;
  return filing->host_platform().value_or("");
}

void where(const MessageContext& context, const Finding&, Pen* pen) {
  pen->text(context.guidance.advice().where(context.request.app.kind, host_platform(context),
                                            context.language));
  administration_of_domicile(context, pen);
  pen->text(Advice::where_end(context.language));
}

void materials(const MessageContext& context, const Finding&, Pen* pen) {
  pen->text(context.guidance.advice().materials(is_individual(context.decision), context.language));
}

void overdue_advice(const MessageContext& context, const Finding& finding, Pen* pen) {
  if (!finding.date || !finding.is_overdue) return;
  pen->text(is_zh(context) ? "已超过办理期限，可向" : "Since it is overdue, ask your ");
  agent(context, finding, pen);
  pen->text(is_zh(context) ? "或" : " or ");
  administration(context, finding, pen);
  pen->text(is_zh(context) ? "询问进度。" : " about it.");
}

using Writer = void (*)(const MessageContext&, const Finding&, Pen*);

// Indexed by MessageSlot.
constexpr std::array<Writer, kMessageSlotNames.size()> kWriters = {
    given,          expected,       number,   name,    sponsor,        kind,     act,
    duty,           example,        platform, suffix,  candidates,     reason,   place,
    repairs,        other_register, stage,    date,    overdue,        calendar, fields,
    query,          serial,         as_of,    portals, administration, where,    materials,
    overdue_advice, compared,       agent,    filed,   field,          sought,   algorithms};

}  // namespace

void write_slot(MessageSlot slot, const MessageContext& context, const Finding& finding, Pen* pen) {
  kWriters[static_cast<std::size_t>(slot)](context, finding, pen);
}

}  // namespace beian::wire
