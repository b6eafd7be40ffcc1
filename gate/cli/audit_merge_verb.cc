#include "gate/cli/audit_merge_verb.h"

#include <memory>
#include <string>
#include <vector>

#include "cache/base/file.h"
#include "cache/base/limits.h"
#include "cache/snapshot/generation.h"
#include "gate/audit/audit.h"
#include "gate/cli/audit_outputs.h"
#include "gate/cli/console.h"
#include "gate/cli/exit_code.h"
#include "gate/cli/places.h"

namespace beian::cli {
namespace {

struct MergeFlags {
  std::vector<std::string> parts;
  std::vector<std::string> outputs;
  std::string registry;
  std::string lang = "zh-CN";
  bool is_strict = false;
};

Result<audit::Summary> read_part(const std::string& path) {
  const auto text = read_file(path, limits::kAuditStateBytesMax);
  if (!text) return text.error();
  return audit::summary_from_json(*text, path);
}

int age_rank(std::string_view state) {
  for (const auto freshness : {cache::Freshness::kExpired, cache::Freshness::kStale})
    if (state == name_of(freshness)) return static_cast<int>(freshness);
  return 0;
}

// Adds up the parts in order, as if their catalogs were concatenated. The registry may
// have become stale, or expired, from one part to the next: the state is what the last one found.
Result<audit::Summary> add_up(const std::vector<std::string>& parts) {
  auto total = read_part(parts.front());
  if (!total) return total.error();
  for (std::size_t i = 1; i < parts.size(); ++i) {
    auto part = read_part(parts[i]);
    if (!part) return part.error();
    if (part->serial != total->serial || part->registry_as_of != total->registry_as_of)
      return make_error(ErrorKind::kConflict,
                        parts[i] + " was judged by registry serial " +
                            std::to_string(part->serial) + ", " + parts.front() + " by " +
                            std::to_string(total->serial) + "; audit all parts against one");
    if (part->catalog != total->catalog) total->catalog.clear();
    if (age_rank(part->registry_state) > age_rank(total->registry_state))
      total->registry_state = part->registry_state;
    part->shift_rows(total->rows_read, total->lines);
    total->merge(&*part);
  }
  return total;
}

int merge(const MergeFlags& flags) {
  const auto targets = output_targets(flags.outputs);
  if (!targets) return fail(targets.error());
  for (const audit::OutputTarget& target : *targets)
    if (target.format->is_streaming())
      return fail(make_error(ErrorKind::kUsage, "merge adds up totals; join the rows of " +
                                                    std::string(target.format->name) +
                                                    " outputs with cat"));
  std::vector<Place> outputs;
  add_outputs(*targets, &outputs);
  std::vector<Place> inputs{{"the registry", flags.registry}};
  for (const std::string& part : flags.parts) inputs.push_back({"the part", part});
  if (auto apart = keep_apart(outputs, inputs); !apart) return fail(apart.error());
  auto total = add_up(flags.parts);
  if (!total) return fail(total.error());
  std::shared_ptr<const cache::Registry> sponsors;
  if (!flags.registry.empty()) {
    auto opened = cache::Snapshot::open(flags.registry);
    if (!opened) return fail(opened.error());
    sponsors = cache::Registry::over(std::move(*opened));
  }
  audit::rank_subjects(sponsors.get(), &*total);
  const auto language = flags.lang == "en" ? wire::Language::kEn : wire::Language::kZh;
  for (const audit::OutputTarget& target : *targets)
    if (auto written = audit::write_report(target, {*total, language}); !written)
      return fail(written.error());
  return exit_code_of(*total, flags.is_strict);
}

}  // namespace

void add_audit_merge(Verb audit) {
  Verb verb = audit.verb(
      "merge", "Add up the json outputs of audits of the parts of a catalog, in their order");
  auto flags = std::make_shared<MergeFlags>();
  verb.option("PART", &flags->parts, "json outputs").required();
  verb.option("--output", &flags->outputs, "FORMAT[=FILE], may repeat; not ndjson and csv");
  verb.option("--registry", &flags->registry,
              "snapshot file that names the sponsors of the worst subjects");
  verb.option("--lang", &flags->lang, "zh-CN, the default, or en").one_of({"zh-CN", "en"});
  verb.flag("--strict", &flags->is_strict, "bad rows end it with 65");
  verb.run([=] { return merge(*flags); });
}

}  // namespace beian::cli
