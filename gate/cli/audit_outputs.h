// The options that `audit` and its kin share: what goes where, what is read how.
#pragma once

#include <string>
#include <vector>

#include "cache/base/result.h"
#include "gate/audit/audit.h"
#include "gate/cli/command_line.h"

namespace beian::cli {

// `FORMAT[=FILE]` each; none: a summary on standard output. kUsage: an unknown format, two outputs
// for one place.
[[nodiscard]] Result<std::vector<audit::OutputTarget>> output_targets(
    const std::vector<std::string>& texts);

// `deny`, `review`, …; none: all. kUsage that names the word.
[[nodiscard]] Result<audit::OutcomeSet> outcome_set(const std::vector<std::string>& words);

// What `format` says, or what `name` ends with, whatever packs it.
audit::CatalogFormat catalog_format(std::string_view name, std::string_view format) noexcept;
bool tells_format(std::string_view name) noexcept;

// `wanted`, or one for each processor where that is 0.
unsigned thread_count(unsigned wanted) noexcept;

// What `audit` and `vet` are told alike.
struct OutputFlags {
  std::vector<std::string> outputs;
  std::vector<std::string> only;
  std::string detail = "brief";
  std::string lang = "zh-CN";
  unsigned threads = 0;  // 0: one for each processor
};
// All of them but --detail, of which each verb says in its own words which rows it is for. What
// `flags` points to outlives the command line.
void add_output_flags(Verb verb, OutputFlags* flags);

// Options of an audit with what the flags say: outputs, rows, language, threads. kUsage as of
// output_targets() and outcome_set().
[[nodiscard]] Result<audit::AuditOptions> audit_options(const OutputFlags& flags);

// Says on standard error which members or columns of the catalog were not compared with anything,
// since no check request has them.
void tell_unknown_fields(const audit::Summary& summary);

// Whether rows could be read, and no one of them is told: an audit of changes that found none.
bool is_nothing_told(const audit::Summary& summary) noexcept;

// The exit code of an audit: its worst outcome; 65 when no row could be read, or one could not and
// `is_strict`.
int exit_code_of(const audit::Summary& summary, bool is_strict) noexcept;

}  // namespace beian::cli
