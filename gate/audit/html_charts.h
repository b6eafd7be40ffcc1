// The charts of the HTML report as inline SVG, with geometry in attributes and colours by class,
// since the page's content security policy allows no inline style.
//
// Pure; any thread; appends to `out`. Widths are whole hundredths of a percent, so that equal
// counts yield equal bytes.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gate/audit/report_words.h"

namespace beian::audit {

// A part of a bar or ring: its count, and the class suffix (name of an outcome or effect) that
// colours it.
struct ChartPart {
  std::string_view name;
  std::uint64_t count = 0;
};

// The parts of `counts`, worst outcome first, without empty ones.
std::vector<ChartPart> parts_of(const OutcomeCounts& counts);

// The width of each part in hundredths of a percent of `whole`, none too thin to be visible; the
// sum is at most 10,000. REQUIRES: whole >= the sum of all counts; whole > 0.
std::vector<std::uint64_t> chart_widths(std::span<const ChartPart> parts, std::uint64_t whole);

// A horizontal bar of the parts, each as long as its share of `whole`; `label` describes it in
// words.
void append_bar(std::span<const ChartPart> parts, std::uint64_t whole, std::string_view label,
                std::string* out);

// A ring of the outcomes, with the share of allowed rows in the middle.
void append_donut(const Summary& summary, wire::Language language, std::string* out);

// The outcome's icon; its shape says the same as its colour.
void append_icon(Outcome outcome, std::string* out);

}  // namespace beian::audit
