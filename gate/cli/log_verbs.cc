#include <memory>
#include <set>
#include <string>
#include <vector>

#include "cache/base/file.h"
#include "cache/base/json_writer.h"
#include "cache/base/time.h"
#include "gate/cli/console.h"
#include "gate/cli/exit_code.h"
#include "gate/cli/log_replay_verb.h"
#include "gate/cli/log_source.h"
#include "gate/cli/verbs.h"
#include "gate/log/filter.h"
#include "gate/log/limits.h"
#include "gate/log/verify.h"
#include "gate/log/walk.h"

namespace beian::cli {
namespace {

using log::VerifyReport;

// --- log verify ---

struct VerifyVerb {
  std::vector<std::string> paths;
  std::vector<std::string> keys;
  std::string checkpoint;
  bool is_json = false;
};

std::string line_of(const log::Fault& fault) {
  std::string text = fault.file.empty() ? "" : fault.file + ":";
  if (fault.line > 0)
    text += std::to_string(fault.line) + ": byte " + std::to_string(fault.offset) + ":";
  return text + (text.empty() ? "" : " ") + printable(fault.what) + "\n";
}

std::string report_text(const VerifyReport& report, bool is_live) {
  std::string out;
  for (const log::Fault& fault : report.faults) out += line_of(fault);
  if (report.faults_count > report.faults.size())
    out += "… and " + std::to_string(report.faults_count - report.faults.size()) + " more\n";
  out += report.faults_count == 0 ? "ok: "
                                  : "DAMAGED: " + std::to_string(report.faults_count) + " faults; ";
  out += std::to_string(report.decisions) + " decisions in " + std::to_string(report.segments) +
         " segments, records " + std::to_string(report.first_sequence) + " to " +
         std::to_string(report.last.sequence) + "\n";
  if (report.checkpoints > 0)
    out += (report.vouched_time.empty()
                ? "vouched for by no checkpoint, "
                : "vouched for up to record " + std::to_string(report.vouched_sequence) + " at " +
                      printable(report.vouched_time) + ", ") +
           std::to_string(report.signed_checkpoints) + " of " + std::to_string(report.checkpoints) +
           " checkpoints signed\n";
  if (report.restarts > 0)
    out += std::to_string(report.restarts) + " starts without a stop before: crashes\n";
  if (report.abandoned_bytes > 0)
    out += std::to_string(report.abandoned_bytes) +
           " bytes of writes that failed; they never counted\n";
  if (is_live)
    out += "a gate is writing this log\n";
  else if (!report.is_stopped)
    out += "ends without a stop: behind the last checkpoint, a crash and a cut look alike\n";
  return out;
}

std::string as_json(const VerifyReport& report, bool is_live) {
  std::string out;
  JsonWriter json(&out);
  const auto number = [&](std::string_view name, std::uint64_t value) {
    json.unsigned_field(name, value);
  };
  const auto flag = [&](std::string_view name, bool value) {
    json.key(name);
    json.boolean(value);
  };
  json.begin_object();
  flag("ok", report.faults_count == 0);
  json.key("faults");
  json.begin_array();
  for (const log::Fault& fault : report.faults) {
    json.begin_object();
    json.field("file", fault.file);
    number("line", fault.line);
    number("byte", fault.offset);
    json.field("what", fault.what);
    json.end_object();
  }
  json.end_array();
  number("faults_count", report.faults_count);
  number("segments", report.segments);
  number("records", report.records);
  number("decisions", report.decisions);
  number("checkpoints", report.checkpoints);
  number("signed_checkpoints", report.signed_checkpoints);
  number("first_sequence", report.first_sequence);
  number("last_sequence", report.last.sequence);
  json.field("last_hash", to_hex(report.last.hash));
  number("vouched_sequence", report.vouched_sequence);
  json.field("vouched_time", report.vouched_time);
  number("restarts", report.restarts);
  number("abandoned_bytes", report.abandoned_bytes);
  flag("is_stopped", report.is_stopped);
  flag("is_live", is_live);
  json.end_object();
  return out + "\n";
}

int verify_segments(const VerifyVerb& verb) {
  log::VerifyOptions options;
  for (const std::string& path : verb.keys) {
    const auto key = cache::load_public_key(path);
    if (!key) return fail(key.error());
    options.keys.push_back(*key);
  }
  if (!verb.checkpoint.empty()) {
    const auto text = read_file(verb.checkpoint, log::kRecordBytesMax);
    if (!text) return fail(text.error());
    auto head = log::parse_head(*text, verb.checkpoint);
    if (!head) return fail(head.error());
    options.expected = std::move(*head);
  }
  const auto source = open_log(verb.paths);
  if (!source) return fail(source.error());
  options.is_folder = source->is_folder;
  options.is_live = source->is_live;
  const auto report = log::verify_log(source->disk.get(), source->segments, options);
  if (!report) return fail(report.error());
  print_out(verb.is_json ? as_json(*report, source->is_live)
                         : report_text(*report, source->is_live));
  return report->faults_count == 0 ? 0 : kBadInput;
}

// --- log show ---

struct ShowVerb {
  std::vector<std::string> paths;
  std::vector<std::string> filters;
  std::string since;
  std::string until;
  std::string digest_key;
};

Result<log::Filter> filter_of(const ShowVerb& verb) {
  log::Filter filter;
  for (const std::string& text : verb.filters)
    if (auto added = filter.add(text); !added) return added.error();
  const auto time = [](const std::string& text) { return parse_instant(text); };
  for (const std::string& text : {verb.since, verb.until})
    if (!text.empty() && !time(text))
      return make_error(ErrorKind::kUsage,
                        "not a time: " + printable(text) + "; write it as 2026-01-02T03:00:00Z");
  if (!verb.since.empty()) filter.since(*time(verb.since));
  if (!verb.until.empty()) filter.until(*time(verb.until));
  if (!verb.digest_key.empty()) {
    const auto key = log::DigestKey::load(verb.digest_key);
    if (!key) return key.error();
    filter.use_key(*key);
  }
  return filter;
}

int show(const ShowVerb& verb) {
  const auto filter = filter_of(verb);
  if (!filter) return fail(filter.error());
  const auto source = open_decisions(verb.paths);
  if (!source) return fail(source.error());
  constexpr std::size_t kPrintedAtOnce = 64 * 1024;
  std::string out;
  std::uint64_t faults = 0;
  log::DecisionWalk walk;
  walk.is_live = source->is_live;
  walk.on_decision = [&](const log::DecisionRecord& record, std::string_view line) {
    if (!filter->matches(record)) return;
    out += line;
    out += '\n';
    if (out.size() < kPrintedAtOnce) return;
    print_out(out);
    out.clear();
  };
  walk.on_fault = [&](const std::string& place, std::string_view what) {
    if (faults++ < log::kFaultsShownMax) print_talk(place + ": " + printable(what));
  };
  std::set<std::string> keys_missing;
  walk.on_segment = [&](const log::SegmentRecord& segment) {
    if (filter->is_blind(segment.digest_key)) keys_missing.insert(segment.digest_key);
  };
  const auto walked = log::walk_decisions(source->disk.get(), source->segments, walk);
  print_out(out);
  for (const std::string& key : keys_missing)
    print_talk("id, number, package and name stand there as digests under the key " + key +
               ", and are found only with its file: --digest-key");
  if (!walked) return fail(walked.error());
  if (faults == 0) return 0;
  print_talk(std::to_string(faults) + " lines are damaged; `log verify` says more");
  return kBadInput;
}

constexpr const char* kPathsHelp = "the log's folder, or segments of one folder in order";

}  // namespace

void add_log(Verb program) {
  Verb log = program.verb("log", "Verify, search and replay the decision log");
  log.require_verb();

  auto verify_options = std::make_shared<VerifyVerb>();
  Verb verify_verb = log.verb("verify", "Find whatever was changed or is missing");
  verify_verb.option("PATH", &verify_options->paths, kPathsHelp).required();
  verify_verb
      .option("--key", &verify_options->keys,
              "public key, may repeat; every checkpoint must be signed by one of them")
      .named("FILE");
  verify_verb.option("--checkpoint", &verify_options->checkpoint,
                     "a copy of `head` kept elsewhere, which the log must hold");
  verify_verb.flag("--json", &verify_options->is_json, "the report as JSON");
  verify_verb.run([=] { return verify_segments(*verify_options); });

  auto show_options = std::make_shared<ShowVerb>();
  Verb show_verb = log.verb("show", "Decisions as NDJSON, all or some");
  show_verb.option("PATH", &show_options->paths, kPathsHelp).required();
  show_verb.option("--filter", &show_options->filters,
                   "KEY=VALUE[,VALUE…], repeatable, all must hold: decision, code, operation, "
                   "caller, package, platform, name, number, id, serial, decision_id, "
                   "trace_id, request_id");
  show_verb.option("--since", &show_options->since, "from this time on");
  show_verb.option("--until", &show_options->until, "before this time");
  show_verb.option("--digest-key", &show_options->digest_key,
                   "for a log of digests: look for values by this key");
  show_verb.run([=] { return show(*show_options); });

  add_log_replay(log);
}

}  // namespace beian::cli
