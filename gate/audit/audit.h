// An audit: a catalog through a pipeline of three stages, into reports.
//
//     catalog ──> chunks of rows ──> judged, rendered, packed ──> written and added up
//                 in order            on all threads               in order
//
// A bounded number of chunks is on its way, so memory does not grow with the catalog. Outputs do
// not depend on the number of threads. Reads no clock: hooks say when a checkpoint is due.
#pragma once

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
  std::optional<std::string> text;  // the catalog itself, plain; nothing is opened then
  CatalogFormat format = CatalogFormat::kNdjson;
  Encoding encoding = Encoding::kUtf8;
  std::vector<OutputTarget> outputs;
  OutcomeSet only = 0xFF;  // rows that streaming outputs get
  wire::Language language = wire::Language::kZh;
  unsigned threads = 1;
  std::string state_path;  // of the checkpoint; empty: none is kept
  std::string registry;    // what tells this registry from another, for the checkpoint
  std::string judged_by;   // what else decisions depend on: detail, policy; for the same
  Instant now{};
  Summary head;  // what was audited: catalog, registry, serial, …; nothing counted
};

struct Progress {
  std::uint64_t rows = 0;
  std::uint64_t bytes = 0;                   // of the catalog's file
  std::optional<std::uint64_t> bytes_total;  // none: not known
  OutcomeCounts outcomes{};
};

// What an audit asks and tells while it runs; called from one thread at a time.
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

// Runs the whole audit. `sponsors` names the subjects of the summary; null: nobody does.
// `checkpoint`, if any, is where it goes on. Errors: kUnavailable, kBadInput (the catalog's
// compression or CSV header; another catalog, registry or options than the checkpoint's), kConflict
// (an output that is not what the checkpoint's audit wrote), the judge's.
[[nodiscard]] Result<AuditResult> run_audit(const AuditOptions& options, const JudgeFactory& judges,
                                            const cache::Registry* sponsors,
                                            std::optional<Checkpoint> checkpoint,
                                            AuditHooks* hooks);

// Fills summary->worst. Individuals are not named.
void rank_subjects(const cache::Registry* sponsors, Summary* summary);
// Writes an aggregated report, whole or not at all.
[[nodiscard]] Result<void> write_report(const OutputTarget& target, const ReportContext& context);

}  // namespace beian::audit
