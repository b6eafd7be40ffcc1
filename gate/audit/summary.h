// The totals of an audit: counts, the subjects with most findings, and the first rows of each
// outcome.
//
// It is what aggregated reports are written from, what a checkpoint stores and what `audit merge`
// adds. Its size is bounded, whatever the catalog, and it holds no time of the run, so that equal
// catalogs yield equal summaries. Not thread-safe; each chunk of rows has its own, and they are
// merged in order.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "cache/base/result.h"
#include "gate/audit/row_result.h"
#include "gate/audit/unknown_fields.h"

namespace beian::audit {

using OutcomeCounts = std::array<std::uint64_t, kOutcomeCount>;  // by Outcome

struct ListedFinding {
  Code code = Code::kNotComparable;
  Effect effect = Effect::kNote;
  FieldId field = FieldId::kNone;
  // What the request gave and what the registry has instead (several joined by `, `), cut like the
  // texts of a row. Empty: nothing.
  std::string given;
  std::string expected;

  friend bool operator==(const ListedFinding&, const ListedFinding&) = default;
};

// A row as reports list it. Texts are cut at limits::kAuditTextBytesMax bytes; they come from the
// catalog, so each format must escape them.
struct ListedRow {
  std::uint64_t row = 0;
  std::uint64_t line = 0;
  Outcome outcome = Outcome::kAllow;
  Operation operation = Operation::kDistribute;
  Assurance assurance = Assurance::kNone;
  std::string id;
  std::string name;
  std::string platform;
  std::string package;
  std::string filing_number;            // canonical if it is a valid number, else as claimed
  std::vector<ListedFinding> findings;  // limits::kAuditFindingsMax at most; notes dropped first
  std::string problem;                  // for a bad row: what is wrong
  std::string pointer;                  // for a bad row: where, as a JSON Pointer or a column

  friend bool operator==(const ListedRow&, const ListedRow&) = default;

  // Identifies this listing across runs, wherever it is in the catalog: `id:…`, else
  // `package:PLATFORM/PACKAGE`, else `number:…`, else `row:N`.
  std::string key() const;
};

// Stands for the platforms beyond limits::kAuditPlatformsMax.
inline constexpr std::string_view kOtherPlatform = "other";

struct PlatformTally {
  std::string platform;  // as in listed rows; empty: not given
  OutcomeCounts rows{};

  friend bool operator==(const PlatformTally&, const PlatformTally&) = default;
};

// A subject, by its number, with its rows that are not `allow`.
struct SubjectTally {
  SubjectKey subject{};
  OutcomeCounts rows{};

  std::uint64_t total() const noexcept;
  friend bool operator==(const SubjectTally&, const SubjectTally&) = default;
};

// A subject as reports name it.
struct WorstSubject {
  std::string number;   // 京ICP备2023000001号
  std::string sponsor;  // empty: unknown, or an individual, who is not named
  OutcomeCounts rows{};

  friend bool operator==(const WorstSubject&, const WorstSubject&) = default;
};

class Summary {
 public:
  // Counts the row, and lists it if its outcome's list has room.
  void add(const RowResult& row);
  // Adds the totals of a later part of the catalog; its rows follow this one's. Folds `later`,
  // which has no visible effect.
  void merge(Summary* later);
  // To be called after the last addition: sorts, and leaves exactly what a checkpoint keeps.
  void fold() { fold_subjects(); }
  // Shifts the row numbers and lines in the lists, for a part that was counted on its own.
  void shift_rows(std::uint64_t rows, std::uint64_t lines);
  // Resets all counts. From now on, rows of the outcomes in `enough` are not listed: the summary
  // that this one will be merged into has listed enough of them.
  void restart(OutcomeSet enough);
  // The outcomes whose lists are full.
  OutcomeSet listed_enough() const noexcept;

  // --- what was audited; the same for all parts ---
  std::string catalog;         // its path as given; empty: standard input
  std::string registry;        // its path or URL as given; empty: the built-in one
  std::uint64_t serial = 0;    // of the registry
  std::string registry_as_of;  // RFC 3339
  std::string registry_state;  // fresh, stale, expired: when the audit began

  // --- totals ---
  std::uint64_t rows = 0;       // rows reported, bad ones included
  std::uint64_t rows_read = 0;  // all of the catalog: more, if only changes are reported
  std::uint64_t lines = 0;      // of the catalog
  OutcomeCounts outcomes{};
  std::array<OutcomeCounts, kOperationCount> operations{};  // without bad rows
  // Findings, by code and by the effect they had.
  std::array<std::array<std::uint64_t, 5>, kCodeCount> findings{};
  // In order of their first rows; beyond limits::kAuditPlatformsMax, rows count for kOtherPlatform.
  // Without bad rows.
  std::vector<PlatformTally> platforms;

  UnknownFields unknown;  // what the catalog has besides the fields of check requests

  // --- subjects ---
  // Sorted by key: the subjects with most rows, at most limits::kAuditSubjectsMax. Counts are lower
  // bounds; each is short by at most `subject_error` (0: they are exact).
  std::vector<SubjectTally> subjects;
  std::uint64_t subject_error = 0;
  // The worst of them, worst first; filled in at the end of an audit.
  std::vector<WorstSubject> worst;

  // --- the first rows of each outcome, in order ---
  std::array<std::vector<ListedRow>, kOutcomeCount> listed;

  std::uint64_t count(Outcome outcome) const noexcept {
    return outcomes[static_cast<std::size_t>(outcome)];
  }
  std::uint64_t finding_count(Code code) const noexcept;  // with any effect
  const std::vector<ListedRow>& rows_of(Outcome outcome) const noexcept {
    return listed[static_cast<std::size_t>(outcome)];
  }
  // How many rows the list of an outcome can hold.
  static std::size_t listed_max(Outcome outcome) noexcept;

 private:
  PlatformTally& tally_of(std::string_view platform);
  void list(const RowResult& row, Outcome outcome);
  void fold_subjects();

  // A row that is not `allow`, and the subject of its number.
  struct SubjectRow {
    SubjectKey subject;
    Outcome outcome;
  };
  void add_subjects(const std::vector<SubjectTally>& sorted);

  std::vector<SubjectRow> recent_subjects_;    // not yet folded into `subjects`
  std::vector<SubjectTally> merged_subjects_;  // scratch space of add_subjects()
  OutcomeSet enough_ = 0;
};

// Appends one JSON object, the `json` format of reports: everything that a Summary holds, exactly.
void append_json(const Summary& summary, std::string* out);
// Reads what append_json() wrote, as a part of another document; `fault` says what is wrong with
// it.
class StateObject;
class StateFault;
void read_summary(const StateObject& object, Summary* summary, StateFault* fault);
// Reads what append_json() wrote. kBadInput names the fault; `name` denotes the text in it.
[[nodiscard]] Result<Summary> summary_from_json(std::string_view json, std::string_view name);

}  // namespace beian::audit
