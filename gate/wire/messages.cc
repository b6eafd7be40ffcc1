// Templates (message_table.h) filled with values. Each value is one small function; kSlots names
// them.
#include "gate/wire/messages.h"

#include <algorithm>
#include <array>

#include "cache/base/bytes.h"
#include "gate/wire/advice.h"
#include "gate/wire/message_table.h"
#include "gate/wire/values.h"
#include "gate/wire/words.h"

namespace beian::wire {
namespace {

constexpr std::size_t kValueBytesMax = 200;  // of one value from outside; beyond it an ellipsis

std::optional<Kind> kind_named(std::string_view name) noexcept {
  for (int i = 0; i <= static_cast<int>(Kind::kQuickApp); ++i)
    if (name_of(static_cast<Kind>(i)) == name) return static_cast<Kind>(i);
  return std::nullopt;
}

// A value for people: kinds in words, anything else safe to print and bounded.
std::string shown(const MessageContext& context, const Finding& finding, std::string_view value) {
  if (finding.code == Code::kWrongKind)
    if (const auto kind = kind_named(value))
      return std::string(kind_words(*kind).in(context.language));
  return printable(value, kValueBytesMax);
}

void given(const MessageContext& context, const Finding& finding, std::string* out) {
  std::string value;
  append_given(context, finding, &value);
  *out += shown(context, finding, value);
}

void expected(const MessageContext& context, const Finding& finding, std::string* out) {
  Joined joined(context, out);
  for_each_expected(context, finding,
                    [&](std::string_view value) { joined.add(shown(context, finding, value)); });
}

// What the finding is said of: the claimed number where the claim is the matter, else the filing's.
void number(const MessageContext& context, const Finding& finding, std::string* out) {
  const Decision& decision = context.decision;
  const bool is_about_claim = finding.code == Code::kWrongKind ||
                              finding.code == Code::kNumberRepaired ||
                              finding.code == Code::kNumberImplausible;
  if (decision.filing && !is_about_claim)
    *out += canonical(decision.filing->number());
  else if (const auto judged = number_at_issue(decision))
    *out += canonical(*judged);
}

void name(const MessageContext& context, const Finding&, std::string* out) {
  if (context.decision.filing && !context.decision.filing->names().empty())
    *out += printable(context.decision.filing->names()[0], kValueBytesMax);
}

void sponsor(const MessageContext& context, const Finding&, std::string* out) {
  if (!context.decision.subject) return;
  if (const auto text = context.decision.subject->sponsor())
    *out += printable(*text, kValueBytesMax);
}

void kind(const MessageContext& context, const Finding&, std::string* out) {
  *out += kind_words(context.request.app.kind).in(context.language);
}

void act(const MessageContext& context, const Finding&, std::string* out) {
  *out += operation_words(context.request.operation).in(context.language);
}

// True for the number that an exemption or grace makes unnecessary: policy has made a note of it.
bool is_lifted(const MessageContext& context, const Finding& finding) noexcept {
  const Decision& decision = context.decision;
  return finding.effect == Effect::kNote &&
         (finding.code == Code::kNumberMissing || finding.code == Code::kNotFiled) &&
         (decision.has(Code::kExemptOffline) || decision.has(Code::kExemptOverseas) ||
          decision.has(Code::kBeforeRegime) || decision.has(Code::kStockGrace));
}

// What may not be done without a filing; nothing where none is owed.
void duty(const MessageContext& context, const Finding& finding, std::string* out) {
  if (!is_lifted(context, finding)) act(context, finding, out);
}

// A full number of the request's kind.
void example(const MessageContext& context, const Finding&, std::string* out) {
  constexpr std::array<std::string_view, 5> kEnds = {"-2", "-2", "-2A", "-2X", "-2K"};
  *out += "京ICP备2023000001号";
  *out += kEnds[static_cast<std::size_t>(context.request.app.kind)];
}

void platform(const MessageContext& context, const Finding&, std::string* out) {
  *out += printable(context.request.app.platform, kValueBytesMax);
}

// How a number of the request's kind ends; n stands for the serial.
void suffix(const MessageContext& context, const Finding&, std::string* out) {
  constexpr std::array<std::string_view, 5> kSuffixes = {"-n", "-n", "-nA", "-nX", "-nK"};
  *out += kSuffixes[static_cast<std::size_t>(context.request.app.kind)];
}

void count(const MessageContext& context, const Finding&, std::string* out) {
  *out += std::to_string(context.decision.candidate_count);
}

void reason(const MessageContext& context, const Finding& finding, std::string* out) {
  *out += reason_words(finding.reason).in(context.language);
}

// The place of a fault as people count: characters, from 1.
void place(const MessageContext& context, const Finding& finding, std::string* out) {
  const std::string_view before = context.request.filing_number.substr(
      0, std::min<std::size_t>(finding.offset, context.request.filing_number.size()));
  const auto characters = std::count_if(before.begin(), before.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  });
  *out += std::to_string(characters + 1);
}

void repairs(const MessageContext& context, const Finding& finding, std::string* out) {
  Joined joined(context, out);
  for (int bit = 0; bit < kRepairCount; ++bit)
    if ((finding.repairs >> bit & 1) != 0) joined.add(repair_words(bit).in(context.language));
}

void other_register(const MessageContext& context, const Finding& finding, std::string* out) {
  *out += register_words(finding.what).in(context.language);
}

void stage(const MessageContext& context, const Finding& finding, std::string* out) {
  *out += stage_words(finding.stage).in(context.language);
}

void date(const MessageContext&, const Finding& finding, std::string* out) {
  if (finding.date) *out += format_day(*finding.date);
}

void overdue(const MessageContext& context, const Finding& finding, std::string* out) {
  if (finding.date && finding.is_overdue)
    *out += is_zh(context) ? "，现已超期" : ", which has passed";
}

void calendar(const MessageContext& context, const Finding& finding, std::string* out) {
  if (finding.date && !finding.is_calendar_known)
    *out += is_zh(context)
                ? "；该时段尚无节假日安排数据，只按周末推算"
                : "; counted by weekends only, since the holidays of that time are not known";
}

void fields(const MessageContext& context, const Finding& finding, std::string* out) {
  Joined joined(context, out);
  for (int field = 0; field < kFieldCount; ++field)
    if ((finding.fields >> field & 1) != 0)
      joined.add(field_words(static_cast<FieldId>(field)).in(context.language));
}

void query(const MessageContext& context, const Finding&, std::string* out) {
  *out += context.guidance.query_url();
}

void serial(const MessageContext& context, const Finding&, std::string* out) {
  *out += std::to_string(context.decision.serial);
}

void as_of(const MessageContext& context, const Finding&, std::string* out) {
  *out += format_instant(context.decision.registry_as_of);
}

void portals(const MessageContext& context, const Finding&, std::string* out) {
  append_portals(context, out);
}

void administration(const MessageContext& context, const Finding&, std::string* out) {
  append_administration(context, out);
}

void where(const MessageContext& context, const Finding&, std::string* out) {
  append_where(context, out);
}

void materials(const MessageContext& context, const Finding&, std::string* out) {
  append_materials(context, out);
}

void overdue_advice(const MessageContext& context, const Finding& finding, std::string* out) {
  if (!finding.date || !finding.is_overdue) return;
  *out += is_zh(context) ? "已超过办理期限，可向接入服务商或"
                         : "Since it is overdue, ask your access provider or ";
  append_administration(context, out);
  *out += is_zh(context) ? "询问进度。" : " about it.";
}

struct Slot {
  std::string_view name;
  void (*append)(const MessageContext&, const Finding&, std::string*);
};

constexpr std::array<Slot, 28> kSlots = {{
    {"given", given},
    {"expected", expected},
    {"kinds", expected},
    {"number", number},
    {"name", name},
    {"sponsor", sponsor},
    {"kind", kind},
    {"act", act},
    {"duty", duty},
    {"example", example},
    {"platform", platform},
    {"suffix", suffix},
    {"count", count},
    {"reason", reason},
    {"place", place},
    {"repairs", repairs},
    {"register", other_register},
    {"stage", stage},
    {"date", date},
    {"overdue", overdue},
    {"calendar", calendar},
    {"fields", fields},
    {"query", query},
    {"serial", serial},
    {"as_of", as_of},
    {"portals", portals},
    {"administration", administration},
    {"where", where},
}};

// These may be empty wherever they stand.
constexpr std::array<Slot, 2> kOptionalSlots = {{
    {"materials", materials},
    {"overdue_advice", overdue_advice},
}};

const Slot* find_slot(std::span<const Slot> slots, std::string_view wanted) noexcept {
  const auto found = std::find_if(slots.begin(), slots.end(),
                                  [&](const Slot& slot) { return slot.name == wanted; });
  return found != slots.end() ? &*found : nullptr;
}

// Outside of brackets a value that is not there is said to be so, and `overdue` and `calendar` are
// parts of a sentence that may be absent.
void append_absent(const MessageContext& context, std::string_view slot, std::string* out) {
  if (slot == "overdue" || slot == "calendar") return;
  if (slot == "number")
    *out += is_zh(context) ? "该备案" : "the filing";
  else
    *out += is_zh(context) ? "（无）" : "(none)";
}

// Fills one template. Values are appended as they are and never read as a template.
void append_filled(const MessageContext& context, const Finding& finding, std::string_view text,
                   std::string* out) {
  const std::size_t begin = out->size();
  std::size_t group_begin = 0;
  bool is_in_group = false;
  bool is_group_whole = true;
  while (!text.empty()) {
    const std::size_t plain = std::min(text.find_first_of("[]{"), text.size());
    *out += text.substr(0, plain);
    text.remove_prefix(plain);
    if (text.empty()) break;
    const char mark = text.front();
    text.remove_prefix(1);
    if (mark == '[') {
      group_begin = out->size();
      is_in_group = is_group_whole = true;
    } else if (mark == ']') {
      if (!is_group_whole) out->resize(group_begin);
      is_in_group = false;
    } else {
      const std::string_view slot_name = text.substr(0, text.find('}'));
      text.remove_prefix(slot_name.size() + 1);
      if (const Slot* optional = find_slot(kOptionalSlots, slot_name)) {
        optional->append(context, finding, out);
        continue;
      }
      const Slot* slot = find_slot(kSlots, slot_name);
      BEIAN_ASSERT(slot != nullptr);
      const std::size_t before = out->size();
      slot->append(context, finding, out);
      if (out->size() > before) continue;
      is_in_group ? void(is_group_whole = false) : append_absent(context, slot_name, out);
    }
  }
  while (out->size() > begin && out->back() == ' ') out->pop_back();
}

const MessageTemplate& template_of(const MessageContext& context, Code code) noexcept {
  return is_zh(context) ? message_zh(code) : message_en(code);
}

}  // namespace

void append_message(const MessageContext& context, const Finding& finding, std::string* out) {
  append_filled(context, finding, template_of(context, finding.code).message, out);
}

void append_remedy(const MessageContext& context, const Finding& finding, std::string* out) {
  if (is_lifted(context, finding)) {
    *out += is_zh(context) ? "无须处理：此处不要求备案号。"
                           : "Nothing to do: no filing number is owed here.";
    return;
  }
  append_filled(context, finding, template_of(context, finding.code).remedy, out);
}

void append_suggestion_reason(SuggestionReason reason, Language language, std::string* out) {
  *out += suggestion_words(reason).in(language);
}

}  // namespace beian::wire
