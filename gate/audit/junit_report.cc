// `--output junit`: test results for CI servers. Without times, so that equal audits give equal
// bytes.
#include "gate/audit/finding_tally.h"
#include "gate/audit/markup.h"
#include "gate/audit/report_formats.h"
#include "gate/audit/report_words.h"

namespace beian::audit {
namespace {

using wire::Language;

struct Counts {
  std::uint64_t tests = 0;
  std::uint64_t failures = 0;
  std::uint64_t errors = 0;
};

// A decision against the row is a failed case; a row without a decision is an error.
bool is_failure(Outcome outcome) noexcept {
  return outcome == Outcome::kDeny || outcome == Outcome::kReview;
}

class Junit {
 public:
  Junit(const ReportContext& context, ReportSink* sink)
      : summary_(context.summary), language_(context.language), sink_(sink) {}

  void write() {
    Counts all;
    for (const Outcome outcome : kWorstFirst) {
      const Counts counts = counts_of(outcome);
      all.tests += counts.tests;
      all.failures += counts.failures;
      all.errors += counts.errors;
    }
    out_ += "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"beian-gate audit\"";
    attributes(all);
    for (const Outcome outcome : kWorstFirst)
      if (counts_of(outcome).tests > 0) suite(outcome);
    out_ += "</testsuites>\n";
    sink_->write(out_);
  }

 private:
  std::uint64_t rest_of(Outcome outcome) const {
    return summary_.count(outcome) - summary_.rows_of(outcome).size();
  }

  Counts counts_of(Outcome outcome) const {
    if (outcome == Outcome::kAllow) return {1, 0, 0};
    const std::uint64_t cases = summary_.rows_of(outcome).size() + (rest_of(outcome) > 0 ? 1U : 0U);
    return is_failure(outcome) ? Counts{cases, cases, 0} : Counts{cases, 0, cases};
  }

  void attribute(std::string_view name, std::string_view value) {
    out_ += ' ';
    out_ += name;
    out_ += "=\"";
    append_markup(value, &out_);
    out_ += '"';
  }

  void attributes(const Counts& counts) {
    attribute("tests", std::to_string(counts.tests));
    attribute("failures", std::to_string(counts.failures));
    attribute("errors", std::to_string(counts.errors));
    attribute("skipped", "0");
    out_ += ">\n";
  }

  void property(std::string_view name, std::string_view value) {
    out_ += "<property";
    attribute("name", name);
    attribute("value", value);
    out_ += "/>\n";
  }

  void suite(Outcome outcome) {
    out_ += "<testsuite";
    attribute("name", "beian-gate.audit." + std::string(name_of(outcome)));
    attributes(counts_of(outcome));
    out_ += "<properties>\n";
    property("catalog", summary_.catalog);
    property("registry.serial", std::to_string(summary_.serial));
    property("rows", std::to_string(summary_.count(outcome)));
    out_ += "</properties>\n";
    if (outcome == Outcome::kAllow) {
      allowed();
    } else {
      for (const ListedRow& row : summary_.rows_of(outcome)) test_case(row);
      if (rest_of(outcome) > 0) rest(outcome);
    }
    out_ += "</testsuite>\n";
  }

  void allowed() {
    out_ += "<testcase classname=\"allow\" name=\"allowed rows\">\n<system-out>";
    append_markup(headline(summary_, language_), &out_);
    out_ += "</system-out>\n</testcase>\n";
  }

  void test_case(const ListedRow& row) {
    out_ += "<testcase";
    attribute("classname", row.platform.empty()
                               ? std::string(name_of(row.outcome))
                               : std::string(name_of(row.outcome)) + '.' + row.platform);
    attribute("name", row_title(row, language_) + " [" + row.key() + ']');
    if (!summary_.catalog.empty()) attribute("file", summary_.catalog);
    attribute("line", std::to_string(row.line));
    out_ += ">\n";
    std::string type(row.outcome == Outcome::kBad ? "ROW_UNREADABLE" : name_of(row.outcome));
    std::string message = problem_line(row);
    for (const ListedFinding& finding : row.findings) {
      if (!is_shown(finding)) continue;
      if (message.empty()) type = name_of(finding.code);
      message += (message.empty() ? "" : "; ") + finding_line(finding, language_);
    }
    element(row.outcome, type, message, details(row));
    out_ += "</testcase>\n";
    flush();
  }

  void rest(Outcome outcome) {
    const std::string count = grouped(rest_of(outcome));
    out_ += "<testcase";
    attribute("classname", name_of(outcome));
    attribute("name", "rows that are not listed");
    out_ += ">\n";
    element(outcome, name_of(outcome),
            language_ == Language::kZh ? "另有 " + count + " 行未列出" : count + " more rows", "");
    out_ += "</testcase>\n";
  }

  void element(Outcome outcome, std::string_view type, std::string_view message,
               std::string_view details) {
    const std::string_view name = is_failure(outcome) ? "failure" : "error";
    out_ += '<';
    out_ += name;
    attribute("type", type);
    attribute("message", message);
    out_ += '>';
    out_ += details;
    out_ += "</";
    out_ += name;
    out_ += ">\n";
  }

  // What the row is about, one field per line, escaped for XML.
  static std::string details(const ListedRow& row) {
    std::string out;
    const auto line = [&](std::string_view name, std::string_view value) {
      if (value.empty()) return;
      out += '\n';
      out += name;
      out += ": ";
      append_markup(value, &out);
    };
    line("row", std::to_string(row.row));
    line("line", std::to_string(row.line));
    line("id", row.id);
    line("name", row.name);
    line("platform", row.platform);
    line("package", row.package);
    line("filing_number", row.filing_number);
    line("pointer", row.pointer);
    for (const ListedFinding& finding : row.findings)
      line(name_of(finding.code), name_of(finding.effect));
    return out + '\n';
  }

  void flush() {
    if (out_.size() < kPieceBytes) return;
    sink_->write(out_);
    out_.clear();
  }

  static constexpr std::size_t kPieceBytes = 64 * 1024;  // written in pieces of this size

  const Summary& summary_;
  Language language_;
  ReportSink* sink_;
  std::string out_;
};

}  // namespace

void write_junit_report(const ReportContext& context, ReportSink* sink) {
  Junit(context, sink).write();
}

}  // namespace beian::audit
