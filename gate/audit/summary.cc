#include "gate/audit/summary.h"

#include <algorithm>
#include <array>
#include <utility>

#include "cache/base/limits.h"
#include "gate/audit/cut_text.h"
#include "gate/wire/values.h"

namespace beian::audit {
namespace {

std::size_t index_of(Outcome outcome) noexcept {
  return static_cast<std::size_t>(outcome);
}

template <class Counts>
void add_counts(const Counts& from, Counts* to) {
  for (std::size_t i = 0; i < from.size(); ++i) (*to)[i] += from[i];
}

std::string cut(std::string_view text) {
  const std::string_view kept = cut_text(text, limits::kAuditTextBytesMax);
  return kept.size() == text.size() ? std::string(text) : std::string(kept) + "…";
}

ListedFinding listed_finding(const wire::MessageContext& context, const Finding& finding) {
  ListedFinding listed{finding.code, finding.effect, finding.field, {}, {}};
  if (finding.effect == Effect::kNote) return listed;
  std::string storage;
  const std::string_view given = wire::given_value(context, finding, &storage);
  wire::for_each_expected(context, finding, [&](std::string_view value) {
    if (listed.expected.size() >= limits::kAuditTextBytesMax) return;
    if (!listed.expected.empty()) listed.expected += ", ";
    listed.expected += value;
  });
  listed.given = cut(given);
  listed.expected = cut(listed.expected);
  return listed;
}

// Subtracts `amount` rows from a tally, least severe first.
void shorten(std::uint64_t amount, SubjectTally* tally) {
  for (std::uint64_t& count : tally->rows) {
    const std::uint64_t taken = std::min(count, amount);
    count -= taken;
    amount -= taken;
  }
}

}  // namespace

std::uint64_t SubjectTally::total() const noexcept {
  std::uint64_t sum = 0;
  for (const std::uint64_t count : rows) sum += count;
  return sum;
}

std::string ListedRow::key() const {
  if (!id.empty()) return "id:" + id;
  if (!package.empty()) return "package:" + platform + "/" + package;
  if (!filing_number.empty()) return "number:" + filing_number;
  return "row:" + std::to_string(row);
}

std::size_t Summary::listed_max(Outcome outcome) noexcept {
  return outcome == Outcome::kAllow ? limits::kAuditAllowedListedMax : limits::kAuditRowsListedMax;
}

std::uint64_t Summary::finding_count(Code code) const noexcept {
  std::uint64_t sum = 0;
  for (const std::uint64_t count : findings[static_cast<std::size_t>(code)]) sum += count;
  return sum;
}

void Summary::add(const RowResult& row) {
  const Outcome outcome = row.outcome();
  ++rows;
  ++rows_read;
  ++outcomes[index_of(outcome)];
  for (const wire::UnknownMember& member : row.unknown) unknown.add(member.object, member.name, 1);
  if (row.decision != nullptr) {
    ++operations[static_cast<std::size_t>(row.decision->operation)][index_of(outcome)];
    for (const Finding& finding : row.decision->findings())
      ++findings[static_cast<std::size_t>(finding.code)][static_cast<std::size_t>(finding.effect)];
    const std::string_view platform = row.request->app.platform;
    const bool is_long = platform.size() > limits::kAuditTextBytesMax;
    ++(is_long ? tally_of(cut(platform)) : tally_of(platform)).rows[index_of(outcome)];
    if (outcome != Outcome::kAllow && row.number)
      recent_subjects_.push_back({row.number->subject(), outcome});
  }
  if ((enough_ & outcome_bit(outcome)) == 0 &&
      listed[index_of(outcome)].size() < listed_max(outcome))
    list(row, outcome);
}

PlatformTally& Summary::tally_of(std::string_view platform) {
  const auto found = std::ranges::find(platforms, platform, &PlatformTally::platform);
  if (found != platforms.end()) return *found;
  if (platforms.size() + 1 >= limits::kAuditPlatformsMax && platform != kOtherPlatform)
    return tally_of(kOtherPlatform);
  return platforms.emplace_back(PlatformTally{std::string(platform), {}});
}

void Summary::list(const RowResult& row, Outcome outcome) {
  ListedRow& out = listed[index_of(outcome)].emplace_back();
  const CheckRequest& request = *row.request;
  out.row = row.row;
  out.line = row.line;
  out.outcome = outcome;
  out.operation = request.operation;
  out.id = cut(request.id);
  if (row.decision == nullptr) {
    out.problem = cut(row.problem->detail);
    out.pointer = cut(row.problem->pointer);
    return;
  }
  out.assurance = row.decision->assurance;
  out.name = cut(request.app.name);
  out.platform = cut(request.app.platform);
  out.package = cut(request.app.package);
  out.filing_number = row.number ? canonical(*row.number) : cut(request.filing_number);
  // The values do not depend on the language.
  const wire::MessageContext context{request, *row.decision, wire::Guidance::built_in(),
                                     wire::Language::kZh};
  const std::span<const Finding> found = row.decision->findings();
  for (const Finding& finding : found) {
    if (out.findings.size() >= limits::kAuditFindingsMax) break;
    if (found.size() <= limits::kAuditFindingsMax || finding.effect != Effect::kNote)
      out.findings.push_back(listed_finding(context, finding));
  }
}

void Summary::fold_subjects() {
  if (recent_subjects_.empty()) return;
  std::ranges::sort(recent_subjects_, {}, &SubjectRow::subject);
  std::vector<SubjectTally> tallies;
  for (const SubjectRow& row : recent_subjects_) {
    if (tallies.empty() || tallies.back().subject != row.subject)
      tallies.push_back({row.subject, {}});
    ++tallies.back().rows[index_of(row.outcome)];
  }
  recent_subjects_.clear();
  add_subjects(tallies);
}

// Adds tallies, one per subject, and keeps the subjects with most rows. If there are too many, the
// count of the first one dropped is subtracted from all of them, so that a count is short by at
// most `subject_error` (Misra and Gries, as merged by Agarwal et al., "Mergeable summaries", 2012).
void Summary::add_subjects(const std::vector<SubjectTally>& sorted) {
  // Merges into a reused buffer: some hundred kilobytes, a few thousand times per audit. Usually a
  // few tallies are added to many, so the run between two of them is copied at once.
  merged_subjects_.clear();
  auto rest = subjects.begin();
  for (const SubjectTally& added : sorted) {
    const auto from = rest;
    while (rest != subjects.end() && rest->subject < added.subject) ++rest;
    merged_subjects_.insert(merged_subjects_.end(), from, rest);
    merged_subjects_.push_back(added);
    if (rest == subjects.end() || rest->subject != added.subject) continue;
    add_counts(rest->rows, &merged_subjects_.back().rows);
    ++rest;
  }
  merged_subjects_.insert(merged_subjects_.end(), rest, subjects.end());
  subjects.swap(merged_subjects_);
  if (subjects.size() <= limits::kAuditSubjectsMax) return;
  std::vector<std::uint64_t> totals;
  totals.reserve(subjects.size());
  for (const SubjectTally& tally : subjects) totals.push_back(tally.total());
  const auto dropped = totals.begin() + limits::kAuditSubjectsMax;
  std::nth_element(totals.begin(), dropped, totals.end(), std::greater<>());
  const std::uint64_t amount = *dropped;
  for (SubjectTally& tally : subjects) shorten(amount, &tally);
  std::erase_if(subjects, [](const SubjectTally& tally) { return tally.total() == 0; });
  subject_error += amount;
}

void Summary::merge(Summary* later) {
  later->fold_subjects();
  rows += later->rows;
  rows_read += later->rows_read;
  lines += later->lines;
  add_counts(later->outcomes, &outcomes);
  for (std::size_t i = 0; i < operations.size(); ++i)
    add_counts(later->operations[i], &operations[i]);
  for (std::size_t i = 0; i < findings.size(); ++i) add_counts(later->findings[i], &findings[i]);
  for (const PlatformTally& tally : later->platforms)
    add_counts(tally.rows, &tally_of(tally.platform).rows);
  unknown.merge(later->unknown);
  fold_subjects();
  add_subjects(later->subjects);
  subject_error += later->subject_error;
  for (std::size_t i = 0; i < listed.size(); ++i) {
    const std::size_t room = listed_max(static_cast<Outcome>(i)) - listed[i].size();
    const std::size_t taken = std::min(room, later->listed[i].size());
    std::move(later->listed[i].begin(),
              later->listed[i].begin() + static_cast<std::ptrdiff_t>(taken),
              std::back_inserter(listed[i]));
  }
}

void Summary::shift_rows(std::uint64_t by_rows, std::uint64_t by_lines) {
  for (std::vector<ListedRow>& list : listed)
    for (ListedRow& row : list) {
      row.row += by_rows;
      row.line += by_lines;
    }
}

void Summary::restart(OutcomeSet enough) {
  *this = Summary();
  enough_ = enough;
}

OutcomeSet Summary::listed_enough() const noexcept {
  OutcomeSet enough = 0;
  for (int i = 0; i < kOutcomeCount; ++i) {
    const auto outcome = static_cast<Outcome>(i);
    if (rows_of(outcome).size() >= listed_max(outcome)) enough |= outcome_bit(outcome);
  }
  return enough;
}

}  // namespace beian::audit
