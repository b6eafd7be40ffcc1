// `--output sarif`: SARIF 2.1.0 (OASIS), within GitHub's published limits for uploads: 20 runs per
// file, and 25,000 results per run, of which 5,000 are shown.
//
// Each outcome is a run with an id of its own, so that denied rows never crowd out rows to review,
// and an alert is closed once its row is clean. All runs are always written, even empty ones: a
// missing run would leave its old alerts open.
#include <algorithm>
#include <array>

#include "cache/base/bytes.h"
#include "cache/base/json_writer.h"
#include "cache/base/limits.h"
#include "cache/base/sha256.h"
#include "gate/audit/code_text.h"
#include "gate/audit/finding_tally.h"
#include "gate/audit/markup.h"
#include "gate/audit/report_formats.h"
#include "gate/audit/report_words.h"

namespace beian::audit {
namespace {

using wire::Language;

constexpr std::string_view kSchema = "https://json.schemastore.org/sarif-2.1.0.json";
constexpr std::string_view kBadRule = "ROW_UNREADABLE";
constexpr int kBadRuleIndex = kCodeCount;  // after the codes

constexpr Language other(Language language) noexcept {
  return language == Language::kZh ? Language::kEn : Language::kZh;
}

constexpr std::string_view tag(Language language) noexcept {
  return language == Language::kZh ? "zh-CN" : "en";
}

std::string_view level_of(Effect effect) noexcept {
  return effect == Effect::kDeny ? "error" : effect <= Effect::kAllow ? "note" : "warning";
}

std::string_view level_of(Outcome outcome) noexcept {
  return outcome == Outcome::kDeny || outcome == Outcome::kBad ? "error" : "warning";
}

// A path as a URI reference; relative paths stay relative.
std::string uri_of(std::string_view path) {
  constexpr std::string_view kPlain = "-._~/";
  std::string uri = path.starts_with('/') ? "file://" : "";
  for (const char c : path) {
    const bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                          (c >= '0' && c <= '9') || kPlain.find(c) != std::string_view::npos;
    if (is_plain)
      uri += c;
    else
      uri += '%' + to_hex(as_bytes(std::string_view(&c, 1)));
  }
  return uri;
}

// The item that a finding is about, if a list yields one finding per item.
std::string_view item_of(const ListedFinding& finding) noexcept {
  const bool is_list = finding.field == FieldId::kDomains || finding.field == FieldId::kIps ||
                       finding.field == FieldId::kCategories;
  return is_list ? std::string_view(finding.given) : std::string_view();
}

// A fingerprint that does not change when rows are added above: made from the listing's key, or
// from its texts if it has no id, package or number, but never from its position.
std::string fingerprint(const ListedRow& row, std::string_view rule, std::string_view field,
                        std::string_view item) {
  std::string text = row.key();
  if (text.starts_with("row:")) text = "text:" + row.name + '\n' + row.pointer + '\n' + row.problem;
  text += '\0';
  text += rule;
  text += '\0';
  text += field;
  if (!item.empty()) text.append(1, '\0').append(item);
  return to_hex(ByteView(sha256(text)).first(16));
}

// Escapes a message so that it has no links or placeholders (SARIF 2.1.0, 3.11.5 and 3.11.6): a
// character that could start one becomes literal.
std::string message_text(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\\' || c == '[' || c == ']') out += '\\';
    if (c == '{' || c == '}') out += c;
    out += c;
  }
  return out;
}

void text_field(std::string_view name, std::string_view text, JsonWriter* json) {
  json->key(name);
  json->begin_object();
  json->field("text", text);
  json->end_object();
}

// The results to write for an outcome's rows, and the rules they need.
struct Selection {
  std::size_t results = 0;
  std::size_t rows = 0;                          // those written with all of their results
  std::array<int, kCodeCount + 1> rule_index{};  // -1: not in this run
};

class Sarif {
 public:
  Sarif(const ReportContext& context, ReportSink* sink)
      : summary_(context.summary), language_(context.language), sink_(sink) {}

  void write() {
    json_.begin_object();
    json_.word_field("$schema", kSchema);
    json_.word_field("version", "2.1.0");
    json_.key("runs");
    json_.begin_array();
    for (const Outcome outcome : kWorstFirst)
      if (outcome != Outcome::kAllow) run(outcome);
    json_.end_array();
    json_.end_object();
    out_ += '\n';
    sink_->write(out_);
  }

