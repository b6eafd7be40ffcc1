#include "gate/wire/decision_json.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "cache/base/json_writer.h"
#include "cache/base/pen.h"
#include "gate/wire/advice.h"
#include "gate/wire/filing_json.h"
#include "gate/wire/finding_json.h"
#include "gate/wire/values.h"
#include "gate/wire/words.h"

namespace beian::wire {
namespace {

void write_id(const CheckRequest& request, Pen* pen) {
  pen->literal("\"id\":");
  if (request.id.empty()) return pen->literal("null");
  request.is_id_number ? pen->text(request.id) : pen->json_string(request.id);
}

void write_number_or_null(const std::optional<FilingNumber>& number, Pen* pen) {
  if (!number) return pen->literal("null");
  pen->literal("\"");
  write_number_text(*number, pen);
  pen->literal("\"");
}

// The number that the sponsor has to display: the registry's when the filing is known, which nearly
// always equals the number judged. Printed once, since it is written three times.
class Display {
 public:
  explicit Display(const Decision& decision)
      : judged_(number_at_issue(decision)),
        number_(decision.filing ? decision.filing->number() : judged_) {
    if (number_) size_ = print(*number_, text_.data());
  }

  // Empty: there is none.
  std::string_view text() const noexcept { return {text_.data(), size_}; }

  void write_numbers(Pen* pen) const {
    pen->literal("\",\"filing_number\":");
    judged_ == number_ ? write_text(pen) : write_number_or_null(judged_, pen);
    pen->literal(",\"display\":");
    write_text(pen);
  }

 private:
  void write_text(Pen* pen) const {
    if (!number_) return pen->literal("null");
    pen->literal("\"");
    pen->text(text());
    pen->literal("\"");
  }

