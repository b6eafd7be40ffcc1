#include "gate/audit/html_rows.h"

#include <algorithm>

#include "cache/base/bytes.h"
#include "cache/base/limits.h"
#include "gate/audit/code_text.h"
#include "gate/audit/finding_tally.h"
#include "gate/audit/html_charts.h"
#include "gate/audit/markup.h"
#include "gate/audit/report_words.h"

namespace beian::audit {
namespace {

using wire::Language;
using wire::Words;

// Text from the catalog, isolated so that its writing direction ends with it.
void append_isolated(std::string_view text, std::string* out) {
  *out += "<bdi>";
  append_markup(text, out);
  *out += "</bdi>";
}

// A cell with up to two lines; left empty if both are, so that narrow screens can hide it.
void append_cell(std::string_view main, std::string_view sub, std::string* out) {
  *out += "<td>";
  if (!main.empty()) append_isolated(main, out);
  if (!sub.empty()) {
    *out += "<span class=\"sub\">";
    append_isolated(sub, out);
    *out += "</span>";
  }
  *out += "</td>";
}

// Only the beginning of a digest is shown; all of it can be copied.
bool is_digest(std::string_view text) noexcept {
  return text.size() >= 32 && std::ranges::all_of(text, [](char c) {
           return hex_digit(c) >= 0 || std::string_view("sha:, ").find(c) != std::string_view::npos;
         });
}

void append_value(Words label, std::string_view value, Language language, std::string* out) {
  if (value.empty()) return;
  *out += is_digest(value) ? "<span class=\"vs digest\">" : "<span class=\"vs\">";
  *out += label.in(language);
  append_isolated(value, out);
  *out += "</span>";
}

// The row already shows `number`; repeating it would add nothing.
void append_finding(const ListedFinding& finding, std::string_view number, Language language,
                    std::string* out) {
  const bool is_note = !is_shown(finding);
  *out += is_note ? "<div class=\"finding soft\">" : "<div class=\"finding\"><b>";
  *out += code_text(finding.code).title.in(language);
  *out += is_note ? " <code>" : "</b> <code class=\"soft\">";
  *out += name_of(finding.code);
  *out += "</code>";
  if (finding.given != number || !finding.expected.empty())
    append_value({"填写 ", "given "}, finding.given, language, out);
  append_value({"备案 ", "filed "}, finding.expected, language, out);
  *out += "</div>";
}

void append_findings(const ListedRow& row, Language language, std::string* out) {
  *out += "<td>";
  if (!row.problem.empty()) {
    *out += "<div class=\"finding\">";
    append_isolated(row.problem, out);
    if (!row.pointer.empty()) {
      *out += "<span class=\"vs\">";
      append_isolated(row.pointer, out);
      *out += "</span>";
    }
    *out += "</div>";
  }
  // Notes matter only if there is nothing else.
  for (const ListedFinding& finding : row.findings)
    if (is_shown(finding) || row.outcome == Outcome::kAllow)
      append_finding(finding, row.filing_number, language, out);
  *out += "</td>";
}

// The index of the tally in which a row's platform was counted.
std::size_t platform_index(const Summary& summary, std::string_view platform) {
  auto found = std::ranges::find(summary.platforms, platform, &PlatformTally::platform);
  if (found == summary.platforms.end())
    found = std::ranges::find(summary.platforms, kOtherPlatform, &PlatformTally::platform);
  return static_cast<std::size_t>(found - summary.platforms.begin());
}

void append_option(std::string_view value, std::string_view text, std::uint64_t count,
                   std::string* out) {
  *out += "<option value=\"";
  append_markup(value, out);
  *out += "\">";
  append_markup(text, out);
  *out += " (" + grouped(count) + ")</option>";
}

}  // namespace

std::size_t html_row_count(const Summary& summary, Outcome outcome) {
  return std::min(summary.rows_of(outcome).size(), limits::kHtmlRowsMax);
}

void append_html_row(const Summary& summary, const ListedRow& row, Language language,
                     std::string* out) {
  *out += "<tr data-o=\"";
  *out += name_of(row.outcome);
  if (row.outcome != Outcome::kBad)
    *out += "\" data-p=\"" + std::to_string(platform_index(summary, row.platform));
  if (!row.findings.empty()) {
    *out += "\" data-c=\"";
    std::string_view separator;
    for (const ListedFinding& finding : row.findings) {
      *out += separator;
      *out += name_of(finding.code);
      separator = " ";
    }
  }
  *out += "\"><td class=\"num\">" + grouped(row.row) + "</td><td><span class=\"pill o-";
  *out += name_of(row.outcome);
  *out += "\">";
  append_icon(row.outcome, out);
  *out += outcome_words(row.outcome).in(language);
  *out += "</span></td>";
  const bool has_name = !row.name.empty();
  append_cell(has_name ? row.name : row.id, has_name ? row.id : "", out);
  append_cell(row.package, row.platform, out);
  append_cell(row.filing_number, "", out);
  append_findings(row, language, out);
  *out += "</tr>\n";
}

void append_outcome_options(const Summary& summary, Language language, std::string* out) {
  for (const Outcome outcome : kWorstFirst)
    if (const std::size_t count = html_row_count(summary, outcome); count > 0)
      append_option(name_of(outcome), outcome_words(outcome).in(language), count, out);
}

void append_code_options(const Summary& summary, Language language, std::string* out) {
  std::array<std::uint64_t, kCodeCount> counts{};
  for (const Outcome outcome : kWorstFirst)
    for (std::size_t i = 0; i < html_row_count(summary, outcome); ++i)
      for (const ListedFinding& finding : summary.rows_of(outcome)[i].findings)
        ++counts[static_cast<std::size_t>(finding.code)];
  for (const FindingTally& tally : finding_tallies(summary))
    if (const std::uint64_t count = counts[static_cast<std::size_t>(tally.code)]; count > 0)
      append_option(name_of(tally.code), code_text(tally.code).title.in(language), count, out);
}

void append_platform_options(const Summary& summary, Language language, std::string* out) {
  std::vector<std::uint64_t> counts(summary.platforms.size() + 1);
  for (const Outcome outcome : kWorstFirst)
    for (std::size_t i = 0; i < html_row_count(summary, outcome); ++i)
      if (outcome != Outcome::kBad)
        ++counts[platform_index(summary, summary.rows_of(outcome)[i].platform)];
  for (std::size_t i = 0; i < summary.platforms.size(); ++i) {
    const std::string& platform = summary.platforms[i].platform;
    if (counts[i] > 0)
      append_option(std::to_string(i),
                    platform.empty() ? Words{"未填写", "not given"}.in(language) : platform,
                    counts[i], out);
  }
}

}  // namespace beian::audit