 private:
  Selection select(Outcome outcome) const {
    Selection selection;
    std::array<bool, kCodeCount + 1> is_used{};
    for (const ListedRow& row : summary_.rows_of(outcome)) {
      const std::size_t results =
          outcome == Outcome::kBad
              ? 1
              : static_cast<std::size_t>(std::ranges::count_if(row.findings, is_shown));
      if (selection.results + results > limits::kSarifResultsMax) break;
      selection.results += results;
      ++selection.rows;
      if (outcome == Outcome::kBad) is_used[kBadRuleIndex] = true;
      for (const ListedFinding& finding : row.findings)
        if (is_shown(finding)) is_used[static_cast<std::size_t>(finding.code)] = true;
    }
    int next = 0;
    for (std::size_t i = 0; i < is_used.size(); ++i)
      selection.rule_index[i] = is_used[i] ? next++ : -1;
    return selection;
  }

  void run(Outcome outcome) {
    const Selection selection = select(outcome);
    json_.begin_object();
    tool(selection);
    json_.key("automationDetails");
    json_.begin_object();
    json_.field("id", "beian-gate-audit/" + std::string(name_of(outcome)) + '/');
    text_field("description", outcome_help(outcome).in(language_), &json_);
    json_.end_object();
    json_.word_field("language", tag(language_));
    json_.word_field("columnKind", "unicodeCodePoints");
    invocation(outcome, selection);
    json_.key("results");
    json_.begin_array();
    for (const ListedRow& row : std::span(summary_.rows_of(outcome)).first(selection.rows))
      results(row, selection);
    json_.end_array();
    json_.key("properties");
    json_.begin_object();
    count_field("rows", summary_.count(outcome));
    count_field("rowsListed", selection.rows);
    count_field("rowsOfCatalog", summary_.rows);
    count_field("registrySerial", summary_.serial);
    json_.end_object();
    json_.end_object();
  }

  void count_field(std::string_view name, std::uint64_t value) {
    json_.unsigned_field(name, value);
  }

  // States that the audit succeeded, and what this run leaves out.
  void invocation(Outcome outcome, const Selection& selection) {
    json_.key("invocations");
    json_.begin_array();
    json_.begin_object();
    json_.key("executionSuccessful");
    json_.boolean(true);
    const std::uint64_t rest = summary_.count(outcome) - selection.rows;
    if (rest > 0) {
      json_.key("toolExecutionNotifications");
      json_.begin_array();
      json_.begin_object();
      json_.word_field("level", "warning");
      text_field("message",
                 language_ == Language::kZh
                     ? "另有 " + grouped(rest) + " 行“" + std::string(outcome_words(outcome).zh) +
                           "”未列出；完整清单请用 ndjson 或 csv 格式输出。"
                     : grouped(rest) + " more rows (" + std::string(name_of(outcome)) +
                           ") are not listed; the formats ndjson and csv have all of them.",
                 &json_);
      json_.end_object();
      json_.end_array();
    }
    json_.end_object();
    json_.end_array();
  }

  void tool(const Selection& selection) {
    json_.key("tool");
    json_.begin_object();
    json_.key("driver");
    json_.begin_object();
    json_.word_field("name", "beian-gate");
    json_.word_field("version", BEIAN_VERSION);
    json_.word_field("semanticVersion", BEIAN_VERSION);
    json_.word_field("language", tag(language_));
    json_.key("rules");
    json_.begin_array();
    for (int i = 0; i < kCodeCount; ++i) {
      if (selection.rule_index[static_cast<std::size_t>(i)] < 0) continue;
      const Code code = static_cast<Code>(i);
      rule(name_of(code), code_text(code), code);
    }
    if (selection.rule_index[kBadRuleIndex] >= 0)
      rule(kBadRule, {outcome_words(Outcome::kBad), outcome_help(Outcome::kBad)}, std::nullopt);
    json_.end_array();
    json_.end_object();
    json_.end_object();
  }

