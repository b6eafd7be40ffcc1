#include "gate/cli/registry_diff_verb.h"

#include <algorithm>
#include <iterator>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <thread>
#include <tuple>
#include <vector>

#include "cache/base/limits.h"
#include "cache/feed/render.h"
#include "cache/snapshot/record_of.h"
#include "gate/audit/audit.h"
#include "gate/audit/diff_judge.h"
#include "gate/cli/audit_hooks.h"
#include "gate/cli/audit_outputs.h"
#include "gate/cli/config.h"
#include "gate/cli/console.h"
#include "gate/cli/exit_code.h"
#include "gate/cli/places.h"
#include "gate/wire/filing_json.h"

namespace beian::cli {
namespace {

using cache::ServiceView;
using cache::Snapshot;
using cache::SubjectView;

// What differs between the two must come from what they hold, not from their age.
constexpr cache::FreshnessThresholds kNeverStale{std::chrono::seconds::max(),
                                                 std::chrono::seconds::max()};

struct Options {
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

// --- without a catalog: the records ---

std::uint64_t count_of(const Snapshot& registry, const ServiceView*) {
  return registry.info().services;
}
std::uint64_t count_of(const Snapshot& registry, const SubjectView*) {
  return registry.info().subjects;
}
ServiceView row_of(const Snapshot& registry, std::uint32_t row, const ServiceView*) {
  return registry.service(row);
}
SubjectView row_of(const Snapshot& registry, std::uint32_t row, const SubjectView*) {
  return registry.subject(row);
}
void write(const ServiceView& filing, JsonWriter* json) {
  wire::write_filing(filing, json);
}
void write(const SubjectView& subject, JsonWriter* json) {
  wire::write_subject(subject, {}, json);
}

// All that the registry holds of it, as its feed would say it: more than answers show, such as the
// certificate number of a person. Of a subject that only its services' numbers imply: nothing.
std::string record_text(const ServiceView& filing) {
  return cache::to_ndjson(cache::record_of(filing));
}
std::string record_text(const SubjectView& subject) {
  return subject.is_recorded() ? cache::to_ndjson(cache::record_of(subject)) : "{}";
}

// Not as a character: readme_test.py pairs the quotes of this file.
constexpr char kQuote = '\x22';

// `"name":value` of each member of an object as record_text() writes it.
std::vector<std::string_view> members_of(std::string_view object) {
  std::vector<std::string_view> members;
  std::size_t begin = 1;
  int depth = 0;
  bool is_in_text = false;
  for (std::size_t at = 0; at < object.size(); ++at) {
    const char c = object[at];
    if (is_in_text) {
      at += c == '\\' ? 1 : 0;
      is_in_text = c != kQuote;
      continue;
    }
    is_in_text = c == kQuote;
    depth += c == '{' || c == '[' ? 1 : c == '}' || c == ']' ? -1 : 0;
    if (depth > 1 || (depth == 1 && c != ',')) continue;
    if (at > begin) members.push_back(object.substr(begin, at - begin));
    begin = at + 1;
  }
  return members;
}

std::string_view name_in(std::string_view member) {
  return member.substr(1, member.find(kQuote, 1) - 1);
}

// Names of the fields in which two records differ, sorted.
std::set<std::string_view> changed_fields(const std::string& before, const std::string& after) {
  std::vector<std::string_view> a = members_of(before);
  std::vector<std::string_view> b = members_of(after);
  std::ranges::sort(a);
  std::ranges::sort(b);
  std::vector<std::string_view> differing;
  std::ranges::set_symmetric_difference(a, b, std::back_inserter(differing));
  std::set<std::string_view> names;
  for (const std::string_view member : differing) names.insert(name_in(member));
  return names;
}

struct Counts {
  std::uint64_t added = 0;
  std::uint64_t removed = 0;
  std::uint64_t changed = 0;
};

// Walks both lists, which are sorted by number and id, and prints a line for each difference.
template <class View>
class RecordDiff {
 public:
  RecordDiff(std::string_view record, const Snapshot& before, const Snapshot& after)
      : record_(record), before_(before), after_(after) {}