  std::optional<FilingNumber> judged_;
  std::optional<FilingNumber> number_;
  std::array<char, kCanonicalBytesMax> text_;
  std::size_t size_ = 0;
};

// `name` is a key with its colon. The word is copied with its padding, in a single move.
template <std::size_t kSize>
char* put_match(const char (&name)[kSize], Match match, char* out) {
  static constexpr char kWords[3][8] = {"null", "false", "true"};
  static constexpr std::uint8_t kBytes[3] = {4, 5, 4};
  const auto index = static_cast<std::size_t>(match);
  std::memcpy(out, name, kSize - 1);
  std::memcpy(out + kSize - 1, kWords[index], sizeof kWords[index]);
  return out + kSize - 1 + kBytes[index];
}

void write_compared(const Compared& compared, Pen* pen) {
  constexpr std::size_t kBytesMax =
      192;  // nine times false makes 147; with the padding of the last word, 150
  pen->printed(kBytesMax, [&](char* out) {
    out = put_match("\"compared\":{\"number\":", compared.number, out);
    out = put_match(",\"kind\":", compared.kind, out);
    out = put_match(",\"name\":", compared.name, out);
    out = put_match(",\"sponsor\":", compared.sponsor, out);
    out = put_match(",\"platform\":", compared.platform, out);
    out = put_match(",\"package\":", compared.package, out);
    out = put_match(",\"certificate\":", compared.certificate, out);
    out = put_match(",\"domain\":", compared.domain, out);
    return put_match(",\"ip\":", compared.ip, out);
  });
  pen->literal("}");
}

void write_candidates(const Decision& decision, Pen* pen) {
  const std::size_t count =
      std::min<std::size_t>(decision.candidate_count, decision.candidates.size());
  pen->literal("\"candidates\":[");
  for (std::size_t i = 0; i < count; ++i) {
    if (i > 0) pen->literal(",");
    write_number_or_null(decision.candidates[i], pen);
  }
  pen->literal("]");
}

void write_suggestion(const Suggestion& suggestion, Language language, Pen* pen) {
  pen->literal("{\"filing_number\":\"");
  write_number_text(suggestion.filing.number(), pen);
  pen->literal("\",\"name\":");
  const cache::StringList names = suggestion.filing.names();
  names.empty() ? pen->literal("null") : pen->json_string(names[0]);
  pen->literal(",\"why\":\"");
  pen->text(suggestion_words(suggestion.reason).in(language));
  pen->literal("\"}");
}

void write_suggestions(std::span<const Suggestion> suggestions, Language language, Pen* pen) {
  pen->literal("\"suggestions\":[");
  for (std::size_t i = 0; i < suggestions.size(); ++i) {
    if (i > 0) pen->literal(",");
    write_suggestion(suggestions[i], language, pen);
  }
  pen->literal("]");
}

}  // namespace

void append_brief(const CheckRequest& request, const Decision& decision, std::string* out) {
  Pen pen(out);
  pen.literal("{");
  write_id(request, &pen);
  pen.literal(",\"decision\":\"");
  pen.text(name_of(decision.effect));
  if (decision.would_be != decision.effect) {
    pen.literal("\",\"would_be\":\"");
    pen.text(name_of(decision.would_be));
  }
  pen.literal("\",\"assurance\":\"");
  pen.text(name_of(decision.assurance));
  pen.literal("\",\"filing_number\":");
  write_number_or_null(number_at_issue(decision), &pen);
  pen.literal(",\"findings\":[");
  bool is_first = true;
  for (const Finding& finding : decision.findings()) {
    if (!is_first) pen.literal(",");
    is_first = false;
    pen.literal("{");
    write_finding_head(finding, &pen);
    pen.literal("}");
  }
  pen.literal("],\"registry\":{\"serial\":");
  pen.unsigned_integer(decision.serial);
  pen.literal("}}");
}

void append_problem_item(const CheckRequest& request, const Problem& problem, std::string* out) {
  Pen pen(out);
  pen.literal("{");
  write_id(request, &pen);
  pen.literal(",\"problem\":{\"type\":\"urn:beian-gate:problem:");
  pen.json_text(problem.slug);
  pen.literal("\",\"title\":\"");
  pen.text(reason_of(problem.status));
  pen.literal("\",\"status\":");
  pen.unsigned_integer(problem.status);
  pen.literal(",\"detail\":");
  pen.json_string(problem.detail);
  if (!problem.pointer.empty()) {
    pen.literal(",\"pointer\":");
    pen.json_string(problem.pointer);
  }
  pen.literal("}}");
}

std::string_view RegistryJson::of(const Decision& decision) {
  const Told told{decision.serial, decision.registry_as_of, decision.age_seconds,
                  decision.freshness};
  if (told_ != told) {
    told_ = told;
    text_.clear();
    write(told, &text_);
  }
  return text_;
}

void RegistryJson::write(const Told& told, std::string* out) {
  Pen pen(out);
  pen.literal("{\"serial\":");
  pen.unsigned_integer(told.serial);
  pen.literal(",\"as_of\":\"");
  pen.instant(told.as_of);
  pen.literal("\",\"age_seconds\":");
  pen.unsigned_integer(told.age_seconds);
  pen.literal(",\"state\":\"");
  pen.text(name_of(told.freshness));
  pen.literal("\"}");
}

void append_full(const MessageContext& context, std::span<const Suggestion> suggestions,
                 std::string_view decision_id, RegistryJson* registry, std::string* out) {
  const Decision& decision = context.decision;
  const Display display(decision);
  Pen pen(out);
  pen.literal("{");
  write_id(context.request, &pen);
  pen.literal(",\"decision\":\"");
  pen.text(name_of(decision.effect));
  if (decision.is_softened) {
    pen.literal("\",\"would_be\":\"");
    pen.text(name_of(decision.would_be));
  }
  pen.literal("\",\"operation\":\"");
  pen.text(name_of(decision.operation));
  pen.literal("\",\"assurance\":\"");
  pen.text(name_of(decision.assurance));
  display.write_numbers(&pen);
  pen.literal(",\"query_url\":\"");
  pen.text(context.guidance.advice().query());
  pen.literal("\",\"findings\":[");
  bool is_first = true;
  for (const Finding& finding : decision.findings()) {
    if (!is_first) pen.literal(",");
    is_first = false;
    write_finding(context, finding, &pen);
  }
  pen.literal("],");
  write_compared(decision.compared, &pen);
  pen.literal(",\"filing\":");
  decision.filing ? write_filing_summary(*decision.filing, display.text(), &pen)
                  : pen.literal("null");
  pen.literal(",");
  write_candidates(decision, &pen);
  pen.literal(",");
  write_suggestions(suggestions, context.language, &pen);
  pen.literal(",\"registry\":");
  pen.text(registry->of(decision));
  pen.literal(",\"decision_id\":\"");
  pen.text(decision_id);  // letters and digits
  pen.literal("\"}");
}

}  // namespace beian::wire
