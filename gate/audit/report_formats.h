// The individual formats, for the table in report_format.cc. Private to gate/audit.
#pragma once

#include <string>
#include <string_view>

#include "gate/audit/report_format.h"

namespace beian::audit {

void add_ndjson_row(const RowResult& row, std::string* out);

void begin_csv(std::string* out);
void add_csv_row(const RowResult& row, std::string* out);

// One CSV cell: quoted where RFC 4180 requires it, and with a leading ' where a spreadsheet would
// take the text for a formula (= + - @ TAB CR NUL).
void append_csv_cell(std::string_view text, std::string* out);

void write_json_report(const ReportContext& context, ReportSink* sink);
// A page of plain text for a terminal or a log.
void write_text_report(const ReportContext& context, ReportSink* sink);
// JUnit XML: one suite per outcome, with a failed case per listed row (`deny`, `review`), an error
// per listed row (`unknown`, `bad`), or one passed case for all allowed rows; the rows that are not
// listed are one more case.
void write_junit_report(const ReportContext& context, ReportSink* sink);
// SARIF 2.1.0: one run per outcome, each with at most limits::kSarifResultsMax results; one rule
// per code.
void write_sarif_report(const ReportContext& context, ReportSink* sink);
// Markdown for a pull request or a job's summary page.
void write_markdown_report(const ReportContext& context, ReportSink* sink);
// A single HTML file without external resources.
void write_html_report(const ReportContext& context, ReportSink* sink);

}  // namespace beian::audit
