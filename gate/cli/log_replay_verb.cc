#include "gate/cli/log_replay_verb.h"

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "cache/base/json_writer.h"
#include "gate/cli/config.h"
#include "gate/cli/console.h"
#include "gate/cli/exit_code.h"
#include "gate/cli/log_source.h"
#include "gate/decision/evaluate.h"
#include "gate/log/limits.h"
#include "gate/log/walk.h"
#include "gate/wire/request_json.h"
#include "gate/wire/request_query.h"
#include "gate/wire/values.h"

namespace beian::cli {
namespace {

struct ReplayFlags {
  std::vector<std::string> paths;
  std::string registry;
  std::string config;
};

// What is compared between the record and a decision made now.
struct Outcome {
  std::string_view decision;
  std::string_view assurance;
  std::string number;
  std::vector<std::string_view> codes;  // sorted, each once

  friend bool operator==(const Outcome&, const Outcome&) = default;
};

void sort_codes(std::vector<std::string_view>* codes) {
  std::ranges::sort(*codes);
  codes->erase(std::unique(codes->begin(), codes->end()), codes->end());
}

// REGISTRY_STALE does not count: it concerns the age of the registry, not the app.
bool are_same(Outcome before, Outcome after) {
  std::erase(before.codes, name_of(Code::kRegistryStale));
  std::erase(after.codes, name_of(Code::kRegistryStale));
  return before == after;
}

void write_outcome(std::string_view key, const Outcome& outcome, std::uint64_t serial,
                   JsonWriter* json) {
  json->key(key);
  json->begin_object();
  json->field("decision", outcome.decision);
  json->field("assurance", outcome.assurance);
  json->field("filing_number", outcome.number);
  json->key("findings");
  json->begin_array();
  for (const std::string_view code : outcome.codes) json->string(code);
  json->end_array();
  json->unsigned_field("serial", serial);
  json->end_object();
}

class Replay {
 public:
  Replay(const http::GateState& state, const std::vector<http::CallerSettings>& callers)
      : state_(state) {
    // Keyed as in the log, which cuts names.
    for (const http::CallerSettings& caller : callers)
      profiles_.emplace(caller.name.substr(0, log::kCallerBytesMax), caller.profile);
  }

  void take(const log::DecisionRecord& record) {
    if (!record.request_form) {
      ++without_request_;
      return;
    }
    if (!read(record)) {
      ++unreadable_;
      print_talk(std::string(record.decision_id) +
                 ": the request kept does not read any more: " + printable(problem_.detail));
      return;
    }
    if (!is_known(record.caller) && strangers_++ == 0) stranger_ = record.caller;
    // Judged as of the record's time: rules have dates.
    evaluate(check_, *state_.generation, policy_of(record.caller), *state_.calendar, record.second,
             &decision_);
    Outcome before{record.decision, record.assurance, std::string(record.filing_number),
                   record.findings};
    sort_codes(&before.codes);
    const auto number = wire::number_at_issue(decision_);
    Outcome after{name_of(decision_.effect),
                  name_of(decision_.assurance),
                  number ? canonical(*number) : std::string(check_.filing_number),
                  {}};
    for (const Finding& finding : decision_.findings())
      after.codes.push_back(name_of(finding.code));
    sort_codes(&after.codes);
    // A digest cannot be compared with plain text.
    if (before.number.starts_with("hmac:")) after.number = before.number;
    if (are_same(before, after)) {
      ++same_;
      return;
    }
    ++different_;
    tell(record, before, after);
  }

  int end() const {
    print_talk(std::to_string(same_) + " decided the same, " + std::to_string(different_) +
               " differently, " + std::to_string(without_request_) +
               " without their request (keep_request was off, or it was over 64 KiB), " +
               std::to_string(unreadable_) + " not readable");
    if (strangers_ > 0)
      print_talk(
          "asked by callers that the configuration does not name, so decided by the policy "
          "outside of profiles: " +
          std::to_string(strangers_) + ", the first by " + printable(stranger_));
    if (unreadable_ > 0) return kBadInput;
    return different_ > 0 ? kReview : kAllAllowed;
  }

