// What happens to a complete summary: ranking the worst subjects, writing the aggregated reports.
#include <algorithm>

#include "cache/base/limits.h"
#include "gate/audit/audit.h"
#include "gate/audit/output_file.h"
#include "gate/decision/rules.h"

namespace beian::audit {
namespace {

constexpr std::string_view kIndividual = "个人";

// Ordered by denied rows, then all rows, then number.
bool is_worse(const SubjectTally& a, const SubjectTally& b) noexcept {
  const auto denied = [](const SubjectTally& tally) {
    return tally.rows[static_cast<std::size_t>(Outcome::kDeny)];
  };
  if (denied(a) != denied(b)) return denied(a) > denied(b);
  if (a.total() != b.total()) return a.total() > b.total();
  return a.subject < b.subject;
}

// The sponsor's name, if the registry says that it is not an individual.
std::string sponsor_of(const cache::Registry* sponsors, SubjectKey key) {
  if (sponsors == nullptr) return {};
  const auto subject = subject_of_number(*sponsors, key);
  if (!subject || !subject->nature() || subject->nature()->empty() ||
      *subject->nature() == kIndividual)
    return {};
  return std::string(subject->sponsor().value_or(""));
}

}  // namespace

void rank_subjects(const cache::Registry* sponsors, Summary* summary) {
  std::vector<SubjectTally> ranked = summary->subjects;
  const std::size_t count = std::min(ranked.size(), limits::kAuditWorstMax);
  std::partial_sort(ranked.begin(), ranked.begin() + static_cast<std::ptrdiff_t>(count),
                    ranked.end(), is_worse);
  summary->worst.clear();
  for (const SubjectTally& tally : std::span(ranked).first(count))
    summary->worst.push_back(
        {canonical(FilingNumber::from_key(filing_key(tally.subject, 0), Kind::kSubject)),
         sponsor_of(sponsors, tally.subject), tally.rows});
}

Result<void> write_report(const OutputTarget& target, const ReportContext& context) {
  auto file = WholeFile::create(target.path);
  if (!file) return file.error();
  target.format->finish(context, &*file);
  return file->commit();
}

}  // namespace beian::audit
