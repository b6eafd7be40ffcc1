#include <algorithm>
#include <array>
#include <span>

#include "cache/filing/key_parts.h"
#include "cache/filing/provinces.h"
#include "gate/decision/approvals.h"
#include "gate/decision/rules.h"

namespace beian {
namespace {

using cache::ServiceView;

bool has_approval(const cache::StringList& recorded, ApprovalId wanted) {
  bool has = false;
  for (std::size_t i = 0; i < recorded.size() && !has; ++i)
    for_each_category(recorded[i], [&](std::string_view approval) {
      has = approval_of(approval) == wanted;
      return !has;
    });
  return has;
}

// [MII-33 §11] [MIIT-2023-105 (三)], F-8: some content needs approval by another authority before
// filing.
void find_approvals(const RuleContext& context, const ServiceView& filing) {
  const auto& categories = context.request.app.categories;
  const cache::StringList approvals = filing.approvals();
  if (!approvals.is_known()) return;
  for (std::size_t i = 0; i < categories.size(); ++i) {
    const auto wanted = approval_of(categories[i]);
    if (!wanted || has_approval(approvals, *wanted)) continue;
    context.decision->add(Code::kApprovalMissing, FieldId::kCategories).index =
        static_cast<std::uint8_t>(i);
  }
}

// The province of `key`; an empty one when the key names none.
const Province& province_named_by(SubjectKey key) noexcept {
  const std::uint8_t province = province_of(key);
  return kProvinces[province < kProvinces.size() ? province : kNoProvince];
}

bool is_called(const Province& province, std::string_view name) noexcept {
  return !province.zh.empty() && (province.character == name || province.zh == name);
}

// nullptr when no province has that name.
const Province* province_called(std::string_view name) noexcept {
  const auto found = std::ranges::find_if(
      kProvinces, [&](const Province& province) { return is_called(province, name); });
  return found == kProvinces.end() ? nullptr : &*found;
}

// [F-5]: an app is filed with the administration of its sponsor's domicile.
void find_province(const RuleContext& context, const ServiceView& filing) {
  const Province& filed_in = province_named_by(subject_key(filing.key()));
  if (filed_in.zh.empty()) return;
  const std::string_view domicile = domicile_of(filing.subject());
  if (is_called(filed_in, domicile)) return;  // the usual case; saves comparing 36 names
  const Province* const other = province_called(domicile);
  if (other != nullptr && other->zh != filed_in.zh)
    context.decision->add(Code::kProvinceMismatch, FieldId::kFilingNumber);
}

// Separators between two numbers on one line: first bars and commas, then blanks and dots, which
// people also put inside a number.
constexpr std::array<std::string_view, 22> kMarks = {
    "\n", "\r", "|",  "/",      ",",      ";",      "、",     "，",     "；",     "｜", "／",
    "丨", " ",  "\t", "\u00A0", "\u2002", "\u2003", "\u2009", "\u202F", "\u3000", "·",  "•"};
constexpr std::size_t kBars = 12;  // how many come first: bars and commas
static_assert(kMarks[kBars] == " ");
constexpr std::array<bool, 256> kBeginsMark = [] {
  std::array<bool, 256> begins{};
  for (const std::string_view mark : kMarks) begins[static_cast<unsigned char>(mark[0])] = true;
  return begins;
}();

// Calls `is_it` with each part of a line that has separators until it returns true, and returns
// whether it did: apps and pages put several numbers on one line (the site's, the police's).
template <class IsIt>
bool any_part_of(std::string_view line, std::span<const std::string_view> marks, IsIt is_it) {
  std::size_t begin = 0;
  for (std::size_t at = 0; at < line.size();) {
    const bool may_be_mark = kBeginsMark[static_cast<unsigned char>(line[at])];
    const auto is_here = [&](std::string_view one) { return line.substr(at).starts_with(one); };
    const auto mark = may_be_mark ? std::ranges::find_if(marks, is_here) : marks.end();
    if (mark == marks.end()) {
      ++at;
      continue;
    }
    if (at > begin && is_it(line.substr(begin, at - begin))) return true;
    begin = at += mark->size();
  }
  return begin > 0 && begin < line.size() && is_it(line.substr(begin));
}

}  // namespace

std::string_view domicile_of(const cache::SubjectView& subject) noexcept {
  const Province& numbered = province_named_by(subject.key());
  const auto recorded = subject.province();
  if (recorded && (is_called(numbered, *recorded) || province_called(*recorded) != nullptr))
    return *recorded;
  return numbered.zh;
}

std::optional<std::uint8_t> domicile_index(const cache::SubjectView& subject) noexcept {
  const Province& numbered = province_named_by(subject.key());
  const auto recorded = subject.province();
  if (recorded && !is_called(numbered, *recorded))
    if (const Province* const other = province_called(*recorded); other != nullptr)
      return static_cast<std::uint8_t>(other - kProvinces.data());
  if (numbered.zh.empty()) return std::nullopt;
  return static_cast<std::uint8_t>(&numbered - kProvinces.data());
}

void find_duties(const RuleContext& context, const ServiceView& filing) {
  find_approvals(context, filing);
  find_province(context, filing);
}

// [MIIT-2023-105 (六)], F-12: the number must be shown in the app and on its page in the store.
void find_display(const RuleContext& context, FilingKey key, Kind kind) {
  const auto displayed = context.request.app.displayed_number;
  if (!displayed) return;
  const ParsedNumber shown = parse_number(*displayed);
  if (shown.reason == MalformedReason::kEmpty) {
    context.decision->add(Code::kDisplayMissing, FieldId::kDisplayedNumber);
    return;
  }
  const auto is_it = [&](const ParsedNumber& number) {
    return number.is_number() && number.number.key() == key && number.number.kind() == kind;
  };
  const auto is_part_it = [&](std::string_view part) { return is_it(parse_number(part)); };
  const std::span<const std::string_view> marks = kMarks;
  if (is_it(shown) || any_part_of(*displayed, marks.first(kBars), is_part_it) ||
      any_part_of(*displayed, marks, is_part_it))
    return;
  context.decision->add(Code::kDisplayMismatch, FieldId::kDisplayedNumber).reason = shown.reason;
}

}  // namespace beian