 private:
  // False if a caller was named whose profile, if it had one, nobody knows here.
  bool is_known(std::string_view caller) const {
    return caller.empty() || profiles_.contains(caller);
  }

  const Policy& policy_of(std::string_view caller) const {
    const auto known = profiles_.find(caller);
    return known == profiles_.end() ? state_.policies->base()
                                    : state_.policies->profile(known->second);
  }

  bool read(const log::DecisionRecord& record) {
    if (*record.request_form == log::RequestForm::kQuery) {
      return query_.parse(record.request, &problem_) &&
             wire::read_request(query_, {}, &check_, &problem_);
    }
    padded_.assign(record.request);
    padded_.append(limits::kBodyPaddingBytes, '\0');
    return reader_.read(std::string_view(padded_).substr(0, record.request.size()), {}, &check_,
                        &problem_);
  }

  void tell(const log::DecisionRecord& record, const Outcome& before, const Outcome& after) const {
    std::string out;
    JsonWriter json(&out);
    json.begin_object();
    json.field("decision_id", record.decision_id);
    json.field("time", record.time);
    json.field("operation", record.operation);
    write_outcome("before", before, record.serial, &json);
    write_outcome("now", after, decision_.serial, &json);
    json.end_object();
    print_out(out + "\n");
  }

  const http::GateState& state_;
  std::map<std::string, std::string, std::less<>> profiles_;  // by caller
  wire::RequestReader reader_;
  wire::QueryParameters query_;
  wire::Problem problem_;
  std::string padded_;
  CheckRequest check_;
  Decision decision_;
  std::uint64_t same_ = 0;
  std::uint64_t different_ = 0;
  std::uint64_t without_request_ = 0;
  std::uint64_t unreadable_ = 0;
  std::uint64_t strangers_ = 0;  // decisions for callers that are not known here
  std::string stranger_;         // the first of these callers
};

int replay(const ReplayFlags& flags) {
  auto config = load_config(flags.config);
  if (!config) return fail(config.error());
  if (!flags.registry.empty()) {
    config->registry.path = flags.registry;
    config->registry.url.clear();
  }
  const auto state = load_state(*config, now_in_seconds());
  if (!state) return fail(state.error());
  tell_of_built_in(config->registry, "--registry or --config");
  const auto source = open_decisions(flags.paths);
  if (!source) return fail(source.error());
  Replay replay(*state, config->callers);
  std::uint64_t faults = 0;
  log::DecisionWalk walk;
  walk.is_live = source->is_live;
  walk.on_decision = [&](const log::DecisionRecord& record, std::string_view) {
    replay.take(record);
  };
  walk.on_fault = [&](const std::string& place, std::string_view what) {
    if (faults++ < log::kFaultsShownMax) print_talk(place + ": " + printable(what));
  };
  if (const auto walked = log::walk_decisions(source->disk.get(), source->segments, walk); !walked)
    return fail(walked.error());
  const int exit_code = replay.end();
  return faults > 0 ? kBadInput : exit_code;
}

}  // namespace

void add_log_replay(Verb log) {
  Verb verb = log.verb(
      "replay", "Decide again what was kept with its request; prints what differs (then exit 2)");
  auto flags = std::make_shared<ReplayFlags>();
  verb.option("PATH", &flags->paths, "the log's folder, or segments of one folder in order")
      .required();
  verb.option("--registry", &flags->registry,
              "snapshot file to decide by; without it, that of --config, or the built-in registry");
  verb.option("--config", &flags->config,
              "gate.toml, for its policy and the profiles of its callers");
  verb.run([=] { return replay(*flags); });
}

}  // namespace beian::cli
