// An audit runs a catalog through a pipeline of three stages, into reports.
//
//     catalog ──> chunks of rows ──> judged, rendered, packed ──> written and added up
//                 in order            on all threads               in order
//
// The number of chunks in flight is bounded, so memory does not grow with the catalog. Outputs do
// not depend on the number of threads. Reads no clock: hooks say when a checkpoint is due.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "cache/base/result.h"
#include "gate/audit/checkpoint.h"
#include "gate/audit/judge.h"
#include "gate/audit/report_format.h"

namespace beian::audit {

struct OutputTarget {
  const ReportFormat* format = nullptr;
  std::string path;  // `-`: standard output
};

struct AuditOptions {
  std::string catalog;              // `-`: standard input
  std::optional<std::string> text;  // the catalog itself, uncompressed; if given, no file is opened
  CatalogFormat format = CatalogFormat::kNdjson;
  Encoding encoding = Encoding::kUtf8;
  std::vector<OutputTarget> outputs;
  OutcomeSet only = 0xFF;  // rows that streaming outputs include
  wire::Language language = wire::Language::kZh;
  unsigned threads = 1;
  std::string state_path;  // checkpoint file; empty: none
  std::string registry;    // identifies the registry, for the checkpoint
  std::string judged_by;   // what else decisions depend on (detail, policy), likewise
  Instant now{};
  std::function<Result<void>()> confirm;  // asked after the last row; an error ends the audit
  Summary head;  // what is audited: catalog, registry, serial, …; all counts zero
};

struct Progress {
  std::uint64_t rows = 0;
  std::uint64_t bytes = 0;                   // read from the catalog's file
  std::optional<std::uint64_t> bytes_total;  // none: unknown
  OutcomeCounts outcomes{};
};

// What an audit asks and reports while it runs; called from one thread at a time.
class AuditHooks {
 public:
  virtual ~AuditHooks() = default;
  virtual bool is_interrupted() = 0;
  virtual bool is_checkpoint_due() = 0;
  virtual void show(const Progress& progress) = 0;
};

struct AuditResult {
  Summary summary;
  bool is_interrupted = false;  // the rest of the catalog was not read; no aggregated report
};

// Runs the whole audit. `sponsors` supplies the sponsor names of the summary's subjects; null: no
// names. Continues from `checkpoint` if there is one. Errors: kUnavailable; kBadInput (the
// catalog's compression or CSV header; a checkpoint of another catalog, registry or options);
// kConflict (an output is not what the checkpoint's audit wrote); those of the judge.
[[nodiscard]] Result<AuditResult> run_audit(const AuditOptions& options, const JudgeFactory& judges,
                                            const cache::Registry* sponsors,
                                            std::optional<Checkpoint> checkpoint,
                                            AuditHooks* hooks);

// Fills summary->worst. Individuals are left unnamed.
void rank_subjects(const cache::Registry* sponsors, Summary* summary);
// Writes an aggregated report, completely or not at all.
[[nodiscard]] Result<void> write_report(const OutputTarget& target, const ReportContext& context);

}  // namespace beian::audit
