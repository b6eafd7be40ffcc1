// `--output html`: report.html with its slots filled. The page is self-contained, and its content
// security policy blocks everything else: its only style and script are allowed by their hashes.
#include <algorithm>
#include <functional>
#include <span>

#include "cache/base/limits.h"
#include "cache/base/sha256.h"
#include "gate/audit/finding_tally.h"
#include "gate/audit/html_charts.h"
#include "gate/audit/html_panels.h"
#include "gate/audit/html_rows.h"
#include "gate/audit/html_template.h"
#include "gate/audit/markup.h"
#include "gate/audit/report_formats.h"
#include "gate/audit/report_words.h"

namespace beian::embedded {
std::string_view report_html() noexcept;
std::string_view report_css() noexcept;
std::string_view report_js() noexcept;
}  // namespace beian::embedded

namespace beian::audit {
namespace {

using wire::Language;
using wire::Words;

constexpr std::size_t kPieceBytes = 64 * 1024;  // written in pieces of this size

std::string hash_of(std::string_view text) {
  return to_base64(sha256(text));
}

class HtmlReport {
 public:
  HtmlReport(const ReportContext& context, ReportSink* sink)
      : summary_(context.summary), language_(context.language), sink_(sink) {}

  void write() {
    render_template(
        embedded::report_html(), language_, [this](std::string_view slot) { fill(slot); }, &out_);
    sink_->write(out_);
  }

 private:
  void fill(std::string_view slot) {
    const auto* found = std::ranges::find(kSlots, slot, &Slot::name);
    BEIAN_ASSERT(found != kSlots.end());
    (this->*found->fill)();
  }

  void text(Words words) { out_ += words.in(language_); }
  void markup(std::string_view value) { append_markup(value, &out_); }

  // --- head ---
  void style() { out_ += embedded::report_css(); }
  void script() { out_ += embedded::report_js(); }
  void style_hash() { out_ += hash_of(embedded::report_css()); }
  void script_hash() { out_ += hash_of(embedded::report_js()); }
  void version() { out_ += BEIAN_VERSION; }
  void catalog() {
    if (summary_.catalog.empty())
      text({"标准输入", "standard input"});
    else
      markup(summary_.catalog);
  }
  void rows_total() { out_ += grouped(summary_.rows); }
  void serial() { out_ += std::to_string(summary_.serial); }
  void verdict() { markup(headline(summary_, language_)); }
  void donut() { append_donut(summary_, language_, &out_); }

  void as_of() {
    if (summary_.registry_as_of.empty()) return;
    out_ += "<div><dt>";
    text({"数据截至", "As of"});
    out_ += "</dt><dd>";
    // RFC 3339 without `T`, seconds and `Z`: 2026-01-02 03:00 UTC.
    const std::string_view as_of = summary_.registry_as_of;
    if (as_of.size() == 20) {
      markup(std::string(as_of.substr(0, 10)) + ' ' + std::string(as_of.substr(11, 5)) + " UTC");
    } else {
      markup(as_of);
    }
    if (const Words state = state_words(summary_.registry_state); !state.en.empty()) {
      out_ += " <span class=\"state state-" + summary_.registry_state + "\">";
      text(state);
      out_ += "</span>";
    }
    out_ += "</dd></div>";
  }

  void operations() {
    for (int i = 0; i < kOperationCount; ++i) {
      const std::uint64_t rows = total_of(summary_.operations[static_cast<std::size_t>(i)]);
      if (rows == 0) continue;
      out_ += "<div><dt>";
      text(operation_label(static_cast<Operation>(i)));
      out_ += "</dt><dd>" + grouped(rows) + "</dd></div>\n";
    }
  }

  void tiles() {
    for (const Outcome outcome : kWorstFirst) {
      const std::uint64_t count = summary_.count(outcome);
      out_ += "<li><a class=\"tile o-";
      out_ += name_of(outcome);
      out_ += count == 0 ? " none\" href=\"#rows\" data-outcome=\""
                         : "\" href=\"#rows\" data-outcome=\"";
      out_ += name_of(outcome);
      out_ += "\"><span class=\"label\">";
      append_icon(outcome, &out_);
      text(outcome_words(outcome));
      out_ += "</span><b>" + grouped(count) + "</b><span class=\"share\">";
      markup(percent(count, summary_.rows));
      out_ += "</span></a></li>\n";
    }
  }

