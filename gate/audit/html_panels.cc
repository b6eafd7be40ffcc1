#include "gate/audit/html_panels.h"

#include <algorithm>
#include <span>

#include "gate/audit/code_text.h"
#include "gate/audit/finding_tally.h"
#include "gate/audit/html_charts.h"
#include "gate/audit/markup.h"
#include "gate/audit/report_words.h"

namespace beian::audit {
namespace {

using wire::Language;
using wire::Words;

constexpr std::size_t kSubjectsAtOnce = 10;  // the others are folded

class Panels {
 public:
  Panels(const Summary& summary, Language language, std::string* out)
      : summary_(summary), language_(language), out_(*out) {}

  void findings() {
    const std::vector<FindingTally> tallies = finding_tallies(summary_);
    if (tallies.empty()) {
      out_ += "<p class=\"soft\">";
      text({"没有发现问题。", "Nothing was found."});
      out_ += "</p>\n";
      return;
    }
    std::uint64_t most = 0;
    for (const FindingTally& tally : tallies) most = std::max(most, tally.total);
    const auto notes = std::ranges::find_if(
        tallies, [](const FindingTally& tally) { return tally.worst() == Effect::kNote; });
    if (notes != tallies.begin()) finding_list({tallies.begin(), notes}, most);
    if (notes == tallies.end()) return;
    out_ += "<h3>";
    text({"提示（不影响结论）", "Notes, which decide nothing"});
    out_ += "</h3>\n";
    finding_list({notes, tallies.end()}, most);
  }

  void platforms() {
    out_ += "<ul class=\"bars\">\n";
    for (const PlatformTally& platform : platforms_by_rows(summary_)) {
      const std::uint64_t total = total_of(platform.rows);
      out_ += "<li><div class=\"line\"><b>";
      platform_name(platform.platform);
      const std::uint64_t allowed = platform.rows[static_cast<std::size_t>(Outcome::kAllow)];
      out_ += "</b><span class=\"soft\">" + grouped(total) + " · ";
      text(outcome_words(Outcome::kAllow));
      out_ += ' ';
      markup(percent(allowed, total));
      out_ += "</span></div>";
      append_bar(parts_of(platform.rows), std::max<std::uint64_t>(total, 1),
                 counts_in_words(platform.rows), &out_);
      out_ += "</li>\n";
    }
    out_ += "</ul>\n";
    keys();
  }

  void subjects() {
    if (summary_.worst.empty()) return;
    out_ += "<section class=\"card\" aria-labelledby=\"h-subjects\">\n<h2 id=\"h-subjects\">";
    text({"未放行最多的主体", "Subjects with most rows held back"});
    out_ += "</h2>\n";
    const std::span<const WorstSubject> all(summary_.worst);
    const std::size_t first = std::min(all.size(), kSubjectsAtOnce);
    subject_list(all.first(first), 0);
    if (first < all.size()) {
      out_ += "<details class=\"more\"><summary>";
      text({"展开其余 ", "Show "});
      out_ += std::to_string(all.size() - first);
      text({" 个主体", " more"});
      out_ += "</summary>\n";
      subject_list(all.subspan(first), first);
      out_ += "</details>\n";
    }
    out_ += "</section>\n";
  }

 private:
  void finding_list(std::span<const FindingTally> tallies, std::uint64_t most) {
    out_ += "<ul class=\"chart\">\n";
    for (const FindingTally& tally : tallies) finding(tally, most);
    out_ += "</ul>\n";
  }

  void finding(const FindingTally& tally, std::uint64_t most) {
    const CodeText& words = code_text(tally.code);
    const std::string name(name_of(tally.code));
    std::vector<ChartPart> parts;
    std::string label;
    for (std::size_t i = tally.by_effect.size(); i-- > 0;) {
      if (tally.by_effect[i] == 0) continue;
      const auto effect = static_cast<Effect>(i);
      parts.push_back({name_of(effect), tally.by_effect[i]});
      if (!label.empty()) label += ", ";
      label += std::string(effect_words(effect).in(language_)) + ' ' + grouped(tally.by_effect[i]);
    }
    out_ += "<li><details><summary><span class=\"what\"><span class=\"title\">";
    text(words.title);
    out_ += "</span> <code>" + name + "</code></span>";
    append_bar(parts, most, label, &out_);
    out_ +=
        "<span class=\"n\">" + grouped(tally.total) + "</span></summary><div class=\"help\"><p>";
    text(words.help);
    out_ += "</p>";
    if (const auto basis = wire::basis_of(tally.code, language_); !basis.empty()) {
      out_ += "<p class=\"basis\">";
      text({"依据：", "Basis: "});
      markup(basis);
      out_ += "</p>";
    }
    out_ += "<a href=\"#rows\" data-code=\"" + name + "\">";
    text({"查看相关的行 ↓", "Show these rows ↓"});
    out_ += "</a></div></details></li>\n";
  }

  void platform_name(std::string_view name) {
    out_ += "<bdi>";
    name.empty() ? text({"未填写", "not given"}) : markup(name);
    out_ += "</bdi>";
  }

  // Appends a key to the bars' colours.
  void keys() {
    out_ += "<p class=\"keys\">";
    for (const Outcome outcome : kWorstFirst) {
      if (outcome == Outcome::kBad) continue;
      out_ += "<span><svg viewBox=\"0 0 10 10\" aria-hidden=\"true\"><rect class=\"e-";
      out_ += name_of(outcome);
      out_ += "\" width=\"10\" height=\"10\" rx=\"2\"/></svg>";
      text(outcome_words(outcome));
      out_ += "</span>";
    }
    out_ += "</p>\n";
  }

  std::string counts_in_words(const OutcomeCounts& counts) const {
    std::string words;
    for (const Outcome outcome : kWorstFirst) {
      const std::uint64_t count = counts[static_cast<std::size_t>(outcome)];
      if (count == 0) continue;
      if (!words.empty()) words += ", ";
      words += std::string(outcome_words(outcome).in(language_)) + ' ' + grouped(count);
    }
    return words;
  }

  void subject_list(std::span<const WorstSubject> subjects, std::size_t before) {
    std::uint64_t most = 1;
    for (const WorstSubject& subject : summary_.worst)
      most = std::max(most, total_of(subject.rows));
    out_ += "<ol class=\"bars\" start=\"" + std::to_string(before + 1) + "\">\n";
    for (const WorstSubject& subject : subjects) {
      out_ += "<li><div class=\"line\"><span>";
      if (!subject.sponsor.empty()) {
        out_ += "<b><bdi>";
        markup(subject.sponsor);
        out_ += "</bdi></b> ";
      }
      out_ += "<span class=\"sub\">";
      markup(subject.number);
      out_ += "</span></span><b>" + grouped(total_of(subject.rows)) + "</b></div>";
      append_bar(parts_of(subject.rows), most, counts_in_words(subject.rows), &out_);
      out_ += "</li>\n";
    }
    out_ += "</ol>\n";
  }

  void text(Words words) { out_ += words.in(language_); }
  void markup(std::string_view value) { append_markup(value, &out_); }

  const Summary& summary_;
  Language language_;
  std::string& out_;
};

}  // namespace

void append_findings_panel(const Summary& summary, Language language, std::string* out) {
  Panels(summary, language, out).findings();
}
void append_platforms_panel(const Summary& summary, Language language, std::string* out) {
  Panels(summary, language, out).platforms();
}
void append_subjects_panel(const Summary& summary, Language language, std::string* out) {
  Panels(summary, language, out).subjects();
}

}  // namespace beian::audit
