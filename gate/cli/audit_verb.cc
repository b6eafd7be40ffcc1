#include <unistd.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "cache/base/bytes.h"
#include "cache/base/file.h"
#include "cache/base/limits.h"
#include "cache/base/sha256.h"
#include "gate/audit/audit.h"
#include "gate/audit/remote_judge.h"
#include "gate/cli/audit_hooks.h"
#include "gate/cli/audit_merge_verb.h"
#include "gate/cli/audit_outputs.h"
#include "gate/cli/config.h"
#include "gate/cli/console.h"
#include "gate/cli/exit_code.h"
#include "gate/cli/gate_flags.h"
#include "gate/cli/http_client.h"
#include "gate/cli/patient_gate.h"
#include "gate/cli/places.h"
#include "gate/cli/verbs.h"
#include "gate/http/build_info.h"

namespace beian::cli {
namespace {

struct Options : OutputFlags {
  std::string catalog;
  std::string registry;
  GateFlags gate;
  std::string config;
  std::string resume;
  std::string format;
  std::string encoding = "utf-8";
  std::optional<std::uint64_t> since;
  unsigned save_seconds = 1;
  bool is_strict = false;
  bool is_quiet = false;
};

Result<audit::AuditOptions> catalog_options(const Options& options) {
  const auto usage = [](const std::string& what) { return make_error(ErrorKind::kUsage, what); };
  if (options.catalog.empty())
    return usage("name the catalog: a file of check requests, or - for standard input");
  const auto encoding = audit::parse_encoding(options.encoding);
  if (!encoding) return usage("--encoding is utf-8 or gb18030, not " + options.encoding);
  auto out = audit_options(options);
  if (!out) return out.error();
  out->catalog = options.catalog;
  out->format = catalog_format(options.catalog, options.format);
  out->encoding = *encoding;
  out->state_path = options.resume;
  for (const audit::OutputTarget& target : out->outputs)
    if (!options.resume.empty() && target.path == "-" && target.format->is_streaming())
      return usage("--resume cannot go on with " + std::string(target.format->name) +
                   " on standard output; give it a file: --output " +
                   std::string(target.format->name) + "=FILE");
  return out;
}

// `registry`: the snapshot to read; empty: none.
Result<void> check_places(const Options& options, const audit::AuditOptions& audit_of,
                          const std::string& registry, const Config& config) {
  std::vector<Place> outputs{{"--resume", options.resume}};
  add_outputs(audit_of.outputs, &outputs);
  const Place inputs[] = {{"the catalog", options.catalog},
                          {"the registry", registry},
                          {"--config", options.config},
                          {"the policy", config.policy_file},
                          {"the guidance", config.guidance_file}};
  return keep_apart(outputs, inputs);
}

// Reads a file for its digest; an empty path stands for what is compiled in.
Result<std::string> digest_of_file(const std::string& path) {
  if (path.empty()) return std::string("built-in");
  const auto text = read_file(path, limits::kConfigBytesMax);
  if (!text) return text.error();
  return to_hex(sha256(*text));
}

// What decisions depend on, apart from catalog and registry.
Result<std::string> judged_by(const Options& options, const Config& config) {
  const auto policy = digest_of_file(config.policy_file);
  if (!policy) return policy.error();
  const auto guidance = digest_of_file(config.guidance_file);
  if (!guidance) return guidance.error();
  return "detail=" + options.detail + " version=" + std::string(kVersion) + " policy=" + *policy +
         " guidance=" + *guidance +
         " stale_after_seconds=" + std::to_string(config.registry.thresholds.stale_after.count()) +
         " expired_after_seconds=" +
         std::to_string(config.registry.thresholds.expired_after.count()) +
         (options.since ? " since=" + std::to_string(*options.since) : "");
}

// What to do about an audit that has not come to its end.
std::string way_on(const Options& options) {
  return options.resume.empty() ? "without --resume the next audit begins at the first row"
                                : "run the same command again to go on from " + options.resume;
}

int finish(const Options& options, const audit::AuditResult& result) {
  const audit::Summary& summary = result.summary;
  if (result.is_interrupted) {
    print_talk("interrupted after " + std::to_string(summary.rows) + " rows; " + way_on(options));
    return kUnavailable;
  }
  if (!options.resume.empty()) ::unlink(options.resume.c_str());
  const std::uint64_t bad = summary.count(audit::Outcome::kBad);
  const bool is_unchanged = options.since && is_nothing_told(summary);
  if (is_unchanged && !options.is_quiet)
    print_talk("no row has another answer than at serial " + std::to_string(*options.since));
  if (!options.is_quiet) tell_unknown_fields(summary);
  if (summary.rows_read == 0) print_talk(options.catalog + " holds no rows");
  if (bad > 0 && !options.is_quiet) {
    const audit::ListedRow& first = summary.rows_of(audit::Outcome::kBad).front();
    print_talk(std::to_string(bad) + (options.since ? "" : " of " + std::to_string(summary.rows)) +
               " rows could not be read; the first is row " + std::to_string(first.row) +
               ", line " + std::to_string(first.line) + ": " +
               (first.pointer.empty() ? "" : printable(first.pointer) + ": ") +
               printable(first.problem));
    const bool is_guessed = options.format.empty() && !tells_format(options.catalog);
    if (is_guessed && bad == summary.rows)
      print_talk(
          "rows were read as NDJSON, since the name says nothing else; of CSV, say --format "
          "csv");
  }
  return exit_code_of(summary, options.is_strict);
}

int conclude(const Options& options, const audit::AuditOptions& audit_of,
             const audit::JudgeFactory& judges, const cache::Registry* sponsors,
             std::optional<audit::Checkpoint> checkpoint) {
  ConsoleHooks hooks(options.is_quiet, std::chrono::seconds{options.save_seconds});
  const auto result = audit::run_audit(audit_of, judges, sponsors, std::move(checkpoint), &hooks);
  hooks.clear();
  if (result) return finish(options, *result);
  Error error = result.error();
  if (error.kind == ErrorKind::kUnavailable && !options.resume.empty())
    error.message += "; " + way_on(options);
  return fail(error);
}

// Judges by a registry that is opened here.
int run_here(const Options& options, audit::AuditOptions audit_of,
             std::optional<audit::Checkpoint> checkpoint) {
  auto config = load_config(options.config);
  if (!config) return fail(config.error());
  if (!options.registry.empty()) config->registry.path = options.registry;
  if (auto apart = check_places(options, audit_of, config->registry.path, *config); !apart)
    return fail(apart.error());
  auto judged = judged_by(options, *config);
  if (!judged) return fail(judged.error());
  audit_of.judged_by = std::move(*judged);
  auto state = options.since ? load_rules(*config) : load_state(*config, audit_of.now);
  if (!state) return fail(state.error());
  tell_of_built_in(config->registry, "--registry, --url or --config");
  std::shared_ptr<const cache::Generation> before;
  if (options.since) {
    auto kept = open_history(config->registry, *options.since, audit_of.now);
    if (!kept) return fail(kept.error());
    state->generation = std::move(kept->now);
    before = std::move(kept->before);
  }
  const cache::Generation& generation = *state->generation;
  audit_of.registry = to_hex(generation.info().chain);
  audit_of.head.registry = options.since ? config->registry.local_copy + " since serial " +
                                               std::to_string(*options.since)
                                         : config->registry.path;
  audit_of.head.serial = generation.serial();
  audit_of.head.registry_as_of = format_instant(generation.info().as_of);
  audit_of.head.registry_state = name_of(generation.freshness(audit_of.now));
  const audit::LocalContext context{state->generation,        state->policies->base(),
                                    *state->calendar,         *state->guidance,
                                    audit_of.language,        audit_of.now,
                                    options.detail == "full", before};
  return conclude(options, audit_of, audit::local_judges(context), &generation.registry(),
                  std::move(checkpoint));
}

Error refusal(const std::string& asked, const ClientResponse& answer) {
  return make_error(
      refusal_kind(answer.status),
      asked + " answered " + std::to_string(answer.status) + ": " + printable(answer.body));
}

// What the gate serves now; `head` gets it, too.
Result<audit::RemoteRegistry> ask_registry(const std::string& url, PatientGate* gate,
                                           audit::Summary* head) {
  const std::string target = "/v1/registry";
  const auto answer = gate->ask(target, "");
  if (!answer) return answer.error();
  if (answer->status != 200) return refusal(url + target, *answer);
  return audit::read_remote_registry(answer->body, head);
}

// Fails if the gate serves another registry than `began`, of `serial`. After a rollback the same
// serial comes again with other contents, in another epoch. A later serial of the same epoch does
// not matter: the answers to all rows had the first one.
Result<void> confirm_registry(const std::string& url, PatientGate* gate,
                              const audit::RemoteRegistry& began, std::uint64_t serial) {
  audit::Summary head;
  const auto now = ask_registry(url, gate, &head);
  if (!now) return now.error();
  const bool is_other =
      head.serial == serial ? now->contents != began.contents : now->epoch != began.epoch;
  return is_other ? audit::registry_changed(serial, head.serial) : Result<void>{};
}

// Judges by asking a running gate.
int run_remote(const Options& options, audit::AuditOptions audit_of,
               std::optional<audit::Checkpoint> checkpoint) {
  const auto client = open_gate(options.gate);
  if (!client) return fail(client.error());
  PatientGate gate(client->get());
  const std::string& url = options.gate.url;
  const auto began = ask_registry(url, &gate, &audit_of.head);
  if (!began) return fail(began.error());
  audit_of.head.registry = url;
  const std::uint64_t serial = audit_of.head.serial;
  audit_of.registry = url + " serial " + std::to_string(serial) + " " + printable(began->contents);
  audit_of.confirm = [&] { return confirm_registry(url, &gate, *began, serial); };
  const std::string lang = "lang=" + options.lang;
  const auto ask_rows = [&](const std::string& path,
                            const std::string& body) -> Result<audit::GateAnswer> {
    const char* const separator = path.find('?') == std::string::npos ? "?" : "&";
    auto answer = gate.ask(path + separator + lang, body);
    if (!answer) return answer.error();
    if (answer->status != 200 && answer->status != 400) return refusal(url + path, *answer);
    return audit::GateAnswer{answer->status == 400, std::move(answer->body)};
  };
  return conclude(options, audit_of, ending_together(audit::remote_judges(ask_rows, serial), &gate),
                  nullptr, std::move(checkpoint));
}

int run(const Options& options) {
  auto audit_of = catalog_options(options);
  if (!audit_of) return fail(audit_of.error());
  if (auto apart = check_places(options, *audit_of, options.registry, {}); !apart)
    return fail(apart.error());
  std::optional<audit::Checkpoint> checkpoint;
  if (!options.resume.empty()) {
    auto loaded = audit::load_checkpoint(options.resume);
    if (!loaded) return fail(loaded.error());
    checkpoint = std::move(*loaded);
  }
  audit_of->now = checkpoint ? checkpoint->now : now_in_seconds();
  audit_of->head.catalog = options.catalog == "-" ? "" : options.catalog;
  return options.gate.url.empty()
             ? run_here(options, std::move(*audit_of), std::move(checkpoint))
             : run_remote(options, std::move(*audit_of), std::move(checkpoint));
}

}  // namespace

void add_audit(Verb program) {
  Verb verb = program.verb(
      "audit",
      "Check a whole catalog of check requests: NDJSON or CSV, also .gz and .zst, - for standard "
      "input");
  auto options = std::make_shared<Options>();
  verb.option("CATALOG", &options->catalog, "file, or - for standard input");
  const Option registry = verb.option("--registry", &options->registry,
                                      "snapshot file; without it, the built-in registry");
  add_output_flags(verb, options.get());
  verb.option("--resume", &options->resume,
              "keep the state here, and go on from it after an interruption");
  verb.option("--save-seconds", &options->save_seconds,
              "how often --resume keeps the state; 0: after every 256 KiB of the catalog");
  verb.option("--format", &options->format, "ndjson or csv, where the name does not say it")
      .one_of({"ndjson", "csv"});
  verb.option("--encoding", &options->encoding, "utf-8, the default, or gb18030");
  const Option since = verb.option(
      "--since", &options->since,
      "SERIAL: report only the rows that get another answer now than the registry gave at that "
      "serial (decision, assurance, filing number or findings; REGISTRY_STALE does not count), and "
      "rows that cannot be read; by the local copy of the gate whose --config this is");
  since.named("SERIAL").excludes(registry);
  const Option detail = verb.option("--detail", &options->detail,
                                    "brief, the default, or full, of rows that do not say")
                            .one_of({"brief", "full"});
  const Option config =
      verb.option("--config", &options->config, "gate.toml, for policy and guidance");
  const Option url =
      add_gate_flags(verb, "ask a running gate, such as http://127.0.0.1:8080", &options->gate)
          .excludes(registry)
          .excludes(since)
          .excludes(detail)
          .excludes(config);
  add_api_key_flag(verb, url, &options->gate);
  verb.flag("--strict", &options->is_strict, "bad rows end the audit with 65");
  verb.flag("--quiet", &options->is_quiet,
            "no progress, no word about bad rows and fields that are ignored");
  add_audit_merge(verb);
  verb.run([=] { return run(*options); });
}

}  // namespace beian::cli
