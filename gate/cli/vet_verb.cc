// The verb `vet`: finds every package below some paths, reads it completely, turns it into a check
// request, and judges these with the pipeline for catalogs.
#include <algorithm>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cache/base/bytes.h"
#include "cache/base/file.h"
#include "cache/base/limits.h"
#include "cache/filing/fingerprint.h"
#include "cache/filing/identity.h"
#include "gate/audit/audit.h"
#include "gate/cli/audit_hooks.h"
#include "gate/cli/audit_outputs.h"
#include "gate/cli/config.h"
#include "gate/cli/console.h"
#include "gate/cli/exit_code.h"
#include "gate/cli/package_claims.h"
#include "gate/cli/package_judge.h"
#include "gate/cli/places.h"
#include "gate/cli/verbs.h"
#include "gate/package/check_row.h"
#include "gate/package/limits.h"
#include "gate/package/package_json.h"
#include "gate/package/package_walk.h"

namespace beian::cli {
namespace {

constexpr std::size_t kNamesTold = 5;

struct VetFlags : OutputFlags {
  std::vector<std::string> paths;
  std::string registry;
  std::string config;
  std::string numbers;
  std::string inspected;
  std::vector<std::string> trusted;
  bool is_offline = false;
  bool is_strict = false;
  bool is_quiet = false;
};

// The packages, sorted by what happens to them.
struct Vetted {
  std::string rows;  // a catalog of check requests
  PackageFaults faults;
  std::vector<std::string> trusted;        // paths; left out of the catalog
  std::vector<std::string> unsigned_ones;  // checked without a certificate
  std::vector<std::string> uncompared;     // likewise: contents not compared with the signature
  std::vector<std::string> unclaimed;      // names in --numbers that no package has
  std::uint64_t unreadable = 0;            // files that could not be read
};

// Digests of certificates, normalised for comparison. kUsage names the faulty text.
Result<std::vector<std::string>> trusted_digests(const std::vector<std::string>& texts) {
  std::vector<std::string> digests;
  if (texts.size() > limits::kTrustedCertificatesMax)
    return make_error(ErrorKind::kUsage, "--trusted-cert: too many of them");
  for (const std::string& text : texts) {
    const auto digest = parse_fingerprint(text);
    if (!digest) {
      const std::string_view fault = fingerprint_label_fault(text);
      return make_error(
          ErrorKind::kUsage,
          "--trusted-cert " + printable(text) + ": " +
              std::string(fault.empty() ? "not a certificate's MD5, SHA-1 or SHA-256 in hexadecimal"
                                        : fault));
    }
    digests.push_back(to_hex(digest->view()));
  }
  return digests;
}

// Whether one of the certificates is that of a signer that counts and whose signature covers all of
// the contents.
bool is_trusted(const package::Package& package, const std::vector<std::string>& digests) {
  if (!package.signatures.cover_contents()) return false;
  return std::ranges::any_of(package.signatures.signers, [&](const package::Signer& signer) {
    const auto is_one_of = [&](const std::string& digest) {
      return digest == signer.certificate.md5 || digest == signer.certificate.sha1 ||
             digest == signer.certificate.sha256;
    };
    return signer.counts && std::ranges::any_of(digests, is_one_of);
  });
}

// What is wrong with a signature, according to the first oddity about one.
std::string signature_fault(const package::Oddities& oddities) {
  constexpr std::string_view kCodes[] = {"signature_",  "signers_", "certificate_", "lineage_",
                                         "content_dig", "jar_",     "part_signer"};
  for (const package::Oddity& oddity : oddities)
    for (const std::string_view code : kCodes)
      if (oddity.code.starts_with(code))
        return ": " + printable(oddity.where) + ": " + oddity.detail;
  return "";
}

// Whether a platform could not read it either. It can read a base that could not be read together
// with its splits, and one of the packages in a file with several.
bool is_unreadable(const package::ReadFile& file) {
  return !file.package && file.splits.empty() && file.error.kind != ErrorKind::kUntrusted;
}

// Why a package is not judged; nullopt if it is.
std::optional<std::string> fault_of(const package::ReadFile& file) {
  if (!file.package) return file.error.message;
  if (!file.package->signatures.are_false()) return std::nullopt;
  return printable(file.path, file.path.size()) +
         ": signed, but the signature does not hold for all of its contents" +
         signature_fault(file.package->oddities);
}

// Apps with the same user id and signer share their permissions: if one of them may use the
// network, all may.
void share_network(std::vector<package::ReadFile>* files) {
  using Identity = std::pair<std::string, std::vector<std::string>>;
  const auto identity_of = [](const package::Package& package) {
    return Identity{package.shared_user_id, package.signatures.signer_digests()};
  };
  std::set<Identity> online;
  for (const package::ReadFile& file : *files)
    if (file.package && !file.package->shared_user_id.empty() &&
        file.package->has_network_permission == true)
      online.insert(identity_of(*file.package));
  for (package::ReadFile& file : *files)
    if (file.package && online.contains(identity_of(*file.package)))
      file.package->has_network_permission = true;
}

Vetted sort_out(const VetFlags& flags, const std::vector<package::ReadFile>& files,
                const std::vector<std::string>& trusted, const PackageClaims& claims) {
  Vetted out;
  std::uint64_t row = 0;
  for (const package::ReadFile& file : files) {
    if (file.package && is_trusted(*file.package, trusted)) {
      out.trusted.push_back(file.path);
      continue;
    }
    ++row;
    out.unreadable += is_unreadable(file) ? 1 : 0;
    const std::size_t begin = out.rows.size();
    auto fault = fault_of(file);
    if (!fault) {
      const auto claim = claims.find(file.package->package);
      package::PackageClaim said = claim == claims.end() ? package::PackageClaim{} : claim->second;
      said.is_offline = said.is_offline || flags.is_offline;
      append_check_row(*file.package, file.path, said, &out.rows);
      if (out.rows.size() - begin > limits::kAuditRowBytesMax)
        fault = printable(file.path, file.path.size()) + ": what it says is too long for a check";
    }
    if (fault) {
      out.rows.resize(begin);
      append_bad_package(file.path, &out.rows);
      out.faults.emplace(row, std::move(*fault));
    } else if (!file.package->signatures.deciding) {
      out.unsigned_ones.push_back(file.path);
    } else if (!file.package->signatures.cover_contents()) {
      out.uncompared.push_back(file.path);
    }
    out.rows += '\n';
  }
  return out;
}

// Names that match no package: a misspelt name would leave its package without its claims.
std::vector<std::string> without_package(const PackageClaims& claims,
                                         const std::vector<package::ReadFile>& files) {
  std::set<std::string_view> there;
  for (const package::ReadFile& file : files)
    if (file.package) there.insert(file.package->package);
  std::vector<std::string> names;
  for (const auto& [name, claim] : claims)
    if (!there.contains(name)) names.push_back(name);
  return names;
}

// Writes what `inspect --verify` would print for each package, for the records.
Result<void> write_inspected(const std::string& path, const std::vector<package::ReadFile>& files) {
  std::string lines;
  for (const package::ReadFile& file : files) {
    if (!file.package) continue;
    append_package_json(*file.package, file.path, &lines);
    lines += '\n';
  }
  return write_file_atomically(path, as_bytes(lines));
}

void tell(const std::vector<std::string>& paths, const std::string& what) {
  if (paths.empty()) return;
  std::string line = what + ": " + std::to_string(paths.size());
  for (std::size_t i = 0; i < std::min(paths.size(), kNamesTold); ++i)
    line += (i == 0 ? ", " : " ") + printable(paths[i]);
  print_talk(paths.size() > kNamesTold ? line + " …" : line);
}

void tell_all(const VetFlags& flags, const Vetted& vetted, const audit::Summary& summary) {
  if (flags.is_quiet) return;
  tell(vetted.trusted, "signed with a trusted certificate, not checked");
  tell(vetted.unsigned_ones, "no signature that holds, checked without a certificate");
  tell(vetted.uncompared,
       "the contents of an IPA are not compared with its signature, checked without a certificate");
  tell(vetted.unclaimed, "in --numbers, but no package that was read has the name");
  const auto& bad = summary.rows_of(audit::Outcome::kBad);
  for (std::size_t i = 0; i < std::min(bad.size(), kNamesTold); ++i)
    print_talk("cannot be judged: " + printable(bad[i].problem, bad[i].problem.size()));
  if (bad.size() > kNamesTold)
    print_talk("and " + std::to_string(summary.count(audit::Outcome::kBad) - kNamesTold) +
               " more that cannot be judged");
}

Result<audit::AuditOptions> vet_options(const VetFlags& flags, Vetted* vetted) {
  auto out = audit_options(flags);
  if (!out) return out.error();
  out->now = now_in_seconds();
  for (const std::string& path : flags.paths)
    out->head.catalog += (out->head.catalog.empty() ? "" : " ") + path;
  out->text = std::move(vetted->rows);
  return out;
}

Result<void> check_places(const VetFlags& flags, const Config& config,
                          const std::vector<std::string>& packages,
                          const std::vector<audit::OutputTarget>& targets) {
  std::vector<Place> outputs{{"--inspected", flags.inspected}};
  add_outputs(targets, &outputs);
  std::vector<Place> inputs{{"the registry", config.registry.path},
                            {"--numbers", flags.numbers},
                            {"--config", flags.config},
                            {"the policy", config.policy_file},
                            {"the guidance", config.guidance_file}};
  for (const std::string& package : packages) inputs.push_back({"the package", package});
  return keep_apart(outputs, inputs);
}

int judge(const VetFlags& flags, const Config& config, Vetted vetted, ConsoleHooks* hooks) {
  auto audit_of = vet_options(flags, &vetted);
  if (!audit_of) return fail(audit_of.error());
  const auto state = load_state(config, audit_of->now);
  if (!state) return fail(state.error());
  tell_of_built_in(config.registry, "--registry or --config");
  const cache::Generation& generation = *state->generation;
  audit_of->head.registry = config.registry.path;
  audit_of->head.serial = generation.serial();
  audit_of->head.registry_as_of = format_instant(generation.info().as_of);
  audit_of->head.registry_state = name_of(generation.freshness(audit_of->now));
  const audit::LocalContext context{
      state->generation,  state->policies->base(), *state->calendar,      *state->guidance,
      audit_of->language, audit_of->now,           flags.detail == "full"};
  const auto result =
      audit::run_audit(*audit_of, package_judges(audit::local_judges(context), vetted.faults),
                       &generation.registry(), std::nullopt, hooks);
  hooks->clear();
  if (!result) return fail(result.error());
  tell_all(flags, vetted, result->summary);
  if (result->is_interrupted) {
    print_talk("interrupted: not all packages were checked");
    return kUnavailable;
  }
  // If every package below a folder is trusted, there is nothing to check.
  if (result->summary.rows == 0 && !vetted.trusted.empty()) return kAllAllowed;
  const audit::Summary& summary = result->summary;
  const int code = exit_code_of(summary, flags.is_strict);
  // Some package can be read, and perhaps installed, but not judged: somebody made it look like
  // another, changed a signed one, or filled it with texts. So not everything is allowed.
  const bool is_one_open = summary.count(audit::Outcome::kBad) > vetted.unreadable;
  return code == kAllAllowed && is_one_open ? kReview : code;
}

int vet(const VetFlags& flags) {
  if (flags.paths.empty())
    return fail(
        make_error(ErrorKind::kUsage, "name the packages: files, or folders that are walked"));
  // Checked before reading packages, which may take long.
  const auto usage = audit_options(flags);
  if (!usage) return fail(usage.error());
  auto config = load_config(flags.config);
  if (!config) return fail(config.error());
  if (!flags.registry.empty()) config->registry.path = flags.registry;
  const auto trusted = trusted_digests(flags.trusted);
  if (!trusted) return fail(trusted.error());
  const auto claims = flags.numbers.empty() ? PackageClaims{} : load_claims(flags.numbers);
  if (!claims) return fail(claims.error());
  const auto paths = package::find_packages(flags.paths);
  if (!paths) return fail(paths.error());
  if (paths->empty())
    return fail(make_error(ErrorKind::kBadInput,
                           "no packages (.apk, .apks, .xapk, .apkm, .hap, .app, .ipa) below " +
                               printable(flags.paths.front())));
  if (auto apart = check_places(flags, *config, *paths, usage->outputs); !apart)
    return fail(apart.error());
  ConsoleHooks hooks(flags.is_quiet, std::chrono::seconds{1});
  auto files = package::read_files(*paths, {.wants_digests = true}, thread_count(flags.threads),
                                   [&] { return hooks.is_interrupted(); });
  if (!flags.inspected.empty())
    if (auto written = write_inspected(flags.inspected, files); !written)
      return fail(written.error());
  share_network(&files);
  Vetted vetted = sort_out(flags, files, *trusted, *claims);
  vetted.unclaimed = without_package(*claims, files);
  return judge(flags, *config, std::move(vetted), &hooks);
}

void add_options(Verb verb, VetFlags* flags) {
  verb.option("PATH", &flags->paths, "package files, and folders with packages below");
  verb.option("--registry", &flags->registry, "snapshot file; without it, the built-in registry");
  verb.option("--numbers", &flags->numbers,
              "CSV with the columns package, filing_number, offline: what packages claim");
  verb.option("--trusted-cert", &flags->trusted,
              "digest of a platform certificate, may repeat: packages signed with it, all of "
              "their contents, are the system's own, told apart and not checked")
      .named("DIGEST");
  verb.flag("--offline", &flags->is_offline,
            "the packages are said to work without a network; their permissions are held "
            "against it");
  verb.option("--inspected", &flags->inspected,
              "write what `inspect --verify` prints of each package to this file");
  add_output_flags(verb, flags);
  verb.option("--detail", &flags->detail, "brief, the default, or full").one_of({"brief", "full"});
  verb.option("--config", &flags->config, "gate.toml, for policy and guidance");
  verb.flag("--strict", &flags->is_strict, "packages that cannot be judged end it with 65");
  verb.flag("--quiet", &flags->is_quiet, "no progress, no word about packages");
}

}  // namespace

void add_vet(Verb program) {
  Verb verb = program.verb(
      "vet",
      "Check the packages of a system image (APK, APKS, XAPK, APKM, HAP, APP, IPA): may they be "
      "preinstalled?");
  auto flags = std::make_shared<VetFlags>();
  add_options(verb, flags.get());
  verb.run([=] { return vet(*flags); });
}

}  // namespace beian::cli
