#include "gate/audit/report_words.h"

#include <array>

#include "gate/audit/code_text.h"
#include "gate/audit/markup.h"

namespace beian::audit {
namespace {

using wire::Language;
using wire::Words;

constexpr std::array<Words, kOutcomeCount> kOutcomes = {{
    {"放行", "Allowed"},
    {"待复核", "To review"},
    {"无法判断", "Undecided"},
    {"拒绝", "Denied"},
    {"无法读取", "Unreadable"},
}};

constexpr std::array<Words, kOutcomeCount> kOutcomeHelps = {{
    {"没有问题，或只有提示。", "Nothing found, or notes only."},
    {"须由人工确认后才能放行。", "A person has to look before it goes ahead."},
    {"现有登记库不足以判断，请更新后重新审核。",
     "The registry at hand cannot tell. Run again with a current one."},
    {"整改前不得上架、接入或预置。", "Must not go ahead until its findings are put right."},
    {"内容有误，没有判断；请修正后重新审核。",
     "Malformed, so it was not judged. Correct it and run again."},
}};

// What becomes of an outcome's rows; follows their count.
constexpr std::array<Words, kOutcomeCount> kFates = {{
    {" 行可放行", " may go ahead"},
    {" 行待复核", " to be reviewed"},
    {" 行无法判断", " undecided"},
    {" 行拒绝", " denied"},
    {" 行无法读取", " unreadable"},
}};

constexpr std::array<Words, kOperationCount> kOperationWords = {{
    {"上架分发", "Distribute"},
    {"网络接入", "Connect"},
    {"设备预置", "Preinstall"},
}};

constexpr std::array<Words, 5> kEffectWords = {{
    {"提示", "note"},
    {"放行", "allow"},
    {"复核", "review"},
    {"无法判断", "unknown"},
    {"拒绝", "deny"},
}};

}  // namespace

Words outcome_words(Outcome outcome) noexcept {
  return kOutcomes[static_cast<std::size_t>(outcome)];
}
Words outcome_help(Outcome outcome) noexcept {
  return kOutcomeHelps[static_cast<std::size_t>(outcome)];
}
Words operation_label(Operation operation) noexcept {
  return kOperationWords[static_cast<std::size_t>(operation)];
}
Words effect_words(Effect effect) noexcept {
  return kEffectWords[static_cast<std::size_t>(effect)];
}

std::string headline(const Summary& summary, Language language) {
  const bool is_zh = language == Language::kZh;
  if (summary.rows == 0 && summary.rows_read > 0)
    return is_zh ? "共读取 " + grouped(summary.rows_read) + " 行，结论均无变化。"
                 : grouped(summary.rows_read) + " rows were read; no answer has changed.";
  if (summary.rows == 0) return is_zh ? "目录中没有任何行。" : "The catalog has no rows.";
  const std::uint64_t allowed = summary.count(Outcome::kAllow);
  if (allowed == summary.rows)
    return is_zh ? "全部 " + grouped(allowed) + " 行均可放行。"
                 : "All " + grouped(allowed) + " rows may go ahead.";
  std::string text = is_zh
                         ? grouped(summary.rows) + " 行中 " + grouped(allowed) + " 行可放行"
                         : grouped(allowed) + " of " + grouped(summary.rows) + " rows may go ahead";
  std::string_view separator = is_zh ? "；" : "; ";
  for (const Outcome outcome : kWorstFirst) {
    if (outcome == Outcome::kAllow || summary.count(outcome) == 0) continue;
    text += separator;
    text += grouped(summary.count(outcome));
    text += kFates[static_cast<std::size_t>(outcome)].in(language);
    separator = is_zh ? "，" : ", ";
  }
  return text + (is_zh ? "。" : ".");
}

Words state_words(std::string_view state) noexcept {
  if (state == "fresh") return {"有效", "fresh"};
  if (state == "stale") return {"滞后", "stale"};
  if (state == "expired") return {"过期", "expired"};
  return {};
}

std::string finding_line(const ListedFinding& finding, Language language) {
  const bool is_zh = language == Language::kZh;
  std::string text(code_text(finding.code).title.in(language));
  std::string details;
  if (!finding.given.empty()) details += (is_zh ? "填写 " : "given ") + finding.given;
  if (!finding.expected.empty()) {
    if (!details.empty()) details += is_zh ? "，" : ", ";
    details += (is_zh ? "备案 " : "filed ") + finding.expected;
  }
  if (!details.empty()) text += (is_zh ? "：" : ": ") + details;
  return text;
}

std::string problem_line(const ListedRow& row) {
  return row.pointer.empty() ? row.problem : row.pointer + ": " + row.problem;
}

std::string row_title(const ListedRow& row, Language language) {
  for (const std::string* text : {&row.name, &row.id, &row.package, &row.filing_number})
    if (!text->empty()) return *text;
  return (language == Language::kZh ? "第 " : "row ") + std::to_string(row.row) +
         (language == Language::kZh ? " 行" : "");
}

}  // namespace beian::audit
