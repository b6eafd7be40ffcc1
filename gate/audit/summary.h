// What an audit adds up: totals, the subjects with most findings, and the first rows of each
// outcome.
//
// The state of every aggregated report: what a checkpoint keeps and what `audit merge` adds. Its
// size is bounded whatever the catalog, and it holds no time of the run, so that equal catalogs
// give equal summaries. One thread; a chunk of rows has its own and is merged in order.
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
  // texts of a row. Empty: nothing of that sort.
  std::string given;
  std::string expected;

  friend bool operator==(const ListedFinding&, const ListedFinding&) = default;
};

// A row as reports list it. Texts are cut at limits::kAuditTextBytesMax bytes; they come from the
// catalog, so each format escapes them.
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
  std::string filing_number;            // canonical where it reads as a number, else as claimed
  std::vector<ListedFinding> findings;  // limits::kAuditFindingsMax; notes are dropped first
  std::string problem;                  // of a bad row: what is wrong
  std::string pointer;                  // of a bad row: where, as a JSON Pointer or a column

  friend bool operator==(const ListedRow&, const ListedRow&) = default;

  // What names this listing from run to run, wherever it stands in the catalog: `id:…`, else
  // `package:PLATFORM/PACKAGE`, else `number:…`, else `row:N`.
  std::string key() const;
};

// Of the platforms beyond limits::kAuditPlatformsMax.
inline constexpr std::string_view kOtherPlatform = "other";

struct PlatformTally {
  std::string platform;  // as listed rows have it; empty: not given
  OutcomeCounts rows{};

  friend bool operator==(const PlatformTally&, const PlatformTally&) = default;
};

// A subject by its number, with the rows that are not `allow`.
struct SubjectTally {
  SubjectKey subject{};
  OutcomeCounts rows{};

  std::uint64_t total() const noexcept;
  friend bool operator==(const SubjectTally&, const SubjectTally&) = default;
};

// A subject as reports name it.
struct WorstSubject {
  std::string number;   // 京ICP备2023000001号
  std::string sponsor;  // empty: not known, or an individual, who is not named
  OutcomeCounts rows{};

  friend bool operator==(const WorstSubject&, const WorstSubject&) = default;
};

class Summary {
 public:
  // Counts the row, and lists it while its outcome's list has room.
  void add(const RowResult& row);
  // Adds what a later part of the catalog gave; its rows come behind this one's. `later` is folded
  // on the way, which changes nothing that can be seen.
  void merge(Summary* later);
  // To be called when all is added: sorts, and leaves exactly what a checkpoint keeps.
  void fold() { fold_subjects(); }
  // Moves the row numbers and lines of the lists, for a part that was counted on its own.
  void shift_rows(std::uint64_t rows, std::uint64_t lines);
  // Back to nothing counted. Rows of the outcomes in `enough` are not listed from now on: what this
  // will be merged into has listed enough of them.
  void restart(OutcomeSet enough);
  // The outcomes whose lists are full.
  OutcomeSet listed_enough() const noexcept;

  // --- what was audited; equal for all parts ---
  std::string catalog;         // its path as given; empty: standard input
  std::string registry;        // its path or URL as given; empty: the built-in one
  std::uint64_t serial = 0;    // of the registry
  std::string registry_as_of;  // RFC 3339
  std::string registry_state;  // fresh, stale, expired: at the begin of the audit

  // --- totals ---
  std::uint64_t rows = 0;       // that are told, bad ones too
  std::uint64_t rows_read = 0;  // all of the catalog: more, where only changes are told
  std::uint64_t lines = 0;      // of the catalog
  OutcomeCounts outcomes{};
  std::array<OutcomeCounts, kOperationCount> operations{};  // no bad rows
  // Findings by code, and by the effect that they had.
  std::array<std::array<std::uint64_t, 5>, kCodeCount> findings{};
  // In the order of their first rows; after limits::kAuditPlatformsMax the rest goes to
  // kOtherPlatform. No bad rows.
  std::vector<PlatformTally> platforms;

  UnknownFields unknown;  // what the catalog has beside the fields of check requests

  // --- subjects ---
  // Sorted by key; those with most rows, at most limits::kAuditSubjectsMax. Counts are lower
  // bounds: `subject_error` (0: they are exact) is the most that each can be short of.
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
  // How many of the outcome's rows a list can hold.
  static std::size_t listed_max(Outcome outcome) noexcept;

 private:
  PlatformTally& tally_of(std::string_view platform);
  void list(const RowResult& row, Outcome outcome);
  void fold_subjects();

  // A row that is not `allow`, with the subject of its number.
  struct SubjectRow {
    SubjectKey subject;
    Outcome outcome;
  };
  void add_subjects(const std::vector<SubjectTally>& sorted);

  std::vector<SubjectRow> recent_subjects_;    // not yet folded into `subjects`
  std::vector<SubjectTally> merged_subjects_;  // of add_subjects(): room, no state
  OutcomeSet enough_ = 0;
};

// One JSON object, the `json` format of reports: everything that a Summary holds, exactly.
void append_json(const Summary& summary, std::string* out);
// What append_json() wrote, as a part of another document; `fault` tells what is wrong with it.
class StateObject;
class StateFault;
void read_summary(const StateObject& object, Summary* summary, StateFault* fault);
// What append_json() wrote. kBadInput that names the fault; `name` stands for the text.
[[nodiscard]] Result<Summary> summary_from_json(std::string_view json, std::string_view name);

}  // namespace beian::audit
