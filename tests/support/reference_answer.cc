#include "tests/support/reference_answer.h"

#include <algorithm>
#include <map>

namespace beian::test {
namespace {

std::string where(const Finding& finding) {
  std::string out(field_pointer(finding.field));
  return finding.index == 0 ? out : out + "[" + std::to_string(finding.index) + "]";
}

std::string detail(const Finding& finding) {
  std::string out;
  if (finding.reason != MalformedReason::kNone)
    out +=
        std::string(malformed_reason_name(finding.reason)) + "@" + std::to_string(finding.offset);
  if (finding.what != OtherRegister::kNone) out += other_register_name(finding.what);
  if (finding.repairs != 0) out += std::to_string(finding.repairs);
  std::set<std::string_view> fields;
  for (int i = 0; i < kFieldCount; ++i)
    if (finding.fields & field_bit(static_cast<FieldId>(i)))
      fields.insert(field_pointer(static_cast<FieldId>(i)));
  for (const std::string_view field : fields) out += std::string(field) + " ";
  if (finding.stage != Status::kUnknown) {
    out += name_of(finding.stage);
    if (finding.is_overdue) out += " overdue";
    if (!finding.is_calendar_known) out += " by_weekends";
    if (finding.date) out += " ";
  }
  return finding.date ? out + format_day(*finding.date) : out;
}

}  // namespace

Answer answer_of(const Decision& decision) {
  Answer out;
  out.decision = name_of(decision.effect);
  out.would_be = name_of(decision.would_be);
  out.assurance = name_of(decision.assurance);
  const Compared& compared = decision.compared;
  for (const auto& [name, match] :
       std::map<std::string, Match>{{"number", compared.number},
                                    {"kind", compared.kind},
                                    {"name", compared.name},
                                    {"sponsor", compared.sponsor},
                                    {"platform", compared.platform},
                                    {"package", compared.package},
                                    {"certificate", compared.certificate},
                                    {"domain", compared.domain},
                                    {"ip", compared.ip}})
    if (match != Match::kNotCompared)
      out.compared += name + (match == Match::kMatches ? "+ " : "- ");
  if (decision.filing)
    out.filing =
        canonical(decision.filing->number()) + " #" + std::to_string(decision.filing->id());
  out.candidates = decision.candidate_count;
  for (const Finding& finding : decision.findings())
    out.findings.insert(std::string(name_of(finding.effect)) + " " +
                        std::string(name_of(finding.code)) + " " + where(finding) + " " +
                        detail(finding));
  return out;
}

std::string to_text(const Answer& answer) {
  std::string out = answer.decision + " (would be " + answer.would_be + "), assurance " +
                    answer.assurance + ", filing " + answer.filing + ", candidates " +
                    std::to_string(answer.candidates) + ", compared " + answer.compared + "\n";
  for (const std::string& finding : answer.findings) out += "    " + finding + "\n";
  return out;
}

}  // namespace beian::test
