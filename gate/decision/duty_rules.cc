#include <algorithm>

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

// Of a key that names none: an empty one.
const Province& province_named_by(SubjectKey key) noexcept {
  const std::uint8_t province = province_of(key);
  return kProvinces[province < kProvinces.size() ? province : kNoProvince];
}

bool is_called(const Province& province, std::string_view name) noexcept {
  return !province.zh.empty() && (province.character == name || province.zh == name);
}

// [F-5]: an app is filed with the administration of its sponsor's domicile. The domicile is what
// the registry says of the subject; where it says nothing, the province of the subject's own
// number.
void find_province(const RuleContext& context, const ServiceView& filing) {
  const cache::SubjectView subject = filing.subject();
  const Province& filed_in = province_named_by(subject_key(filing.key()));
  if (filed_in.zh.empty()) return;
  std::string_view domicile = province_named_by(subject.key()).zh;
  if (const auto recorded = subject.province()) {
    if (is_called(filed_in, *recorded)) return;  // as nearly always; 36 names are not looked at
    const auto found = std::ranges::find_if(
        kProvinces, [&](const Province& province) { return is_called(province, *recorded); });
    if (found != kProvinces.end()) domicile = found->zh;
  }
  if (!domicile.empty() && domicile != filed_in.zh)
    context.decision->add(Code::kProvinceMismatch, FieldId::kFilingNumber);
}

}  // namespace

void find_duties(const RuleContext& context, const ServiceView& filing) {
  find_approvals(context, filing);
  find_province(context, filing);
}

// [MIIT-2023-105 (六)], F-12: the number stands in the app and on its page in the store.
void find_display(const RuleContext& context, FilingKey key, Kind kind) {
  const auto displayed = context.request.app.displayed_number;
  if (!displayed) return;
  const ParsedNumber shown = parse_number(*displayed);
  if (shown.reason == MalformedReason::kEmpty) {
    context.decision->add(Code::kDisplayMissing, FieldId::kDisplayedNumber);
    return;
  }
  if (shown.is_number() && shown.number.key() == key && shown.number.kind() == kind) return;
  context.decision->add(Code::kDisplayMismatch, FieldId::kDisplayedNumber).reason = shown.reason;
}

}  // namespace beian
