// The options that `audit` and similar verbs share: where outputs go, and how inputs are read.
#pragma once

#include <string>
#include <vector>

#include "cache/base/result.h"
#include "gate/audit/audit.h"
#include "gate/cli/command_line.h"

namespace beian::cli {

// Each text is `FORMAT[=FILE]`; none at all: a summary on standard output. kUsage: an unknown
// format, or two outputs to one place.
[[nodiscard]] Result<std::vector<audit::OutputTarget>> output_targets(
    const std::vector<std::string>& texts);

// What `format` says; if it is empty, what `name` ends with, before any .gz or .zst.
audit::CatalogFormat catalog_format(std::string_view name, std::string_view format) noexcept;
bool tells_format(std::string_view name) noexcept;

// `wanted`, or the number of processors if it is 0.
unsigned thread_count(unsigned wanted) noexcept;

// The flags that `audit` and `vet` share.
struct OutputFlags {
  std::vector<std::string> outputs;
  std::vector<std::string> only;
  std::string detail = "brief";
  std::string lang = "zh-CN";
  unsigned threads = 0;  // 0: one per processor
};
// Adds all of these flags except --detail: each verb describes in its own words which rows that is
// for. What `flags` points to must outlive the command line.
void add_output_flags(Verb verb, OutputFlags* flags);

// Audit options from the flags: outputs, rows, language, threads. kUsage as from output_targets(),
// and for an unknown word of --only.
[[nodiscard]] Result<audit::AuditOptions> audit_options(const OutputFlags& flags);

// Reports on standard error which members or columns of the catalog were not compared, since no
// check request has them.
void tell_unknown_fields(const audit::Summary& summary);

// Whether rows could be read, but none of these is reported: an audit of changes that found none.
bool is_nothing_told(const audit::Summary& summary) noexcept;

// The exit code of an audit, by its worst outcome; 65 if no row could be read, or if one could not
// and `is_strict` is set.
int exit_code_of(const audit::Summary& summary, bool is_strict) noexcept;

}  // namespace beian::cli
