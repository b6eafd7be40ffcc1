// The formats of `--output`, as a table: how each begins, what it writes for a row, how it ends.
//
// Two kinds. Streaming formats (ndjson, csv) write each row as it comes; their bytes are cut back
// to the checkpointed length when an audit is resumed. Aggregated formats (json, summary, junit,
// sarif, markdown, html) have no `add_row`: they are written at the end from the Summary alone. So
// the bytes of every output depend on catalog, registry and options only, never on threads or on
// how often the audit was interrupted; and but for rows in full, which have an age, not on time.
#pragma once

#include <string>
#include <string_view>

#include "gate/audit/row_result.h"
#include "gate/audit/summary.h"
#include "gate/wire/messages.h"

namespace beian::audit {

// Where a report goes, in pieces of any size. Errors are kept and told at the end.
class ReportSink {
 public:
  virtual void write(std::string_view bytes) = 0;

 protected:
  ~ReportSink() = default;
};

struct ReportContext {
  const Summary& summary;
  wire::Language language = wire::Language::kZh;
};

struct ReportFormat {
  std::string_view name;
  // What stands before the first row. nullptr: nothing.
  void (*begin)(std::string* out) = nullptr;
  // One row, with its line end. Called on several threads at once. nullptr: an aggregated format.
  void (*add_row)(const RowResult& row, std::string* out) = nullptr;
  // All of an aggregated format; nullptr for a streaming one.
  void (*finish)(const ReportContext& context, ReportSink* sink) = nullptr;

  bool is_streaming() const noexcept { return add_row != nullptr; }
};

// The format with this name, or nullptr. They live for ever.
const ReportFormat* find_report_format(std::string_view name) noexcept;
// `ndjson, csv, …`, for messages.
std::string report_format_names();

}  // namespace beian::audit
