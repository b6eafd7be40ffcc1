// The formats one by one, for the table in report_format.cc. Private to gate/audit.
#pragma once

#include <string>
#include <string_view>

#include "gate/audit/report_format.h"

namespace beian::audit {

void add_ndjson_row(const RowResult& row, std::string* out);

void begin_csv(std::string* out);
void add_csv_row(const RowResult& row, std::string* out);

// One CSV cell: quoted where RFC 4180 wants it, and with a leading ' where a spreadsheet would take
// the text for a formula (= + - @ TAB CR).
void append_csv_cell(std::string_view text, std::string* out);

void write_json_report(const ReportContext& context, ReportSink* sink);
void write_text_report(const ReportContext& context, ReportSink* sink);

}  // namespace beian::audit
