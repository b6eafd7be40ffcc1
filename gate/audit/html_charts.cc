#include "gate/audit/html_charts.h"

#include <algorithm>

#include "gate/audit/markup.h"

namespace beian::audit {
namespace {

constexpr std::uint64_t kWhole = 10'000;  // 100.00%
constexpr std::uint64_t kThinnest = 60;   // 0.60%: a pixel or two of a bar
constexpr std::uint64_t kRingGap = 40;    // between parts of a ring

std::string hundredths(std::uint64_t width) {
  std::string text = std::to_string(width / 100);
  if (width % 100 == 0) return text;
  text += '.';
  if (width % 100 < 10) text += '0';
  return text + std::to_string(width % 100);
}

}  // namespace

std::vector<ChartPart> parts_of(const OutcomeCounts& counts) {
  std::vector<ChartPart> parts;
  for (const Outcome outcome : kWorstFirst)
    if (const std::uint64_t count = counts[static_cast<std::size_t>(outcome)]; count > 0)
      parts.push_back({name_of(outcome), count});
  return parts;
}

std::vector<std::uint64_t> chart_widths(std::span<const ChartPart> parts, std::uint64_t whole) {
  std::vector<std::uint64_t> widths;
  std::uint64_t sum = 0;
  for (const ChartPart& part : parts) {
    const std::uint64_t width = part.count * kWhole / whole;
    widths.push_back(part.count == 0 ? 0 : std::max(width, kThinnest));
    sum += widths.back();
  }
  if (sum > kWhole) *std::ranges::max_element(widths) -= sum - kWhole;
  return widths;
}

void append_bar(std::span<const ChartPart> parts, std::uint64_t whole, std::string_view label,
                std::string* out) {
  *out += "<svg class=\"bar\" role=\"img\" aria-label=\"";
  append_markup(label, out);
  *out += "\">";
  std::uint64_t at = 0;
  const std::vector<std::uint64_t> widths = chart_widths(parts, whole);
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (widths[i] == 0) continue;
    *out += "<rect class=\"e-" + std::string(parts[i].name) + "\" x=\"" + hundredths(at) +
            "%\" width=\"" + hundredths(widths[i]) + "%\" height=\"100%\"/>";
    at += widths[i];
  }
  *out += "</svg>";
}

void append_donut(const Summary& summary, wire::Language language, std::string* out) {
  *out += "<svg class=\"donut\" viewBox=\"0 0 40 40\" role=\"img\" aria-label=\"";
  append_markup(headline(summary, language), out);
  *out += "\"><circle class=\"track\" cx=\"20\" cy=\"20\" r=\"16\"/>";
  const std::vector<ChartPart> parts = parts_of(summary.outcomes);
  std::uint64_t at = 0;
  const auto widths = chart_widths(parts, std::max<std::uint64_t>(summary.rows, 1));
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const std::uint64_t gap = parts.size() > 1 ? std::min(kRingGap, widths[i] / 2) : 0;
    *out += "<circle class=\"k-" + std::string(parts[i].name) +
            "\" cx=\"20\" cy=\"20\" r=\"16\" pathLength=\"100\" stroke-dasharray=\"" +
            hundredths(widths[i] - gap) + " 100\" stroke-dashoffset=\"-" + hundredths(at) +
            "\" transform=\"rotate(-90 20 20)\"/>";
    at += widths[i];
  }
  *out += "<text x=\"20\" y=\"21.6\">";
  append_markup(percent(summary.count(Outcome::kAllow), summary.rows), out);
  *out += "</text><text class=\"small\" x=\"20\" y=\"26\">";
  *out += outcome_words(Outcome::kAllow).in(language);
  *out += "</text></svg>\n";
}

void append_icon(Outcome outcome, std::string* out) {
  *out += "<svg class=\"icon\" aria-hidden=\"true\"><use href=\"#i-";
  *out += name_of(outcome);
  *out += "\"/></svg>";
}

}  // namespace beian::audit
