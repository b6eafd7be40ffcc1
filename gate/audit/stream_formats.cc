// The streaming formats: ndjson and csv.
#include <algorithm>
#include <array>
#include <charconv>

#include "gate/audit/report_formats.h"

namespace beian::audit {
namespace {

void append_unsigned(std::uint64_t value, std::string* out) {
  std::array<char, 24> digits;
  const auto [end, error] = std::to_chars(digits.data(), digits.data() + digits.size(), value);
  out->append(digits.data(), end);
}

// The codes of notes, or of all other findings, separated by blanks.
void append_codes(const Decision& decision, bool are_notes, std::string* out) {
  bool is_first = true;
  for (const Finding& finding : decision.findings()) {
    if ((finding.effect == Effect::kNote) != are_notes) continue;
    if (!is_first) *out += ' ';
    *out += name_of(finding.code);
    is_first = false;
  }
}

}  // namespace

void add_ndjson_row(const RowResult& row, std::string* out) {
  *out += row.json;
  *out += '\n';
}

void append_csv_cell(std::string_view text, std::string* out) {
  constexpr std::string_view kFormulas("=+-@\t\r\0", 7);
  const bool is_formula = !text.empty() && kFormulas.find(text.front()) != std::string_view::npos;
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) {
    if (is_formula) *out += '\'';
    *out += text;
    return;
  }
  *out += '"';
  if (is_formula) *out += '\'';
  for (const char c : text) {
    if (c == '"') *out += '"';
    *out += c;
  }
  *out += '"';
}

void begin_csv(std::string* out) {
  *out +=
      "row,line,id,operation,decision,assurance,filing_number,name,platform,package,findings,"
      "notes,problem\r\n";
}

void add_csv_row(const RowResult& row, std::string* out) {
  const CheckRequest& request = *row.request;
  append_unsigned(row.row, out);
  *out += ',';
  append_unsigned(row.line, out);
  *out += ',';
  append_csv_cell(request.id, out);
  if (row.decision == nullptr) {
    *out += ",,bad,,,,,,,,";
    append_csv_cell(row.problem->pointer.empty()
                        ? row.problem->detail
                        : row.problem->pointer + ": " + row.problem->detail,
                    out);
    *out += "\r\n";
    return;
  }
  const Decision& decision = *row.decision;
  *out += ',';
  *out += name_of(decision.operation);
  *out += ',';
  *out += name_of(row.outcome());
  *out += ',';
  *out += name_of(decision.assurance);
  *out += ',';
  if (row.number) {
    std::array<char, kCanonicalBytesMax> text;
    out->append(text.data(), print(*row.number, text.data()));
  } else {
    append_csv_cell(request.filing_number, out);
  }
  for (const std::string_view cell :
       {request.app.name, request.app.platform, request.app.package}) {
    *out += ',';
    append_csv_cell(cell, out);
  }
  *out += ',';
  append_codes(decision, /*are_notes=*/false, out);
  *out += ',';
  append_codes(decision, /*are_notes=*/true, out);
  *out += ",\r\n";
}

}  // namespace beian::audit