  Counts print() {
    const std::uint64_t before_count = count_of(before_, kTag);
    const std::uint64_t after_count = count_of(after_, kTag);
    std::uint32_t i = 0;
    std::uint32_t j = 0;
    while (i < before_count || j < after_count) {
      const auto a = i < before_count ? std::optional(row_of(before_, i, kTag)) : std::nullopt;
      const auto b = j < after_count ? std::optional(row_of(after_, j, kTag)) : std::nullopt;
      const bool is_first = a && (!b || key(*a) <= key(*b));
      const bool is_second = b && (!a || key(*b) <= key(*a));
      i += is_first ? 1 : 0;
      j += is_second ? 1 : 0;
      compare(is_first ? &*a : nullptr, is_second ? &*b : nullptr);
    }
    return counts_;
  }

 private:
  static constexpr const View* kTag = nullptr;

  static std::pair<FilingKey, std::uint64_t> key(const View& view) {
    return {view.number().key(), view.id()};
  }

  static void render(const View* view, std::string* out) {
    out->clear();
    JsonWriter json(out);
    view != nullptr ? write(*view, &json) : json.null();
  }

  void compare(const View* before, const View* after) {
    std::set<std::string_view> fields;
    if (before != nullptr && after != nullptr) {
      record_before_ = record_text(*before);
      record_after_ = record_text(*after);
      fields = changed_fields(record_before_, record_after_);
    }
    render(before, &text_before_);
    render(after, &text_after_);
    if (fields.empty() && text_before_ == text_after_) return;
    std::uint64_t& count = before == nullptr  ? counts_.added
                           : after == nullptr ? counts_.removed
                                              : counts_.changed;
    ++count;
    std::string line;
    JsonWriter json(&line);
    json.begin_object();
    json.word_field("record", record_);
    json.word_field("change", before == nullptr  ? "added"
                              : after == nullptr ? "removed"
                                                 : "changed");
    json.key("number");
    wire::write_number((after != nullptr ? after : before)->number(), &json);
    if (before != nullptr && after != nullptr) {
      json.key("fields");
      json.begin_array();
      for (const std::string_view field : fields) json.word(field);
      json.end_array();
    }
    json.key("before");
    json.raw(text_before_);
    json.key("after");
    json.raw(text_after_);
    json.end_object();
    print_out(line + "\n");
  }

