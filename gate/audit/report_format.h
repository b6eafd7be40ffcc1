// The formats of `--output` as a table: how each begins, what it writes for a row, how it ends.
//
// There are two kinds. Streaming formats (ndjson, csv) write each row as it comes; when an audit is
// resumed, their files are truncated to the length in the checkpoint. Aggregated formats (json,
// summary, junit, sarif, markdown, html) have no `add_row`: they are written at the end, from the
// Summary alone. So the bytes of every output depend only on catalog, registry and options, not on
// threads or interruptions; nor on time, except for rows in full detail, which contain an age.
#pragma once

#include <string>
#include <string_view>

#include "gate/audit/row_result.h"
#include "gate/audit/summary.h"
#include "gate/wire/messages.h"

namespace beian::audit {

// Receives a report, in pieces of any size. Keeps errors and returns them at the end.
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
  // Appends what precedes the first row. nullptr: nothing does.
  void (*begin)(std::string* out) = nullptr;
  // Appends one row with its line end. Called on several threads at once. nullptr: aggregated
  // format.
  void (*add_row)(const RowResult& row, std::string* out) = nullptr;
  // Writes all of an aggregated format; nullptr for a streaming one.
  void (*finish)(const ReportContext& context, ReportSink* sink) = nullptr;

  bool is_streaming() const noexcept { return add_row != nullptr; }
};

// The format with this name, or nullptr. Static lifetime.
const ReportFormat* find_report_format(std::string_view name) noexcept;
// `ndjson, csv, …`, for messages.
std::string report_format_names();

}  // namespace beian::audit
