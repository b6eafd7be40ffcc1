// `--output markdown`: for a pull request comment or a job's summary page, which GitHub truncates
// at 1 MiB; so tables are short. Texts from the catalog are in code spans (markup.h).
#include <algorithm>
#include <span>

#include "cache/base/limits.h"
#include "gate/audit/code_text.h"
#include "gate/audit/finding_tally.h"
#include "gate/audit/markup.h"
#include "gate/audit/report_formats.h"
#include "gate/audit/report_words.h"

namespace beian::audit {
namespace {

using wire::Language;
using wire::Words;

constexpr std::array<std::string_view, kOutcomeCount> kSigns = {"✅", "👀", "❔", "⛔", "⚠️"};

std::string_view sign(Outcome outcome) noexcept {
  return kSigns[static_cast<std::size_t>(outcome)];
}

class Markdown {
 public:
  explicit Markdown(const ReportContext& context)
      : summary_(context.summary), language_(context.language) {}

  std::string build() {
    head();
    outcomes();
    findings();
    platforms();
    subjects();
    for (const Outcome outcome : kWorstFirst)
      if (outcome != Outcome::kAllow) rows(outcome);
    return std::move(out_);
  }

 private:
  void text(Words words) { out_ += words.in(language_); }

  void head() {
    out_ += "## ";
    text({"备案审核报告", "Filing audit"});
    out_ += "\n\n";
    for (const Outcome outcome : kWorstFirst) {
      if (summary_.count(outcome) == 0) continue;
      out_ += sign(outcome);
      out_ += ' ';
      break;
    }
    out_ += "**" + headline(summary_, language_) + "**\n\n";
    if (!summary_.catalog.empty()) {
      append_markdown_code(summary_.catalog, &out_);
      out_ += " · ";
    }
    text({"登记库序号 ", "registry serial "});
    out_ += std::to_string(summary_.serial);
    if (!summary_.registry_as_of.empty()) {
      text({"，截至 ", ", as of "});
      out_ += summary_.registry_as_of;
    }
    out_ += "\n";
  }

  void heading(Words words) {
    out_ += "\n### ";
    text(words);
    out_ += "\n\n";
  }

  void cell(std::uint64_t value) { out_ += (value == 0 ? "·" : grouped(value)) + " | "; }

  void outcomes() {
    out_ += "\n| | ";
    text({"行数 | 占比 |", "rows | share |"});
    out_ += "\n|:--|--:|--:|\n";
    for (const Outcome outcome : kWorstFirst) {
      out_ += "| ";
      out_ += sign(outcome);
      out_ += ' ';
      text(outcome_words(outcome));
      out_ += " | " + grouped(summary_.count(outcome)) + " | " +
              percent(summary_.count(outcome), summary_.rows) + " |\n";
    }
  }

  void findings() {
    const std::vector<FindingTally> tallies = finding_tallies(summary_);
    if (tallies.empty()) return;
    heading({"发现的问题", "Findings"});
    text({"| 代码 | 含义 | 处理 | 次数 |\n", "| code | meaning | effect | count |\n"});
    out_ += "|:--|:--|:--|--:|\n";
    for (const FindingTally& tally : tallies) {
      out_ += "| `" + std::string(name_of(tally.code)) + "` | ";
      text(code_text(tally.code).title);
      out_ += " | ";
      text(effect_words(tally.worst()));
      out_ += " | " + grouped(tally.total) + " |\n";
    }
  }

  // Starts a table of counts whose first columns are `columns`.
  void outcome_columns(Words columns, int count) {
    out_ += "| ";
    text(columns);
    for (const Outcome outcome : kWorstFirst)
      if (outcome != Outcome::kBad)
        out_ += " | " + std::string(outcome_words(outcome).in(language_));
    out_ += " |\n";
    for (int i = 0; i < count; ++i) out_ += "|:--";
    out_ += "|--:|--:|--:|--:|\n";
  }

  void outcome_cells(const OutcomeCounts& rows) {
    for (const Outcome outcome : kWorstFirst)
      if (outcome != Outcome::kBad) cell(rows[static_cast<std::size_t>(outcome)]);
    out_.back() = '\n';
  }

  void platforms() {
    if (summary_.platforms.empty()) return;
    heading({"平台", "Platforms"});
    outcome_columns({"平台", "platform"}, 1);
    for (const PlatformTally& platform : platforms_by_rows(summary_)) {
      out_ += "| ";
      if (platform.platform.empty())
        text({"未填写", "not given"});
      else
        append_markdown_code(platform.platform, &out_);
      out_ += " | ";
      outcome_cells(platform.rows);
    }
  }

  void subjects() {
    if (summary_.worst.empty()) return;
    heading({"未放行最多的主体", "Subjects with most rows held back"});
    outcome_columns({"主体 | 主办者", "subject | sponsor"}, 2);
    const std::size_t shown = std::min(summary_.worst.size(), limits::kTextRowsMax);
    for (const WorstSubject& subject : std::span(summary_.worst).first(shown)) {
      out_ += "| " + subject.number + " | ";
      if (!subject.sponsor.empty()) append_markdown_code(subject.sponsor, &out_);
      out_ += " | ";
      outcome_cells(subject.rows);
    }
  }

  void rows(Outcome outcome) {
    const std::vector<ListedRow>& listed = summary_.rows_of(outcome);
    if (listed.empty()) return;
    const std::size_t shown = std::min(listed.size(), limits::kTextRowsMax);
    heading(outcome_words(outcome));
    text({"| 行 | 名称 | 标识 | 包名 | 备案号 | 问题 |\n",
          "| row | name | id | package | number | findings |\n"});
    out_ += "|--:|:--|:--|:--|:--|:--|\n";
    for (const ListedRow& row : std::span(listed).first(shown)) this->row(row);
    const std::uint64_t rest = summary_.count(outcome) - shown;
    if (rest == 0) return;
    out_ += language_ == Language::kZh ? "\n另有 " + grouped(rest) + " 行未列出。\n"
                                       : "\n" + grouped(rest) + " more rows are not listed.\n";
  }

  void row(const ListedRow& row) {
    out_ += "| " + std::to_string(row.row) + " | ";
    for (const std::string* text : {&row.name, &row.id, &row.package, &row.filing_number}) {
      if (!text->empty()) append_markdown_code(*text, &out_);
      out_ += " | ";
    }
    if (!row.problem.empty()) append_markdown_code(problem_line(row), &out_);
    std::string_view separator;
    for (const ListedFinding& finding : row.findings) {
      if (!is_shown(finding)) continue;
      out_ += separator;
      out_ += '`' + std::string(name_of(finding.code)) + '`';
      separator = "<br>";
    }
    out_ += " |\n";
  }

  const Summary& summary_;
  Language language_;
  std::string out_;
};

}  // namespace

void write_markdown_report(const ReportContext& context, ReportSink* sink) {
  sink->write(Markdown(context).build());
}

}  // namespace beian::audit
