#include "gate/package/apk.h"

#include <algorithm>
#include <unordered_map>

#include "gate/package/limits.h"
#include "gate/package/manifest_values.h"
#include "gate/package/number_search.h"
#include "gate/package/resource_tables.h"
#include "gate/package/signature_limits.h"
#include "gate/package/text_files.h"

namespace beian::package {
namespace {

constexpr std::string_view kTableName = "resources.arsc";

// Memory an entry takes once unpacked; a stored one is only viewed.
std::size_t unpacked_bytes(const ZipEntry& entry) noexcept {
  return entry.is_deflated() ? static_cast<std::size_t>(entry.bytes) : 0;
}

// Bytes of the permission names: many permissions may refer to one string of the manifest.
std::size_t bytes_of(const std::vector<ManifestPermission>& permissions) noexcept {
  std::size_t bytes = 0;
  for (const ManifestPermission& one : permissions)
    bytes += one.name.text ? one.name.text->size() : 0;
  return bytes;
}

// The resource tables of all parts, together with the bytes they view.
class Tables {
 public:
  // An unreadable table is an oddity: everything that does not need it is still reported.
  void add(const Zip& zip, const std::string& where, Oddities* oddities) {
    const ZipEntry* const entry = zip.find(kTableName);
    if (entry == nullptr) return;
    if (unpacked_bytes(*entry) > left_)
      return add_oddity(oddities, "table_unreadable", where,
                        "unpacked, the tables have more than " +
                            std::to_string(limits::kResourcesBytesMax) + " bytes");
    left_ -= unpacked_bytes(*entry);
    auto bytes = zip.view(*entry, limits::kResourcesBytesMax, oddities);
    if (!bytes) return add_oddity(oddities, "table_unreadable", where, bytes.error().message);
    const ByteView view = bytes_.emplace_back(std::move(*bytes)).bytes();
    auto table = ResourceTable::open(view, where, oddities);
    if (!table) return add_oddity(oddities, "table_unreadable", where, table.error().message);
    tables_.add(std::move(*table));
  }

  ResourceTables& tables() noexcept { return tables_; }

 private:
  std::size_t left_ = limits::kResourcesBytesMax;  // left to unpack, for all parts
  std::list<ZipBytes> bytes_;
  ResourceTables tables_;
};

void search_pool(const StringPool& pool, std::string_view where, NumberSearch* search) {
  const ByteView bytes =
      pool.strings().first(std::min(pool.strings().size(), limits::kPoolScanBytesMax));
  if (pool.is_wide())
    search->search_wide(bytes, where);
  else
    search->search(as_text(bytes), where);
}

// Collects the permissions of one or more manifests, each once. If a name occurs twice, the one
// without an upper level wins.
class Permissions {
 public:
  explicit Permissions(Package* package) : package_(*package) {
    package_.has_network_permission = false;
  }

  void add(const Manifest& manifest, const std::string& where, const ManifestValues& values) {
    package_.has_network_permission =
        *package_.has_network_permission || manifest.drops_network_permission;
    for (const ManifestPermission& wanted : manifest.permissions) {
      Permission permission{values.text(wanted.name), values.integer(wanted.max_sdk)};
      if (!permission.name.empty()) add(std::move(permission), where);
    }
  }

 private:
  void add(Permission permission, const std::string& where) {
    // Even a request with an upper level needs the network: the app may run on a lower level.
    if (permission.name == kInternetPermission) package_.has_network_permission = true;
    std::vector<Permission>& list = package_.permissions;
    const auto known = places_.find(permission.name);
    if (known != places_.end()) {
      if (!permission.max_sdk) list[known->second].max_sdk.reset();
    } else if (list.size() == limits::kPermissionsMax) {
      add_oddity(&package_.oddities, "manifest_permissions", where,
                 "more than " + std::to_string(limits::kPermissionsMax) + " permissions");
    } else {
      places_.emplace(permission.name, list.size());
      list.push_back(std::move(permission));
    }
  }

