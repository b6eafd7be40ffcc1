#include "gate/audit/report_format.h"

#include <algorithm>
#include <array>

#include "gate/audit/report_formats.h"

namespace beian::audit {
namespace {

constexpr std::array kFormats = {
    ReportFormat{"ndjson", nullptr, add_ndjson_row, nullptr},
    ReportFormat{"csv", begin_csv, add_csv_row, nullptr},
    ReportFormat{"json", nullptr, nullptr, write_json_report},
    ReportFormat{"summary", nullptr, nullptr, write_text_report},
    ReportFormat{"junit", nullptr, nullptr, write_junit_report},
    ReportFormat{"sarif", nullptr, nullptr, write_sarif_report},
    ReportFormat{"markdown", nullptr, nullptr, write_markdown_report},
    ReportFormat{"html", nullptr, nullptr, write_html_report},
};

}  // namespace

const ReportFormat* find_report_format(std::string_view name) noexcept {
  const auto* found = std::ranges::find(kFormats, name, &ReportFormat::name);
  return found == kFormats.end() ? nullptr : found;
}

std::string report_format_names() {
  std::string names;
  for (const ReportFormat& format : kFormats) {
    if (!names.empty()) names += ", ";
    names += format.name;
  }
  return names;
}

}  // namespace beian::audit
