// The `summary` format: what a person wants to see on a terminal at the end.
#include <algorithm>
#include <vector>

#include "cache/base/bytes.h"
#include "gate/audit/report_formats.h"

namespace beian::audit {
namespace {

constexpr int kCountColumns = 12;
constexpr std::size_t kSubjectsShown = 10;
constexpr std::size_t kBadRowsShown = 10;

// 1234567 -> 1,234,567
std::string grouped(std::uint64_t value) {
  std::string digits = std::to_string(value);
  for (std::ptrdiff_t at = static_cast<std::ptrdiff_t>(digits.size()) - 3; at > 0; at -= 3)
    digits.insert(static_cast<std::size_t>(at), ",");
  return digits;
}

std::string right(const std::string& text, int columns) {
  const std::size_t wanted = static_cast<std::size_t>(columns);
  return text.size() >= wanted ? text : std::string(wanted - text.size(), ' ') + text;
}

// Tenths of a percent, rounded down, so that 100.0 % is all of them.
std::string share(std::uint64_t part, std::uint64_t whole) {
  if (whole == 0) return "";
  const std::uint64_t tenths = static_cast<std::uint64_t>(static_cast<long double>(part) * 1000 /
                                                          static_cast<long double>(whole));
  return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " %";
}

void write_line(std::string_view label, std::uint64_t count, const std::string& more,
                std::string* out) {
  *out += right(grouped(count), kCountColumns);
  *out += "  ";
  *out += label;
  if (!more.empty()) *out += "  (" + more + ")";
  *out += '\n';
}

void write_findings(const Summary& summary, std::string* out) {
  std::vector<Code> codes;
  for (int code = 0; code < kCodeCount; ++code)
    if (summary.finding_count(static_cast<Code>(code)) != 0)
      codes.push_back(static_cast<Code>(code));
  if (codes.empty()) return;
  std::ranges::stable_sort(codes, std::ranges::greater{},
                           [&](Code code) { return summary.finding_count(code); });
  *out += "\nfindings\n";
  for (const Code code : codes) {
    std::string effects;
    for (const Effect effect :
         {Effect::kDeny, Effect::kUnknown, Effect::kReview, Effect::kAllow, Effect::kNote}) {
      const std::uint64_t count =
          summary.findings[static_cast<std::size_t>(code)][static_cast<std::size_t>(effect)];
      if (count == 0) continue;
      if (!effects.empty()) effects += ", ";
      effects += name_of(effect);
      if (count != summary.finding_count(code)) effects += " " + grouped(count);
    }
    write_line(name_of(code), summary.finding_count(code), effects, out);
  }
}

void write_subjects(const Summary& summary, std::string* out) {
  if (summary.worst.empty()) return;
  *out += "\nsubjects with most rows that are not allow";
  if (summary.subject_error != 0)
    *out += " (each at most " + grouped(summary.subject_error) + " more)";
  *out += '\n';
  for (std::size_t i = 0; i < std::min(kSubjectsShown, summary.worst.size()); ++i) {
    const WorstSubject& subject = summary.worst[i];
    std::uint64_t total = 0;
    for (const std::uint64_t count : subject.rows) total += count;
    write_line(subject.number + (subject.sponsor.empty() ? "" : " " + printable(subject.sponsor)),
               total, "", out);
  }
}

void write_bad_rows(const Summary& summary, std::string* out) {
  const std::vector<ListedRow>& bad = summary.rows_of(Outcome::kBad);
  if (bad.empty()) return;
  *out += "\nbad rows\n";
  for (std::size_t i = 0; i < std::min(kBadRowsShown, bad.size()); ++i)
    *out += "  row " + grouped(bad[i].row) + ", line " + grouped(bad[i].line) + ": " +
            (bad[i].pointer.empty() ? "" : printable(bad[i].pointer) + ": ") +
            printable(bad[i].problem) + "\n";
  if (summary.count(Outcome::kBad) > kBadRowsShown)
    *out += "  and " + grouped(summary.count(Outcome::kBad) - kBadRowsShown) + " more\n";
}

}  // namespace

void write_text_report(const ReportContext& context, ReportSink* sink) {
  const Summary& summary = context.summary;
  std::string out = summary.catalog.empty() ? "standard input" : printable(summary.catalog, 1000);
  out += ": " + grouped(summary.rows) + (summary.rows == 1 ? " row" : " rows") +
         ", registry serial " + std::to_string(summary.serial) + " as of " +
         summary.registry_as_of + " (" + summary.registry_state + ")\n\n";
  for (const Outcome outcome :
       {Outcome::kAllow, Outcome::kReview, Outcome::kUnknown, Outcome::kDeny, Outcome::kBad})
    if (outcome != Outcome::kBad || summary.count(outcome) != 0)
      write_line(name_of(outcome), summary.count(outcome),
                 share(summary.count(outcome), summary.rows), &out);
  write_findings(summary, &out);
  write_subjects(summary, &out);
  write_bad_rows(summary, &out);
  sink->write(out);
}

}  // namespace beian::audit
