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

struct AuditFlags : OutputFlags {
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

Result<audit::AuditOptions> catalog_options(const AuditFlags& flags) {
  const auto usage = [](const std::string& what) { return make_error(ErrorKind::kUsage, what); };
  if (flags.catalog.empty())
    return usage("name the catalog: a file of check requests, or - for standard input");
  const auto encoding = audit::parse_encoding(flags.encoding);
  if (!encoding) return usage("--encoding is utf-8 or gb18030, not " + flags.encoding);
  auto out = audit_options(flags);
  if (!out) return out.error();
  out->catalog = flags.catalog;
  out->format = catalog_format(flags.catalog, flags.format);
  out->encoding = *encoding;
  out->state_path = flags.resume;
  for (const audit::OutputTarget& target : out->outputs)
    if (!flags.resume.empty() && target.path == "-" && target.format->is_streaming())
      return usage("--resume cannot go on with " + std::string(target.format->name) +
                   " on standard output; give it a file: --output " +
                   std::string(target.format->name) + "=FILE");
  return out;
}

// `registry`: the snapshot to read; empty: none.
Result<void> check_places(const AuditFlags& flags, const audit::AuditOptions& audit_of,
                          const std::string& registry, const Config& config) {
  std::vector<Place> outputs{{"--resume", flags.resume}};
  add_outputs(audit_of.outputs, &outputs);
  const Place inputs[] = {{"the catalog", flags.catalog},
                          {"the registry", registry},
                          {"--config", flags.config},
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
Result<std::string> judged_by(const AuditFlags& flags, const Config& config) {
  const auto policy = digest_of_file(config.policy_file);
  if (!policy) return policy.error();
  const auto guidance = digest_of_file(config.guidance_file);
  if (!guidance) return guidance.error();
  return "detail=" + flags.detail + " version=" + std::string(kVersion) + " policy=" + *policy +
         " guidance=" + *guidance +
         " stale_after_seconds=" + std::to_string(config.registry.thresholds.stale_after.count()) +
         " expired_after_seconds=" +
         std::to_string(config.registry.thresholds.expired_after.count()) +
         (flags.since ? " since=" + std::to_string(*flags.since) : "");
}

// What to do about an audit that has not come to its end.
std::string way_on(const AuditFlags& flags) {
  return flags.resume.empty() ? "without --resume the next audit begins at the first row"
                              : "run the same command again to go on from " + flags.resume;
}

int finish_audit(const AuditFlags& flags, const audit::AuditResult& result) {
  const audit::Summary& summary = result.summary;
  if (result.is_interrupted) {
    print_talk("interrupted after " + std::to_string(summary.rows) + " rows; " + way_on(flags));
    return kUnavailable;
  }
  if (!flags.resume.empty()) ::unlink(flags.resume.c_str());
  const std::uint64_t bad = summary.count(audit::Outcome::kBad);
  const bool is_unchanged = flags.since && is_nothing_told(summary);
  if (is_unchanged && !flags.is_quiet)
    print_talk("no row has another answer than at serial " + std::to_string(*flags.since));
  if (!flags.is_quiet) tell_unknown_fields(summary);
  if (summary.rows_read == 0) print_talk(flags.catalog + " holds no rows");
  if (bad > 0 && !flags.is_quiet) {
    const audit::ListedRow& first = summary.rows_of(audit::Outcome::kBad).front();
    print_talk(std::to_string(bad) + (flags.since ? "" : " of " + std::to_string(summary.rows)) +
               " rows could not be read; the first is row " + std::to_string(first.row) +
               ", line " + std::to_string(first.line) + ": " +
               (first.pointer.empty() ? "" : printable(first.pointer) + ": ") +
               printable(first.problem));
    const bool is_guessed = flags.format.empty() && !tells_format(flags.catalog);
    if (is_guessed && bad == summary.rows)
      print_talk(
          "rows were read as NDJSON, since the name says nothing else; of CSV, say --format "
          "csv");
  }
  return exit_code_of(summary, flags.is_strict);
}

int conclude(const AuditFlags& flags, const audit::AuditOptions& audit_of,
             const audit::JudgeFactory& judges, const cache::Registry* sponsors,
             std::optional<audit::Checkpoint> checkpoint) {
  ConsoleHooks hooks(flags.is_quiet, std::chrono::seconds{flags.save_seconds});
  const auto result = audit::run_audit(audit_of, judges, sponsors, std::move(checkpoint), &hooks);
  hooks.clear();
  if (result) return finish_audit(flags, *result);
  Error error = result.error();
  if (error.kind == ErrorKind::kUnavailable && !flags.resume.empty())
    error.message += "; " + way_on(flags);
  return fail(error);
}

// Judges by a registry that is opened here.
int run_here(const AuditFlags& flags, audit::AuditOptions audit_of,
             std::optional<audit::Checkpoint> checkpoint) {
  auto config = load_config(flags.config);
  if (!config) return fail(config.error());
  if (!flags.registry.empty()) config->registry.path = flags.registry;
  if (auto apart = check_places(flags, audit_of, config->registry.path, *config); !apart)
    return fail(apart.error());
  auto judged = judged_by(flags, *config);
  if (!judged) return fail(judged.error());
  audit_of.judged_by = std::move(*judged);
  auto state = flags.since ? load_rules(*config) : load_state(*config, audit_of.now);
  if (!state) return fail(state.error());
  tell_of_built_in(config->registry, "--registry, --url or --config");
  std::shared_ptr<const cache::Generation> before;
  if (flags.since) {
    auto kept = open_history(config->registry, *flags.since, audit_of.now);
    if (!kept) return fail(kept.error());
    state->generation = std::move(kept->now);
    before = std::move(kept->before);
  }
  const cache::Generation& generation = *state->generation;
  audit_of.registry = to_hex(generation.info().chain);
  audit_of.head.registry =
      flags.since ? config->registry.local_copy + " since serial " + std::to_string(*flags.since)
                  : config->registry.path;
  audit_of.head.serial = generation.serial();
  audit_of.head.registry_as_of = format_instant(generation.info().as_of);
  audit_of.head.registry_state = name_of(generation.freshness(audit_of.now));
  const audit::LocalContext context{state->generation,      state->policies->base(),
                                    *state->calendar,       *state->guidance,
                                    audit_of.language,      audit_of.now,
                                    flags.detail == "full", before};
  return conclude(flags, audit_of, audit::local_judges(context), &generation.registry(),
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
int run_remote(const AuditFlags& flags, audit::AuditOptions audit_of,
               std::optional<audit::Checkpoint> checkpoint) {
  const auto client = open_gate(flags.gate);
  if (!client) return fail(client.error());
  PatientGate gate(client->get());
  const std::string& url = flags.gate.url;
  const auto began = ask_registry(url, &gate, &audit_of.head);
  if (!began) return fail(began.error());
  audit_of.head.registry = url;
  const std::uint64_t serial = audit_of.head.serial;
  audit_of.registry = url + " serial " + std::to_string(serial) + " " + printable(began->contents);
  audit_of.confirm = [&] { return confirm_registry(url, &gate, *began, serial); };
  const std::string lang = "lang=" + flags.lang;
  const auto ask_rows = [&](const std::string& path,
                            const std::string& body) -> Result<audit::GateAnswer> {
    const char* const separator = path.find('?') == std::string::npos ? "?" : "&";
    auto answer = gate.ask(path + separator + lang, body);
    if (!answer) return answer.error();
    if (answer->status != 200 && answer->status != 400) return refusal(url + path, *answer);
    return audit::GateAnswer{answer->status == 400, std::move(answer->body)};
  };
  return conclude(flags, audit_of, ending_together(audit::remote_judges(ask_rows, serial), &gate),
                  nullptr, std::move(checkpoint));
}

int audit_catalog(const AuditFlags& flags) {
  auto audit_of = catalog_options(flags);
  if (!audit_of) return fail(audit_of.error());
  if (auto apart = check_places(flags, *audit_of, flags.registry, {}); !apart)
    return fail(apart.error());
  std::optional<audit::Checkpoint> checkpoint;
  if (!flags.resume.empty()) {
    auto loaded = audit::load_checkpoint(flags.resume);
    if (!loaded) return fail(loaded.error());
    checkpoint = std::move(*loaded);
  }
  audit_of->now = checkpoint ? checkpoint->now : now_in_seconds();
  audit_of->head.catalog = flags.catalog == "-" ? "" : flags.catalog;
  return flags.gate.url.empty() ? run_here(flags, std::move(*audit_of), std::move(checkpoint))
                                : run_remote(flags, std::move(*audit_of), std::move(checkpoint));
}

}  // namespace

void add_audit(Verb program) {
  Verb verb = program.verb(
      "audit",
      "Check a whole catalog of check requests: NDJSON or CSV, also .gz and .zst, - for standard "
      "input");
  auto flags = std::make_shared<AuditFlags>();
  verb.option("CATALOG", &flags->catalog, "file, or - for standard input");
  const Option registry = verb.option("--registry", &flags->registry,
                                      "snapshot file; without it, the built-in registry");
  add_output_flags(verb, flags.get());
  verb.option("--resume", &flags->resume,
              "keep the state here, and go on from it after an interruption");
  verb.option("--save-seconds", &flags->save_seconds,
              "how often --resume keeps the state; 0: after every 256 KiB of the catalog");
  verb.option("--format", &flags->format, "ndjson or csv, where the name does not say it")
      .one_of({"ndjson", "csv"});
  verb.option("--encoding", &flags->encoding, "utf-8, the default, or gb18030");
  const Option since = verb.option(
      "--since", &flags->since,
      "SERIAL: report only the rows that get another answer now than the registry gave at that "
      "serial (decision, assurance, filing number or findings; REGISTRY_STALE does not count), and "
      "rows that cannot be read; by the local copy of the gate whose --config this is");
  since.named("SERIAL").excludes(registry);
  const Option detail = verb.option("--detail", &flags->detail,
                                    "brief, the default, or full, of rows that do not say")
                            .one_of({"brief", "full"});
  const Option config =
      verb.option("--config", &flags->config, "gate.toml, for policy and guidance");
  const Option url =
      add_gate_flags(verb, "ask a running gate, such as http://127.0.0.1:8080", &flags->gate)
          .excludes(registry)
          .excludes(since)
          .excludes(detail)
          .excludes(config);
  add_api_key_flag(verb, url, &flags->gate);
  verb.flag("--strict", &flags->is_strict, "bad rows end the audit with 65");
  verb.flag("--quiet", &flags->is_quiet,
            "no progress, no word about bad rows and fields that are ignored");
  add_audit_merge(verb);
  verb.run([=] { return audit_catalog(*flags); });
}

}  // namespace beian::cli
