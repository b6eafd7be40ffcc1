#include "gate/cli/audit_outputs.h"

#include <algorithm>
#include <array>
#include <thread>

#include "cache/base/bytes.h"
#include "cache/base/extension.h"
#include "cache/base/limits.h"
#include "gate/cli/console.h"
#include "gate/cli/exit_code.h"

namespace beian::cli {
namespace {

std::string_view unpacked(std::string_view name) {
  for (const std::string_view packing : {".gz", ".zst"})
    if (has_extension(name, packing)) name.remove_suffix(packing.size());
  return name;
}

// The words are `deny`, `review`, …; none: all outcomes.
Result<audit::OutcomeSet> outcome_set(const std::vector<std::string>& words) {
  audit::OutcomeSet set = 0;
  for (const std::string& word : words) {
    const auto outcome = audit::parse_outcome(word);
    if (!outcome)
      return make_error(
          ErrorKind::kUsage,
          "--only knows allow, review, unknown, deny and bad, not " + printable(word));
    set |= audit::outcome_bit(*outcome);
  }
  return words.empty() ? static_cast<audit::OutcomeSet>(0xFF) : set;
}

}  // namespace

Result<std::vector<audit::OutputTarget>> output_targets(const std::vector<std::string>& texts) {
  std::vector<audit::OutputTarget> targets;
  for (const std::string& text : texts.empty() ? std::vector<std::string>{"summary"} : texts) {
    const std::size_t equals = std::min(text.find('='), text.size());
    audit::OutputTarget target;
    target.format = audit::find_report_format(text.substr(0, equals));
    if (target.format == nullptr)
      return make_error(ErrorKind::kUsage, "--output " + printable(text) + ": the formats are " +
                                               audit::report_format_names());
    if (equals + 1 == text.size())
      return make_error(ErrorKind::kUsage,
                        "--output " + printable(text) + ": a file is missing behind =");
    target.path = equals < text.size() ? text.substr(equals + 1) : "-";
    for (const audit::OutputTarget& other : targets)
      if (other.path == target.path)
        return make_error(ErrorKind::kUsage,
                          "two outputs go to " +
                              (target.path == "-" ? "standard output" : printable(target.path)) +
                              "; give one of them a file: --output FORMAT=FILE");
    targets.push_back(std::move(target));
  }
  return targets;
}

audit::CatalogFormat catalog_format(std::string_view name, std::string_view format) noexcept {
  const bool is_csv = format.empty() ? has_extension(unpacked(name), ".csv") : format == "csv";
  return is_csv ? audit::CatalogFormat::kCsv : audit::CatalogFormat::kNdjson;
}

bool tells_format(std::string_view name) noexcept {
  const std::string_view bare = unpacked(name);
  return std::ranges::any_of(std::array<std::string_view, 3>{".csv", ".ndjson", ".jsonl"},
                             [&](std::string_view end) { return has_extension(bare, end); });
}

unsigned thread_count(unsigned wanted) noexcept {
  const unsigned count = wanted != 0 ? wanted : std::max(1U, std::thread::hardware_concurrency());
  return std::min<unsigned>(count, limits::kAuditThreadsMax);
}

void add_output_flags(Verb verb, OutputFlags* flags) {
  verb.option(
          "--output", &flags->outputs,
          "FORMAT[=FILE], may repeat: " + audit::report_format_names() + "; without it, summary")
      .named("FORMAT[=FILE]");
  verb.option("--only", &flags->only,
              "rows that ndjson and csv get: allow, review, unknown, deny, bad; by comma")
      .split_at(',');
  verb.option("--threads", &flags->threads, "0, the default: one for each processor")
      .in_range(0U, static_cast<unsigned>(limits::kAuditThreadsMax));
  verb.option("--lang", &flags->lang, "zh-CN, the default, or en").one_of({"zh-CN", "en"});
}

Result<audit::AuditOptions> audit_options(const OutputFlags& flags) {
  audit::AuditOptions out;
  auto outputs = output_targets(flags.outputs);
  if (!outputs) return outputs.error();
  out.outputs = std::move(*outputs);
  const auto only = outcome_set(flags.only);
  if (!only) return only.error();
  out.only = *only;
  out.language = flags.lang == "en" ? wire::Language::kEn : wire::Language::kZh;
  out.threads = thread_count(flags.threads);
  return out;
}

void tell_unknown_fields(const audit::Summary& summary) {
  if (const std::string told = audit::told_fields(summary.unknown, wire::Language::kEn);
      !told.empty())
    print_talk("not compared, since no check request has such fields: " + told);
}

bool is_nothing_told(const audit::Summary& summary) noexcept {
  const std::uint64_t bad = summary.count(audit::Outcome::kBad);
  return summary.rows == bad && summary.rows_read > bad;
}

int exit_code_of(const audit::Summary& summary, bool is_strict) noexcept {
  using audit::Outcome;
  const std::uint64_t bad = summary.count(Outcome::kBad);
  if (summary.rows_read == bad || (is_strict && bad > 0)) return kBadInput;
  if (summary.count(Outcome::kDeny) > 0) return kDenied;
  if (summary.count(Outcome::kUnknown) > 0) return kUnknown;
  return summary.count(Outcome::kReview) > 0 ? kReview : kAllAllowed;
}

}  // namespace beian::cli
