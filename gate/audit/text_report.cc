// `--output summary`: plain text. Numbers precede words, so columns need no display widths.
#include <algorithm>

#include "cache/base/bytes.h"
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

constexpr std::size_t kCountWidth = 13;  // 9,999,999,999

// ASCII text, right-aligned.
std::string right(std::string text, std::size_t width) {
  if (text.size() < width) text.insert(0, width - text.size(), ' ');
  return text;
}

class SummaryText {
 public:
  explicit SummaryText(const ReportContext& context)
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
  void head() {
    if (!summary_.catalog.empty()) out_ += printable(summary_.catalog) + '\n';
    out_ += Words{"登记库序号 ", "registry serial "}.in(language_);
    out_ += std::to_string(summary_.serial);
    if (!summary_.registry_as_of.empty())
      out_ += std::string(Words{"，截至 ", ", as of "}.in(language_)) + summary_.registry_as_of;
    if (const Words state = state_words(summary_.registry_state); !state.en.empty())
      out_ += std::string(Words{"（", " ("}.in(language_)) + std::string(state.in(language_)) +
              std::string(Words{"）", ")"}.in(language_));
    out_ += "\n\n" + headline(summary_, language_) + '\n';
    if (const std::string told = told_fields(summary_.unknown, language_); !told.empty())
      out_ += std::string(Words{"目录中有核查请求没有的字段，未参与核对：",
                                "The catalog has fields that no check request has; they were not "
                                "compared: "}
                              .in(language_)) +
              told + '\n';
  }

  void heading(Words words) {
    out_ += '\n';
    out_ += words.in(language_);
    out_ += '\n';
  }

  void count(std::uint64_t value) { out_ += right(grouped(value), kCountWidth) + "  "; }

  void outcomes() {
    out_ += '\n';
    for (const Outcome outcome : kWorstFirst) {
      count(summary_.count(outcome));
      out_ += right(percent(summary_.count(outcome), summary_.rows), 6) + "  ";
      out_ += outcome_words(outcome).in(language_);
      out_ += '\n';
    }
  }

  void findings() {
    const std::vector<FindingTally> tallies = finding_tallies(summary_);
    if (tallies.empty()) return;
    heading({"发现的问题", "Findings"});
    for (const FindingTally& tally : tallies) {
      count(tally.total);
      out_ += name_of(tally.code);
      out_ += "  ";
      out_ += code_text(tally.code).title.in(language_);
      out_ += '\n';
    }
  }

  // The counts in a table row; its label follows.
  void tally(const OutcomeCounts& rows) {
    count(total_of(rows));
    for (const Outcome outcome : kWorstFirst) {
      const std::uint64_t value = rows[static_cast<std::size_t>(outcome)];
      if (outcome == Outcome::kBad || value == 0) continue;
      out_ += std::string(outcome_words(outcome).in(language_)) + ' ' + grouped(value) + "  ";
    }
  }

  void platforms() {
    if (summary_.platforms.empty()) return;
    heading({"平台", "Platforms"});
    for (const PlatformTally& platform : platforms_by_rows(summary_)) {
      tally(platform.rows);
      out_ += platform.platform.empty() ? Words{"未填写", "not given"}.in(language_)
                                        : printable(platform.platform);
      out_ += '\n';
    }
  }

  void subjects() {
    if (summary_.worst.empty()) return;
    heading({"未放行最多的主体", "Subjects with most rows held back"});
    const std::size_t shown = std::min(summary_.worst.size(), limits::kTextRowsMax);
    for (const WorstSubject& subject : std::span(summary_.worst).first(shown)) {
      tally(subject.rows);
      out_ += subject.number;
      if (!subject.sponsor.empty()) out_ += "  " + printable(subject.sponsor);
      out_ += '\n';
    }
  }

  void rows(Outcome outcome) {
    const std::vector<ListedRow>& listed = summary_.rows_of(outcome);
    if (listed.empty()) return;
    heading(outcome_words(outcome));
    const std::size_t shown = std::min(listed.size(), limits::kTextRowsMax);
    for (const ListedRow& row : std::span(listed).first(shown)) this->row(row);
    const std::uint64_t rest = summary_.count(outcome) - shown;
    if (rest == 0) return;
    out_ += std::string(kCountWidth - 1, ' ') + "…  ";
    out_ += language_ == Language::kZh ? "另有 " + grouped(rest) + " 行未列出"
                                       : grouped(rest) + " more rows are not listed";
    out_ += '\n';
  }

  void row(const ListedRow& row) {
    count(row.row);
    out_ += printable(row_title(row, language_));
    for (const std::string* text : {&row.id, &row.package, &row.filing_number})
      if (!text->empty() && *text != row_title(row, language_)) out_ += "  " + printable(*text);
    if (!row.problem.empty()) out_ += "  " + printable(problem_line(row));
    for (const ListedFinding& finding : row.findings)
      if (is_shown(finding))
        out_ += "\n" + std::string(kCountWidth + 4, ' ') + finding_text(finding);
    out_ += '\n';
  }

  std::string finding_text(const ListedFinding& finding) const {
    return std::string(name_of(finding.code)) + "  " + printable(finding_line(finding, language_));
  }

  const Summary& summary_;
  Language language_;
  std::string out_;
};

}  // namespace

void write_text_report(const ReportContext& context, ReportSink* sink) {
  sink->write(SummaryText(context).build());
}

}  // namespace beian::audit
