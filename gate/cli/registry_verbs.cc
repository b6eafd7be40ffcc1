#include <filesystem>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "cache/base/file.h"
#include "cache/feed/feed.h"
#include "cache/filing/parse.h"
#include "cache/snapshot/seal.h"
#include "cache/snapshot/snapshot_writer.h"
#include "gate/cli/console.h"
#include "gate/cli/exit_code.h"
#include "gate/cli/feed_flags.h"
#include "gate/cli/places.h"
#include "gate/cli/registry_diff_verb.h"
#include "gate/cli/registry_export_verb.h"
#include "gate/cli/registry_source.h"
#include "gate/cli/verbs.h"
#include "gate/decision/rules.h"
#include "gate/wire/filing_json.h"
#include "gate/wire/number_json.h"

namespace beian::cli {
namespace {

constexpr std::uint64_t kSerialMost = std::numeric_limits<std::int64_t>::max();

struct BuildOptions {
  std::vector<std::string> feeds;
  std::string out;
  std::string dialect;
  FeedTimeFlags times;
  std::string signing_key;
  std::uint64_t serial = 0;
  std::uint64_t bad_lines_max = 0;
  bool is_incomplete = false;
  bool with_test_identities = false;
};

Result<cache::SealOptions> seal_options(const BuildOptions& options) {
  cache::SealOptions seal;
  const auto times = feed_times(options.times, now_in_seconds());
  if (!times) return times.error();
  seal.as_of = times->as_of;
  seal.next_update = times->next_update;
  // Seconds since 1970 grow with every build, as a serial must.
  const auto seconds = static_cast<std::uint64_t>(now_in_seconds().time_since_epoch().count());
  seal.serial = options.serial != 0 ? options.serial : seconds;
  seal.is_sealed = !options.is_incomplete;
  seal.has_test_identities = options.with_test_identities;
  return seal;
}

Result<std::uint64_t> read_feeds(const BuildOptions& options, cache::SnapshotWriter* writer) {
  std::uint64_t feed_bytes = 0;  // of feeds that are files
  for (const std::string& feed : options.feeds) {
    std::error_code not_a_file;
    const auto bytes = std::filesystem::file_size(feed, not_a_file);
    if (!not_a_file) feed_bytes += bytes;
  }
  writer->expect(feed_bytes);
  std::uint64_t bad_lines = 0;
  for (const std::string& feed : options.feeds) {
    const auto dialect = dialect_of(options.dialect, feed);
    if (!dialect) return dialect.error();
    const cache::FeedOptions feed_options{*dialect, options.bad_lines_max - bad_lines};
    const auto fed = cache::read_feed(
        feed, feed_options, [&](cache::FeedRecord&& record) { writer->apply(record); },
        [&](const cache::FeedProblem& problem) {
          print_talk("skipped " + feed + ":" + std::to_string(problem.line) + ":" +
                     std::to_string(problem.column) + ": " + problem.message);
        });
    if (!fed) return fed.error();
    bad_lines += fed->bad_lines;
  }
  return bad_lines;
}

Result<void> check_places(const BuildOptions& options) {
  const Place output{"--output", options.out};
  std::vector<Place> inputs{{"--sign", options.signing_key}};
  for (const std::string& feed : options.feeds) inputs.push_back({"the feed", feed});
  return keep_apart({&output, 1}, inputs);
}

// Why a registry sealed as complete may not be; empty: no reason known.
std::string why_not_whole(const BuildOptions& options, std::uint64_t bad_lines) {
  if (options.is_incomplete) return "";
  if (bad_lines > 0) return "what was skipped may be filings";
  if (options.dialect == "miit") return "replies of the query seldom tell all that is filed";
  return "";
}

int build(const BuildOptions& options) {
  if (auto apart = check_places(options); !apart) return fail(apart.error());
  auto seal = seal_options(options);
  if (!seal) return fail(seal.error());
  std::optional<cache::SigningKey> key;
  if (!options.signing_key.empty()) {
    auto loaded = cache::SigningKey::load(options.signing_key);
    if (!loaded) return fail(loaded.error());
    key.emplace(std::move(*loaded));
    seal->key = &*key;
  }
  cache::SnapshotWriter writer;
  const auto bad_lines = read_feeds(options, &writer);
  if (!bad_lines) return fail(bad_lines.error());
  // A feed may have been cut off at its first byte; sealed, it would have every app denied.
  if (writer.services() == 0 && !options.is_incomplete && !options.with_test_identities)
    return fail(make_error(ErrorKind::kBadInput,
                           options.feeds.front() +
                               ": no service at all, so no app would be filed; if the registry is "
                               "not whole, say --incomplete"));
  if (options.with_test_identities) cache::add_test_identities(&writer);
  const auto written = std::move(writer).to_file(options.out, *seal);
  if (!written) return fail(written.error());
  print_talk("wrote " + options.out + ": serial " + std::to_string(seal->serial) + ", " +
             std::to_string(written->subjects) + " subjects, " + std::to_string(written->services) +
             " services" +
             (*bad_lines > 0 ? ", " + std::to_string(*bad_lines) + " bad lines skipped" : ""));
  if (const std::string why = why_not_whole(options, *bad_lines); !why.empty())
    print_talk(why +
               ", and what this registry lacks is denied as not filed; mend the feed, or build "
               "with --incomplete to have it unknown");
  tell_odd_times(options.times, {seal->as_of, seal->next_update}, now_in_seconds());
  return 0;
}

Result<std::shared_ptr<const cache::Generation>> open_file(const std::string& path,
                                                           const std::vector<std::string>& keys) {
  RegistrySource source;
  source.path = path;
  source.trusted_key_files = keys;
  return open_registry(source, now_in_seconds());
}

int show(const std::string& path, const std::vector<std::string>& keys) {
  const auto generation = open_file(path, keys);
  if (!generation) return fail(generation.error());
  std::string out;
  JsonWriter json(&out);
  wire::write_registry(**generation, now_in_seconds(), nullptr, &json);
  print_out(out + "\n");
  return 0;
}

int verify_file(const std::string& path, const std::vector<std::string>& keys) {
  const auto generation = open_file(path, keys);
  if (!generation) return fail(generation.error());
  const cache::SnapshotInfo& info = (*generation)->info();
  print_out(path + ": whole, serial " + std::to_string(info.serial) + ", signature " +
            std::string(name_of(info.signature)) + ", root hash " + to_hex(info.root_hash) + "\n");
  return 0;
}

// Exits with 1 if the registry has no such filing.
int get(const std::string& path, const std::string& number) {
  const ParsedNumber parsed = parse_number(number);
  if (!parsed.is_number())
    return fail(make_error(ErrorKind::kBadInput, "not a filing number: " + number_fault(parsed)));
  const auto generation = open_file(path, {});
  if (!generation) return fail(generation.error());
  const cache::Registry& registry = (*generation)->registry();
  std::string out;
  std::string filed_as;
  if (parsed.number.is_subject()) {
    JsonWriter json(&out);
    if (const auto subject = subject_of_number(registry, parsed.number.subject()))
      wire::write_subject(*subject, registry.services(parsed.number.subject()), &json);
  } else {
    const cache::ServiceRange filings = registry.find(parsed.number.key());
    for (std::size_t i = 0; i < filings.size(); ++i) {
      if (filings[i].kind() != parsed.number.kind()) continue;
      if (!out.empty()) out += '\n';
      JsonWriter line(&out);
      wire::write_filing(filings[i], &line);
    }
    if (out.empty() && !filings.empty()) filed_as = canonical(filings[0].number());
  }
  if (out.empty()) {
    print_talk(canonical(parsed.number) + " is not in " + path +
               (filed_as.empty() ? "" : ", where this number is filed as " + filed_as));
    return kDenied;
  }
  print_out(out + "\n");
  return 0;
}

// Writes the private key first, since a public key without it is worthless. Never replaces an
// existing key: what it has signed could never be signed again.
int keygen(const std::string& path) {
  for (const std::string& file : {path, path + ".pub"})
    if (std::error_code ignored; std::filesystem::exists(file, ignored))
      return fail(make_error(ErrorKind::kBadInput, file + " exists; a key is never overwritten"));
  const cache::SigningKey key = cache::SigningKey::generate();
  if (const auto saved = key.save(path); !saved) return fail(saved.error());
  if (const auto saved = cache::save_public_key(path + ".pub", key.public_key()); !saved)
    return fail(saved.error());
  print_talk("wrote " + path + " (keep it secret) and " + path + ".pub");
  return 0;
}

void add_build(Verb registry) {
  Verb verb = registry.verb("build", "Make a snapshot file from registry feeds");
  auto options = std::make_shared<BuildOptions>();
  verb.option("FEED", &options->feeds, "feeds in order; - is standard input").required();
  verb.option("-o,--output", &options->out, "snapshot file, replaced atomically").required();
  verb.option("--dialect", &options->dialect, "ndjson, csv or miit; default by the name");
  verb.option("--serial", &options->serial, "grows with every snapshot; default: the time")
      .in_range(std::uint64_t{1}, kSerialMost);
  add_feed_times(verb, &options->times);
  verb.option("--sign", &options->signing_key, "Ed25519 private key made by keygen");
  verb.option("--skip-bad", &options->bad_lines_max,
              "allow this many bad lines; what they hold is then not filed, but with --incomplete");
  verb.flag("--incomplete", &options->is_incomplete,
            "the feed is not the whole registry: absence is never asserted from it, nor a clean "
            "filing");
  verb.flag("--with-test-identities", &options->with_test_identities,
            "add subject 京ICP备2099000000号, to try the gate with");
  verb.run([=] { return build(*options); });
}

}  // namespace

void add_registry(Verb program) {
  Verb registry = program.verb("registry", "Build, read and publish registry snapshots");
  registry.require_verb();
  add_build(registry);
  add_publishing(registry);

  auto file = std::make_shared<std::string>();
  auto keys = std::make_shared<std::vector<std::string>>();
  auto number = std::make_shared<std::string>();
  Verb verify_verb = registry.verb("verify", "Check seal, checksums and signature");
  verify_verb.option("FILE", file.get(), "snapshot file").required();
  verify_verb
      .option("--key", keys.get(), "public key of somebody who may have signed it; may repeat")
      .named("FILE");
  verify_verb.run([=] { return verify_file(*file, *keys); });

  Verb show_verb = registry.verb("show", "Header and counts as JSON");
  show_verb.option("FILE", file.get(), "snapshot file").required();
  show_verb.run([=] { return show(*file, *keys); });

  Verb get_verb = registry.verb("get", "One filing, or a subject with its services");
  get_verb.option("FILE", file.get(), "snapshot file").required();
  get_verb.option("NUMBER", number.get(), "filing or subject number").required();
  get_verb.run([=] { return get(*file, *number); });

  add_registry_diff(registry);
  add_registry_export(registry);

  Verb keygen_verb = registry.verb("keygen", "Make a key pair for signing");
  keygen_verb.option("FILE", file.get(), "private key; FILE.pub is the public one").required();
  keygen_verb.run([=] { return keygen(*file); });
}

}  // namespace beian::cli
