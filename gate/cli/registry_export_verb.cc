#include "gate/cli/registry_export_verb.h"

#include <algorithm>
#include <memory>
#include <string>
#include <type_traits>
#include <vector>

#include "cache/base/file.h"
#include "cache/feed/render.h"
#include "cache/snapshot/record_of.h"
#include "gate/cli/config.h"
#include "gate/cli/console.h"
#include "gate/cli/exit_code.h"
#include "gate/cli/places.h"
#include "gate/decision/evaluate.h"
#include "gate/decision/rules.h"

namespace beian::cli {
namespace {

constexpr std::size_t kOutputBytes = 1 << 20;  // written in pieces of this size

struct ExportFlags {
  std::string file;
  std::string format;
  std::string out;
  std::string operation = "connect";
  std::string config;
};

// Standard output, or a file that appears only when it is complete.
class Output {
 public:
  [[nodiscard]] static Result<Output> open(const std::string& path) {
    Output output;
    if (path.empty()) return output;
    auto file = AtomicFile::create(path);
    if (!file) return file.error();
    output.file_ = std::make_unique<AtomicFile>(std::move(*file));
    return output;
  }

  [[nodiscard]] Result<void> line(std::string_view text) {
    pending_.append(text).append("\n");
    return pending_.size() < kOutputBytes ? Result<void>{} : flush();
  }
  [[nodiscard]] Result<void> finish() {
    auto flushed = flush();
    if (!flushed || file_ == nullptr) return flushed;
    return file_->commit();
  }

 private:
  Result<void> flush() {
    const std::string bytes = std::move(pending_);
    pending_.clear();
    if (file_ != nullptr) return file_->write(as_bytes(bytes));
    print_out(bytes);
    return {};
  }

  std::unique_ptr<AtomicFile> file_;
  std::string pending_;
};

// All domains that filings hold, each once, sorted; views into the registry.
std::vector<std::string_view> domains_of(const cache::Registry& registry) {
  std::vector<std::string_view> domains;
  registry.for_each_record([&](const auto& record) {
    if constexpr (std::is_same_v<std::decay_t<decltype(record)>, cache::ServiceView>) {
      const cache::StringList list = record.domains();
      for (std::size_t i = 0; i < list.size(); ++i) domains.push_back(list[i]);
    }
  });
  std::ranges::sort(domains);
  // Not ranges::unique: clang 14 cannot use structured bindings on its result.
  domains.erase(std::unique(domains.begin(), domains.end()), domains.end());
  return domains;
}

// Writes a line `DOMAIN DECISION` for each domain: the gate's answer if asked for that domain
// alone. The first line is for `*`, any other domain: `deny`, or `unknown` if the registry cannot
// assert absence. `*.DOMAIN` covers the names below a domain that is rented out, to which its
// filing does not extend. Uses today's policy.
Result<void> write_haproxy_map(const ExportFlags& flags, Output* output) {
  const auto operation = parse_operation(flags.operation);
  if (!operation)
    return make_error(ErrorKind::kUsage,
                      "--operation is distribute, connect or preinstall, not " + flags.operation);
  auto config = load_config(flags.config);
  if (!config) return config.error();
  config->registry.path = flags.file;
  const Instant now = now_in_seconds();
  const auto state = load_state(*config, now);
  if (!state) return state.error();
  CheckRequest check;
  check.operation = *operation;
  Decision decision;
  const auto decision_on = [&](std::string_view domain) {
    check.app.domains.assign(1, domain);
    evaluate(check, *state->generation, state->policies->base(), *state->calendar, now, &decision);
    return name_of(decision.effect);
  };
  const auto write = [&](std::string_view prefix, std::string_view domain, std::string_view word) {
    return output->line(std::string(prefix).append(domain).append(" ").append(word));
  };
  const std::vector<std::string_view> domains = domains_of(state->generation->registry());
  const std::string_view any_other = decision_on("*");
  auto written = write("", "*", any_other);
  for (const std::string_view domain : domains)
    if (written && is_rented_out(domain)) written = write("*.", domain, any_other);
  for (const std::string_view domain : domains)
    if (written) written = write("", domain, decision_on(domain));
  return written;
}

// Writes a feed from which the registry could be built; subjects come first, since services name
// them.
Result<void> write_ndjson(const ExportFlags& flags, Output* output) {
  RegistrySource source;
  source.path = flags.file;
  const auto generation = open_registry(source, now_in_seconds());
  if (!generation) return generation.error();
  Result<void> written;
  (*generation)->registry().for_each_record([&](const auto& record) {
    if (written) written = output->line(cache::to_ndjson(cache::record_of(record)));
  });
  return written;
}

int export_registry(const ExportFlags& flags) {
  const Place output_place{"--output", flags.out};
  const Place inputs[] = {{"the snapshot", flags.file}, {"--config", flags.config}};
  if (auto apart = keep_apart({&output_place, 1}, inputs); !apart) return fail(apart.error());
  auto output = Output::open(flags.out);
  if (!output) return fail(output.error());
  const auto written =
      flags.format == "ndjson" ? write_ndjson(flags, &*output) : write_haproxy_map(flags, &*output);
  if (!written) return fail(written.error());
  if (const auto finished = output->finish(); !finished) return fail(finished.error());
  return kAllAllowed;
}

}  // namespace

void add_registry_export(Verb registry) {
  Verb verb =
      registry.verb("export", "A registry as a map of domains for HAProxy, or as a feed again");
  auto flags = std::make_shared<ExportFlags>();
  verb.option("FILE", &flags->file, "snapshot file").required();
  verb.option("--format", &flags->format, "haproxy-map or ndjson")
      .required()
      .one_of({"haproxy-map", "ndjson"});
  verb.option("-o,--output", &flags->out, "file, replaced atomically; without it, standard output");
  verb.option("--operation", &flags->operation,
              "of haproxy-map: distribute, connect (the default) or preinstall");
  verb.option("--config", &flags->config, "of haproxy-map: gate.toml, for policy and ages");
  verb.run([=] { return export_registry(*flags); });
}

}  // namespace beian::cli