  Package& package_;
  std::unordered_map<std::string, std::size_t> places_;  // index in the list, by name
};

// Since Android 11, an app that targets it is neither installed nor preinstalled if v1 is its only
// signature (ScanPackageUtils.assertMinSignatureSchemeIsValid).
void refuse_old_scheme(Package* package) {
  constexpr std::uint32_t kAndroid11 = 30;
  const SdkVersion& target =
      package->target_sdk.is_given() ? package->target_sdk : package->min_sdk;
  Signatures& signatures = package->signatures;
  if (signatures.deciding != Scheme::kJar || target.number.value_or(0) < kAndroid11) return;
  for (Signer& signer : signatures.signers) signer.signature_ok = false;
  add_oddity(&package->oddities, "signature_scheme_old", "META-INF/",
             "an app for Android 11 or newer has to be signed by v2 or newer, too");
}

void fill_labels(const Manifest& manifest, ManifestValues* values, Package* package) {
  package->labels = values->labels(manifest.label);
  std::vector<std::string> locales;
  for (const Label& label : package->labels) locales.push_back(label.locale);
  const std::string* const best = best_chinese(locales);
  if (best != nullptr)
    package->label = package->labels[static_cast<std::size_t>(best - locales.data())].text;
  else if (manifest.label.reference)
    add_oddity(&package->oddities, "label_unresolved", kManifestName,
               "the label is a resource that has no text");
}

// What the base's manifest says.
Package package_of(const Manifest& manifest, ManifestValues* values) {
  Package package;
  package.kind = PackageKind::kApk;
  package.package = manifest.package;
  package.split = manifest.split;
  package.version_name = values->text(manifest.version_name);
  const std::uint64_t major = values->integer(manifest.version_code_major).value_or(0);
  if (const auto code = values->integer(manifest.version_code); code || major != 0)
    package.version_code = std::to_string(major << 32 | code.value_or(0));
  package.min_sdk = values->sdk(manifest.min_sdk);
  package.target_sdk = values->sdk(manifest.target_sdk);
  package.shared_user_id = values->text(manifest.shared_user_id);
  package.is_debuggable = values->flag(manifest.is_debuggable);
  package.is_test_only = values->flag(manifest.is_test_only);
  package.uses_cleartext = values->flag(manifest.uses_cleartext);
  package.has_network_security_config = manifest.network_security_config.reference.has_value();
  return package;
}

}  // namespace

std::string ApkReader::Part::where(std::string_view entry) const {
  return name.empty() ? std::string(entry) : name + "/" + std::string(entry);
}

Result<void> ApkReader::add(const Zip* zip, std::string name, Oddities oddities) {
  const ZipEntry* const entry = zip->find(kManifestName);
  if (entry == nullptr)
    return make_error(ErrorKind::kBadInput, (name.empty() ? "" : printable(name) + ": ") + "no " +
                                                std::string(kManifestName) + " in it");
  auto bytes = zip->view(*entry, limits::kManifestXmlBytesMax, &oddities);
  if (!bytes) return bytes.error();
  if (auto room = take_room(unpacked_bytes(*entry)); !room) return room.error();
  Part part{zip, std::move(name), std::move(*bytes), {}};
  parts_.push_back(std::move(part));
  Part& kept = parts_.back();
  auto manifest = read_manifest(kept.manifest_bytes.bytes(), kept.where(kManifestName), &oddities);
  if (!manifest) {
    parts_.pop_back();
    return manifest.error();
  }
  kept.manifest = std::move(*manifest);
  if (auto room = take_room(bytes_of(kept.manifest.permissions)); !room) return room.error();
  for (Oddity& oddity : oddities)
    add_oddity(&oddities_, oddity.code, oddity.where, std::move(oddity.detail));
  return {};
}

Result<void> ApkReader::take_room(std::size_t bytes) {
  if (bytes > room_)
    return make_error(ErrorKind::kBadInput, "the manifests of the parts have more than " +
                                                std::to_string(limits::kManifestsBytesMax) +
                                                " bytes together");
  room_ -= bytes;
  return {};
}

Signatures ApkReader::signatures_of(const Part& base) {
  std::uint64_t jar_bytes_left = limits::kJarUnpackedBytesMax;
  const auto read = [&](const Part& part) {
    return read_apk_signatures(*part.zip, options_.wants_digests, &jar_bytes_left, &oddities_);
  };
  Signatures signatures = read(base);
  const std::vector<std::string> signers = signatures.signer_digests();
  for (const Part& part : parts_) {
    if (&part == &base) continue;
    const Signatures others = read(part);
    const bool is_same = others.signer_digests() == signers;
    if (!is_same)
      add_oddity(&oddities_, "part_signer", part.name,
                 "a part that is not signed by the signer of the base");
    // Then the base's signer has not signed everything that the app consists of.
    if (options_.wants_digests && (!is_same || !others.hold())) signatures.digests_verified = false;
  }
  return signatures;
}

Result<Package> ApkReader::finish() {
  BEIAN_ASSERT(!parts_.empty());
  const auto is_base = [](const Part& part) { return part.manifest.split.empty(); };
  const auto found = std::ranges::find_if(parts_, is_base);
  const Part& base = found == parts_.end() ? parts_.front() : *found;
  for (const Part& part : parts_)
    if (part.manifest.package != base.manifest.package)
      return make_error(ErrorKind::kBadInput,
                        printable(part.where(kManifestName)) + ": its package is " +
                            printable(part.manifest.package) + ", not " +
                            printable(base.manifest.package) + " as that of the other parts");
  Signatures signatures = signatures_of(base);
  Tables tables;
  tables.add(*base.zip, base.where(kTableName), &oddities_);
  for (const Part& part : parts_)
    if (&part != &base) tables.add(*part.zip, part.where(kTableName), &oddities_);
  ManifestValues values(&tables.tables());
  Package package = package_of(base.manifest, &values);
  package.signatures = std::move(signatures);
  package.oddities = std::move(oddities_);
  refuse_old_scheme(&package);
  // With several bases, one per kind of device, any of them may be the one that gets installed.
  Permissions permissions(&package);
  for (const Part& part : parts_)
    if (&part == &base || is_base(part))
      permissions.add(part.manifest, part.where(kManifestName), values);
  fill_labels(base.manifest, &values, &package);
  for (const Part& part : parts_)
    if (&part != &base)
      package.splits.push_back(part.manifest.split.empty() ? part.name : part.manifest.split);
  NumberSearch search;
  search_pool(base.manifest.strings, base.where(kManifestName), &search);
  for (const ResourceTable& table : tables.tables().tables())
    search_pool(table.strings(), base.where(kTableName), &search);
  search_text_files(*base.zip, base.name, &search);
  search.finish(&package);
  return package;
}

Result<Package> read_apk(const Zip& zip, const ReadOptions& options, Oddities oddities) {
  ApkReader reader(options);
  if (auto added = reader.add(&zip, "", std::move(oddities)); !added) return added.error();
  return reader.finish();
}

}  // namespace beian::package