  // The help is in both languages, the report's first: whoever reads an alert did not choose one.
  void rule(std::string_view id, const CodeText& text, std::optional<Code> code) {
    std::string plain, markdown;
    for (const Language language : {language_, other(language_)}) {
      if (!plain.empty()) plain += '\n', markdown += "\n\n";
      plain += text.help.in(language);
      markdown +=
          "**" + std::string(text.title.in(language)) + "** " + std::string(text.help.in(language));
      const std::string_view basis = code ? wire::basis_of(*code, language) : std::string_view{};
      if (basis.empty()) continue;
      plain += " [" + std::string(basis) + ']';
      markdown += "\n\n> " + std::string(basis);
    }
    json_.begin_object();
    json_.word_field("id", id);
    text_field("shortDescription", text.title.in(language_), &json_);
    text_field("fullDescription", text.help.in(language_), &json_);
    json_.key("help");
    json_.begin_object();
    json_.field("text", plain);
    json_.field("markdown", markdown);
    json_.end_object();
    json_.key("properties");
    json_.begin_object();
    json_.key("tags");
    json_.begin_array();
    json_.word("beian");
    json_.word("filing");
    json_.end_array();
    json_.end_object();
    json_.end_object();
  }

  void results(const ListedRow& row, const Selection& selection) {
    if (row.outcome == Outcome::kBad) {
      result(row, kBadRule, selection.rule_index[kBadRuleIndex], level_of(row.outcome),
             problem_line(row), "", "");
    }
    for (const ListedFinding& finding : row.findings) {
      if (!is_shown(finding)) continue;
      result(row, name_of(finding.code),
             selection.rule_index[static_cast<std::size_t>(finding.code)], level_of(finding.effect),
             row_title(row, language_) + " — " + finding_line(finding, language_),
             field_pointer(finding.field), item_of(finding));
    }
    if (out_.size() < kPieceBytes) return;
    sink_->write(out_);
    out_.clear();
  }

  void result(const ListedRow& row, std::string_view rule, int rule_index, std::string_view level,
              const std::string& message, std::string_view field, std::string_view item) {
    json_.begin_object();
    json_.word_field("ruleId", rule);
    json_.key("ruleIndex");
    json_.integer(rule_index);
    json_.word_field("level", level);
    text_field("message", message_text(printable(message, kMessageBytesMax)), &json_);
    location(row);
    const std::string print = fingerprint(row, rule, field, item);
    json_.key("partialFingerprints");
    json_.begin_object();
    json_.word_field("beianRow/v1", print);
    // The name that GitHub uses. Without it, its uploader would compute one from the line's text.
    json_.word_field("primaryLocationLineHash", print + ":1");
    json_.end_object();
    json_.key("properties");
    json_.begin_object();
    json_.word_field("decision", name_of(row.outcome));
    count_field("row", row.row);
    if (!field.empty()) json_.field("field", field);
    if (!row.id.empty()) json_.field("id", printable(row.id, kMessageBytesMax));
    if (!row.filing_number.empty())
      json_.field("filingNumber", printable(row.filing_number, kMessageBytesMax));
    json_.end_object();
    json_.end_object();
  }

  void location(const ListedRow& row) {
    json_.key("locations");
    json_.begin_array();
    json_.begin_object();
    json_.key("physicalLocation");
    json_.begin_object();
    json_.key("artifactLocation");
    json_.begin_object();
    json_.field("uri", summary_.catalog.empty() ? "catalog" : uri_of(summary_.catalog));
    json_.end_object();
    json_.key("region");
    json_.begin_object();
    count_field("startLine", std::max<std::uint64_t>(row.line, 1));
    json_.end_object();
    json_.end_object();
    if (!row.package.empty()) {
      json_.key("logicalLocations");
      json_.begin_array();
      json_.begin_object();
      json_.field("name", printable(row.package, kMessageBytesMax));
      json_.word_field("kind", "package");
      json_.end_object();
      json_.end_array();
    }
    json_.end_object();
    json_.end_array();
  }

  static constexpr std::size_t kPieceBytes = 64 * 1024;  // written in pieces of this size
  static constexpr std::size_t kMessageBytesMax = 8 * limits::kAuditTextBytesMax;

  const Summary& summary_;
  Language language_;
  ReportSink* sink_;
  std::string out_;
  JsonWriter json_{&out_};
};

}  // namespace

void write_sarif_report(const ReportContext& context, ReportSink* sink) {
  Sarif(context, sink).write();
}

}  // namespace beian::audit
