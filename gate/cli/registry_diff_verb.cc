#include "gate/cli/registry_diff_verb.h"

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "cache/base/limits.h"
#include "gate/audit/audit.h"
#include "gate/audit/diff_judge.h"
#include "gate/cli/audit_hooks.h"
#include "gate/cli/audit_outputs.h"
#include "gate/cli/config.h"
#include "gate/cli/console.h"
#include "gate/cli/exit_code.h"
#include "gate/cli/places.h"
#include "gate/cli/record_diff.h"
#include "gate/cli/registry_source.h"

namespace beian::cli {
namespace {

using cache::Snapshot;

struct DiffFlags {
  std::string before;
  std::string after;
  std::string catalog;
  std::vector<std::string> outputs;
  std::string format;
  std::string encoding = "utf-8";
  std::string config;
  std::string lang = "zh-CN";
  unsigned threads = 0;
  bool is_quiet = false;
};

std::string told(const RecordCounts& counts) {
  return std::to_string(counts.added) + " added, " + std::to_string(counts.removed) + " removed, " +
         std::to_string(counts.changed) + " changed";
}

int diff_records(const DiffFlags& flags, const Snapshot& before, const Snapshot& after) {
  const RecordDiff diff = print_record_diff(before, after);
  if (!flags.is_quiet)
    print_talk("serial " + std::to_string(before.info().serial) + " -> " +
               std::to_string(after.info().serial) + ": subjects " + told(diff.subjects) +
               "; services " + told(diff.services));
  return kAllAllowed;
}

Result<void> check_places(const DiffFlags& flags, const Config& config,
                          const std::vector<audit::OutputTarget>& targets) {
  std::vector<Place> outputs;
  add_outputs(targets, &outputs);
  const Place inputs[] = {
      {"the snapshot", flags.before},     {"the snapshot", flags.after},
      {"the catalog", flags.catalog},     {"--config", flags.config},
      {"the policy", config.policy_file}, {"the guidance", config.guidance_file}};
  return keep_apart(outputs, inputs);
}

int diff_decisions(const DiffFlags& flags, const std::shared_ptr<const Snapshot>& before,
                   const std::shared_ptr<const Snapshot>& after) {
  const auto config = load_config(flags.config);
  if (!config) return fail(config.error());
  audit::AuditOptions audit_of;
  audit_of.catalog = flags.catalog;
  audit_of.format = catalog_format(flags.catalog, flags.format);
  const auto encoding = audit::parse_encoding(flags.encoding);
  if (!encoding)
    return fail(
        make_error(ErrorKind::kUsage, "--encoding is utf-8 or gb18030, not " + flags.encoding));
  audit_of.encoding = *encoding;
  const auto outputs =
      output_targets(flags.outputs.empty() ? std::vector<std::string>{"ndjson"} : flags.outputs);
  if (!outputs) return fail(outputs.error());
  audit_of.outputs = *outputs;
  if (auto apart = check_places(flags, *config, *outputs); !apart) return fail(apart.error());
  audit_of.language = flags.lang == "en" ? wire::Language::kEn : wire::Language::kZh;
  audit_of.threads = thread_count(flags.threads);
  audit_of.now = now_in_seconds();
  audit_of.head.catalog = flags.catalog == "-" ? "" : flags.catalog;
  audit_of.head.registry = flags.before + " -> " + flags.after;
  audit_of.head.serial = after->info().serial;
  audit_of.head.registry_as_of = format_instant(after->info().as_of);
  audit_of.head.registry_state = name_of(cache::Freshness::kFresh);
  const auto state = load_rules(*config);
  if (!state) return fail(state.error());
  // Differences must come from what the two hold, not from their age.
  const auto context = [&](const std::shared_ptr<const Snapshot>& snapshot,
                           const std::string& path) {
    return audit::LocalContext{
        std::make_shared<const cache::Generation>(snapshot, kNeverStale, path),
        state->policies->base(),
        *state->calendar,
        *state->guidance,
        audit_of.language,
        audit_of.now,
        /*is_detail_full=*/false};
  };
  const audit::LocalContext context_before = context(before, flags.before);
  const audit::LocalContext context_after = context(after, flags.after);
  ConsoleHooks hooks(flags.is_quiet, std::chrono::seconds{1});
  const auto result = audit::run_audit(audit_of, audit::diff_judges(context_before, context_after),
                                       cache::Registry::over(after).get(), std::nullopt, &hooks);
  hooks.clear();
  if (!result) return fail(result.error());
  if (result->is_interrupted) {
    print_talk("interrupted; the output is not whole");
    return kUnavailable;
  }
  if (!flags.is_quiet) tell_unknown_fields(result->summary);
  if (result->summary.rows_read == 0) print_talk(flags.catalog + " holds no rows");
  return exit_code_of(result->summary, false);
}

int diff(const DiffFlags& flags) {
  auto before = Snapshot::open(flags.before);
  if (!before) return fail(before.error());
  auto after = Snapshot::open(flags.after);
  if (!after) return fail(after.error());
  return flags.catalog.empty() ? diff_records(flags, **before, **after)
                               : diff_decisions(flags, *before, *after);
}

}  // namespace

void add_registry_diff(Verb registry) {
  Verb verb = registry.verb(
      "diff",
      "What changed between two snapshots; with --catalog, the rows whose decision changed");
  auto flags = std::make_shared<DiffFlags>();
  verb.option("BEFORE", &flags->before, "snapshot file").required();
  verb.option("AFTER", &flags->after, "snapshot file").required();
  const Option catalog =
      verb.option("--catalog", &flags->catalog, "catalog as of audit; - is standard input");
  verb.option("--output", &flags->outputs,
              "FORMAT[=FILE] as of audit, may repeat; without it, ndjson")
      .needs(catalog);
  verb.option("--format", &flags->format, "ndjson or csv, where the name does not say it")
      .needs(catalog)
      .one_of({"ndjson", "csv"});
  verb.option("--encoding", &flags->encoding, "utf-8, the default, or gb18030").needs(catalog);
  verb.option("--threads", &flags->threads, "0, the default: one for each processor")
      .in_range(0U, static_cast<unsigned>(limits::kAuditThreadsMax));
  verb.option("--config", &flags->config, "gate.toml, for policy and guidance");
  verb.option("--lang", &flags->lang, "zh-CN, the default, or en").one_of({"zh-CN", "en"});
  verb.flag("--quiet", &flags->is_quiet, "no counts on standard error");
  verb.run([=] { return diff(*flags); });
}

}  // namespace beian::cli
