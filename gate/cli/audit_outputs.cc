#include "gate/cli/audit_outputs.h"

#include "cache/base/bytes.h"

namespace beian::cli {

Result<std::vector<audit::OutputTarget>> output_targets(const std::vector<std::string>& texts) {
  std::vector<audit::OutputTarget> targets;
  for (const std::string& text : texts.empty() ? std::vector<std::string>{"summary"} : texts) {
    const std::size_t equals = std::min(text.find('='), text.size());
    audit::OutputTarget target;
    target.format = audit::find_report_format(text.substr(0, equals));
    if (target.format == nullptr)
      return make_error(ErrorKind::kUsage, "--output " + printable(text) + ": the formats are " +
                                               audit::report_format_names());
    target.path = equals + 1 < text.size() ? text.substr(equals + 1) : "-";
    for (const audit::OutputTarget& other : targets)
      if (other.path == target.path)
        return make_error(ErrorKind::kUsage,
                          "two outputs go to " +
                              (target.path == "-" ? "standard output" : printable(target.path)) +
                              "; give one of them a file: --output FORMAT=FILE");
    targets.push_back(std::move(target));
  }
  return targets;
}

Result<audit::OutcomeSet> outcome_set(const std::vector<std::string>& words) {
  audit::OutcomeSet set = 0;
  for (const std::string& word : words) {
    const auto outcome = audit::parse_outcome(word);
    if (!outcome)
      return make_error(
          ErrorKind::kUsage,
          "--only knows allow, review, unknown, deny and bad, not " + printable(word));
    set |= audit::outcome_bit(*outcome);
  }
  return words.empty() ? static_cast<audit::OutcomeSet>(0xFF) : set;
}

}  // namespace beian::cli