  std::string_view record_;
  const Snapshot& before_;
  const Snapshot& after_;
  Counts counts_;
  std::string record_before_;
  std::string record_after_;
  std::string text_before_;
  std::string text_after_;
};

std::string told(const Counts& counts) {
  return std::to_string(counts.added) + " added, " + std::to_string(counts.removed) + " removed, " +
         std::to_string(counts.changed) + " changed";
}

int diff_records(const Options& options, const Snapshot& before, const Snapshot& after) {
  const Counts subjects = RecordDiff<SubjectView>("subject", before, after).print();
  const Counts services = RecordDiff<ServiceView>("service", before, after).print();
  if (!options.is_quiet)
    print_talk("serial " + std::to_string(before.info().serial) + " -> " +
               std::to_string(after.info().serial) + ": subjects " + told(subjects) +
               "; services " + told(services));
  return kAllAllowed;
}

// --- with a catalog: the decisions ---

Result<void> check_places(const Options& options, const Config& config,
                          const std::vector<audit::OutputTarget>& targets) {
  std::vector<Place> outputs;
  add_outputs(targets, &outputs);
  const Place inputs[] = {
      {"the snapshot", options.before},   {"the snapshot", options.after},
      {"the catalogue", options.catalog}, {"--config", options.config},
      {"the policy", config.policy_file}, {"the guidance", config.guidance_file}};
  return keep_apart(outputs, inputs);
}

int diff_decisions(const Options& options, const std::shared_ptr<const Snapshot>& before,
                   const std::shared_ptr<const Snapshot>& after) {
  const auto config = load_config(options.config);
  if (!config) return fail(config.error());
  audit::AuditOptions audit_of;
  audit_of.catalog = options.catalog;
  audit_of.format = catalog_format(options.catalog, options.format);
  const auto encoding = audit::parse_encoding(options.encoding);
  if (!encoding)
    return fail(
        make_error(ErrorKind::kUsage, "--encoding is utf-8 or gb18030, not " + options.encoding));
  audit_of.encoding = *encoding;
  const auto outputs = output_targets(options.outputs.empty() ? std::vector<std::string>{"ndjson"}
                                                              : options.outputs);
  if (!outputs) return fail(outputs.error());
  audit_of.outputs = *outputs;
  if (auto apart = check_places(options, *config, *outputs); !apart) return fail(apart.error());
  audit_of.language = options.lang == "en" ? wire::Language::kEn : wire::Language::kZh;
  audit_of.threads = thread_count(options.threads);
  audit_of.now = now_in_seconds();
  audit_of.head.catalog = options.catalog == "-" ? "" : options.catalog;
  audit_of.head.registry = options.before + " -> " + options.after;
  audit_of.head.serial = after->info().serial;
  audit_of.head.registry_as_of = format_instant(after->info().as_of);
  audit_of.head.registry_state = name_of(cache::Freshness::kFresh);
  const auto state = load_rules(*config);
  if (!state) return fail(state.error());
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
  const audit::LocalContext context_before = context(before, options.before);
  const audit::LocalContext context_after = context(after, options.after);
  ConsoleHooks hooks(options.is_quiet, std::chrono::seconds{1});
  const auto result = audit::run_audit(audit_of, audit::diff_judges(context_before, context_after),
                                       cache::Registry::over(after).get(), std::nullopt, &hooks);
  hooks.clear();
  if (!result) return fail(result.error());
  if (result->is_interrupted) {
    print_talk("interrupted; the output is not whole");
    return kUnavailable;
  }
  if (!options.is_quiet) tell_unknown_fields(result->summary);
  if (result->summary.rows_read == 0) print_talk(options.catalog + " holds no rows");
  return exit_code_of(result->summary, false);
}

int run(const Options& options) {
  auto before = Snapshot::open(options.before);
  if (!before) return fail(before.error());
  auto after = Snapshot::open(options.after);
  if (!after) return fail(after.error());
  return options.catalog.empty() ? diff_records(options, **before, **after)
                                 : diff_decisions(options, *before, *after);
}

}  // namespace

void add_registry_diff(Verb registry) {
  Verb verb = registry.verb(
      "diff",
      "What changed between two snapshots; with --catalog, the rows whose decision changed");
  auto options = std::make_shared<Options>();
  verb.option("BEFORE", &options->before, "snapshot file").required();
  verb.option("AFTER", &options->after, "snapshot file").required();
  const Option catalog =
      verb.option("--catalog", &options->catalog, "catalog as of audit; - is standard input");
  verb.option("--output", &options->outputs,
              "FORMAT[=FILE] as of audit, may repeat; without it, ndjson")
      .needs(catalog);
  verb.option("--format", &options->format, "ndjson or csv, where the name does not say it")
      .needs(catalog)
      .one_of({"ndjson", "csv"});
  verb.option("--encoding", &options->encoding, "utf-8, the default, or gb18030").needs(catalog);
  verb.option("--threads", &options->threads, "0, the default: one for each processor")
      .in_range(0U, static_cast<unsigned>(limits::kAuditThreadsMax));
  verb.option("--config", &options->config, "gate.toml, for policy and guidance");
  verb.option("--lang", &options->lang, "zh-CN, the default, or en").one_of({"zh-CN", "en"});
  verb.flag("--quiet", &options->is_quiet, "no counts on standard error");
  verb.run([=] { return run(*options); });
}

}  // namespace beian::cli
