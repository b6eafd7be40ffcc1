#include <algorithm>
#include <array>
#include <span>

#include "cache/filing/key_parts.h"
#include "cache/filing/provinces.h"
#include "gate/decision/rules.h"

namespace beian {
namespace {

using cache::ServiceView;

// [MII-33 §11] [MIIT-2023-105 (三)], F-8: content that needs approval by another authority before
// filing. A row is one approval under all the words that registry, stores and developers use for
// it; the last two rows are among the categories that platforms ask an approval for, and not in the
// notice.
struct ApprovalWords {
  std::array<std::string_view, 11> words;
};
constexpr std::array<ApprovalWords, 9> kApprovals = {{
    {{"news", "新闻", "新闻信息服务"}},
    {{"publishing", "publication", "出版", "网络出版"}},
    {{"education", "教育", "校外培训"}},
    {{"medical", "health", "healthcare", "drugs", "medical_devices", "drugs_medical_devices",
      "药品和医疗器械", "医疗保健", "药品", "医疗器械", "医疗"}},
    {{"culture", "文化", "网络文化"}},
    {{"audiovisual", "film_tv", "film", "radio_film_tv", "video", "影视", "广播电影电视",
      "广播电影电视节目", "广播影视", "视听"}},
    {{"religion", "宗教"}},
    {{"ride_hailing", "网络预约车", "网约车"}},
    {{"finance", "internet_finance", "互联网金融"}},
}};

const ApprovalWords* approval_of(std::string_view word) noexcept {
  const auto is_word = [&](std::string_view known) {
    return !known.empty() && std::ranges::equal(known, word, [](char a, char b) {
      return a == (b >= 'A' && b <= 'Z' ? b + 32 : b);
    });
  };
  for (const ApprovalWords& row : kApprovals)
    if (std::ranges::any_of(row.words, is_word)) return &row;
  return nullptr;
}

bool has_approval(const cache::StringList& recorded, const ApprovalWords* wanted) noexcept {
  for (std::size_t i = 0; i < recorded.size(); ++i)
    if (approval_of(recorded[i]) == wanted) return true;
  return false;
}

void find_approvals(const RuleContext& context, const ServiceView& filing) {
  const auto& categories = context.request.app.categories;
  if (categories.empty()) return;
  const cache::StringList approvals = filing.approvals();
  for (std::size_t i = 0; i < categories.size(); ++i) {
    const ApprovalWords* wanted = approval_of(categories[i]);
    if (wanted == nullptr || !approvals.is_known() || has_approval(approvals, wanted)) continue;
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