  // --- panels and rows ---
  void findings() { append_findings_panel(summary_, language_, &out_); }
  void platforms() { append_platforms_panel(summary_, language_, &out_); }
  void subjects() { append_subjects_panel(summary_, language_, &out_); }
  void outcome_options() { append_outcome_options(summary_, language_, &out_); }
  void code_options() { append_code_options(summary_, language_, &out_); }
  void platform_options() { append_platform_options(summary_, language_, &out_); }

  void rows_cut() {
    std::string cut;
    for (const Outcome outcome : kWorstFirst) {
      const std::size_t listed = html_row_count(summary_, outcome);
      if (listed == summary_.count(outcome)) continue;
      if (!cut.empty()) cut += language_ == Language::kZh ? "，" : ", ";
      cut += std::string(outcome_words(outcome).in(language_)) + ' ' + grouped(listed) + " / " +
             grouped(summary_.count(outcome));
    }
    if (cut.empty()) return;
    text({"只列出每种结论最前面的行：", "Only the first rows of each decision are listed: "});
    out_ += cut;
    text({"。完整清单请用 ndjson 或 csv 格式输出。",
          ". The formats ndjson and csv have all of them."});
  }

  void rows() {
    for (const Outcome outcome : kWorstFirst) {
      const std::span<const ListedRow> listed(summary_.rows_of(outcome));
      for (const ListedRow& row : listed.first(html_row_count(summary_, outcome))) {
        append_html_row(summary_, row, language_, &out_);
        if (out_.size() < kPieceBytes) continue;
        sink_->write(out_);
        out_.clear();
      }
    }
  }

  // --- about ---
  void legend() {
    for (const Outcome outcome : kWorstFirst) {
      out_ += "<li><span class=\"pill o-" + std::string(name_of(outcome)) + "\">";
      append_icon(outcome, &out_);
      text(outcome_words(outcome));
      out_ += "</span> ";
      text(outcome_help(outcome));
      out_ += "</li>\n";
    }
  }

  void about() {
    out_ += "<p>";
    text({"一行可以有多个问题，最严重的决定结论；提示不影响结论。行号从 1 起，不计表头和空行。",
          "A row can have several findings, of which the worst decides; notes do not count. Rows "
          "are numbered from 1, without header and blank lines."});
    out_ += "</p>\n";
    if (summary_.subject_error > 0 && !summary_.worst.empty()) {
      out_ += "<p>";
      text({"主体太多，其行数为下限，误差不超过 ",
            "There are many subjects, so their rows are lower bounds, each short by at most "});
      out_ += grouped(summary_.subject_error) + (language_ == Language::kZh ? "。" : ".");
      out_ += "</p>\n";
    }
  }

  struct Slot {
    std::string_view name;
    void (HtmlReport::*fill)();
  };
  static const std::array<Slot, 23> kSlots;

  const Summary& summary_;
  Language language_;
  ReportSink* sink_;
  std::string out_;
};

const std::array<HtmlReport::Slot, 23> HtmlReport::kSlots = {{
    {"style", &HtmlReport::style},
    {"script", &HtmlReport::script},
    {"style_hash", &HtmlReport::style_hash},
    {"script_hash", &HtmlReport::script_hash},
    {"version", &HtmlReport::version},
    {"catalog", &HtmlReport::catalog},
    {"rows_total", &HtmlReport::rows_total},
    {"serial", &HtmlReport::serial},
    {"as_of", &HtmlReport::as_of},
    {"operations", &HtmlReport::operations},
    {"headline", &HtmlReport::verdict},
    {"donut", &HtmlReport::donut},
    {"tiles", &HtmlReport::tiles},
    {"findings", &HtmlReport::findings},
    {"platforms", &HtmlReport::platforms},
    {"subjects", &HtmlReport::subjects},
    {"outcome_options", &HtmlReport::outcome_options},
    {"code_options", &HtmlReport::code_options},
    {"platform_options", &HtmlReport::platform_options},
    {"rows_cut", &HtmlReport::rows_cut},
    {"rows", &HtmlReport::rows},
    {"legend", &HtmlReport::legend},
    {"about", &HtmlReport::about},
}};

}  // namespace

void write_html_report(const ReportContext& context, ReportSink* sink) {
  HtmlReport(context, sink).write();
}

}  // namespace beian::audit
