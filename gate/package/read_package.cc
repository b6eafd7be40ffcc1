#include "gate/package/read_package.h"

#include <algorithm>
#include <list>
#include <vector>

#include "gate/package/apk.h"
#include "gate/package/hap.h"
#include "gate/package/ipa.h"
#include "gate/package/limits.h"
#include "gate/package/zip.h"

namespace beian::package {
namespace {

constexpr std::string_view kPackageEndings[] = {".apk", ".apks", ".xapk", ".apkm",
                                                ".hap", ".app",  ".ipa"};

bool ends_in(std::string_view name, std::string_view ending) noexcept {
  if (name.size() < ending.size()) return false;
  const auto is_same = [](char a, char b) {
    return (a >= 'A' && a <= 'Z' ? static_cast<char>(a | 0x20) : a) == b;
  };
  return std::ranges::equal(name.substr(name.size() - ending.size()), ending, is_same);
}

// The archives within an archive: stored ones are viewed in place, deflated ones are unpacked.
class InnerArchives {
 public:
  explicit InnerArchives(const Zip& outer) : outer_(outer) {}

  Result<const Zip*> open(const ZipEntry& entry, Oddities* oddities) {
    if (entry.is_deflated() && entry.bytes > left_)
      return make_error(ErrorKind::kBadInput,
                        printable(entry.name) + ": unpacked, the parts have more than " +
                            std::to_string(limits::kPartsBytesMax) + " bytes");
    auto bytes = outer_.view(entry, outer_.file().size() + limits::kPartsBytesMax, oddities);
    if (!bytes) return bytes.error();
    if (entry.is_deflated()) left_ -= static_cast<std::size_t>(entry.bytes);
    auto zip = Zip::open(bytes_.emplace_back(std::move(*bytes)).bytes(), oddities);
    if (!zip)
      return make_error(zip.error().kind, printable(entry.name) + ": " + zip.error().message);
    if (zip->entries().size() > entries_left_)
      return make_error(ErrorKind::kBadInput,
                        printable(entry.name) + ": the parts have more than " +
                            std::to_string(limits::kZipEntriesMax) + " entries together");
    entries_left_ -= zip->entries().size();
    return &zips_.emplace_back(std::move(*zip));
  }

 private:
  const Zip& outer_;
  std::size_t left_ = limits::kPartsBytesMax;
  std::size_t entries_left_ = limits::kZipEntriesMax;
  std::list<ZipBytes> bytes_;
  std::list<Zip> zips_;
};

// Whether an entry is a part of the app in a container. A file with such a name among a package's
// data is just one of its files.
bool is_part(const ZipEntry& entry, std::string_view ending) noexcept {
  constexpr std::string_view kDataFolders[] = {"assets/", "resources/", "Payload/"};
  return ends_in(entry.name, ending) &&
         std::ranges::none_of(
             kDataFolders, [&](std::string_view folder) { return entry.name.starts_with(folder); });
}

std::ptrdiff_t count_parts(const Zip& zip, std::string_view ending) {
  return std::ranges::count_if(zip.entries(),
                               [&](const ZipEntry& entry) { return is_part(entry, ending); });
}

// An installer may leave out the part that spoils the app here and install the others, so such a
// container must not pass for one that nobody can read.
Result<Package> of_container(Result<Package> app, std::ptrdiff_t parts) {
  if (app || parts < 2 || app.error().kind != ErrorKind::kBadInput) return app;
  return make_error(ErrorKind::kUntrusted, app.error().message);
}

Error is_two(std::string_view one, std::string_view other) {
  return make_error(ErrorKind::kUntrusted, "packages of two platforms in one file, " +
                                               std::string(one) + " and " + std::string(other) +
                                               ": which app it is depends on who reads it");
}

Result<Package> read_apk_container(const Zip& outer, const ReadOptions& options,
                                   Oddities oddities) {
  InnerArchives inner(outer);
  ApkReader reader(options);
  std::size_t parts = 0;
  for (const ZipEntry& entry : outer.entries()) {
    if (!is_part(entry, ".apk")) continue;
    if (++parts > limits::kPartsMax)
      return make_error(ErrorKind::kBadInput,
                        "more than " + std::to_string(limits::kPartsMax) + " packages in it");
    const auto zip = inner.open(entry, &oddities);
    if (!zip) return zip.error();
    auto added = reader.add(*zip, std::string(entry.name), std::move(oddities));
    if (!added) return added.error();
    oddities.clear();
  }
  auto app = reader.finish();
  if (app) app->is_container = true;
  return app;
}

// The HAPs of an APP, then its shared packages (HSP): they run inside the HAPs, so the
// permissions they request count, too.
Result<Package> read_hap_container(const Zip& outer, const ReadOptions& options,
                                   Oddities oddities) {
  InnerArchives inner(outer);
  std::vector<HapPart> parts;
  for (const std::string_view ending : {".hap", ".hsp"})
    for (const ZipEntry& entry : outer.entries()) {
      if (!is_part(entry, ending)) continue;
      if (parts.size() == limits::kPartsMax)
        return make_error(ErrorKind::kBadInput,
                          "more than " + std::to_string(limits::kPartsMax) + " packages in it");
      const auto zip = inner.open(entry, &oddities);
      if (!zip) return zip.error();
      parts.push_back({*zip, std::string(entry.name)});
    }
  return read_haps(parts, options, std::move(oddities));
}

}  // namespace

Result<Package> read_package(ByteView file, const ReadOptions& options) {
  Oddities oddities;
  const auto zip = Zip::open(file, &oddities);
  if (!zip) return zip.error();
  // What is at the root decides: platforms install by that, whatever other packages lie below.
  const bool is_apk = zip->find(kManifestName) != nullptr;
  const bool is_ipa = !app_folder(*zip).empty();
  const bool is_harmony = is_hap(*zip);
  if (is_apk && is_harmony) return is_two("APK", "HAP");
  if (is_apk && is_ipa) return is_two("APK", "IPA");
  if (is_harmony && is_ipa) return is_two("HAP", "IPA");
  if (is_apk) return read_apk(*zip, options, std::move(oddities));
  if (is_ipa) return read_ipa(*zip, std::move(oddities));
  const std::ptrdiff_t apks = count_parts(*zip, ".apk");
  const std::ptrdiff_t haps = count_parts(*zip, ".hap");
  if (is_harmony || (has_description(*zip) && apks == 0 && haps == 0)) {
    const HapPart part{&*zip, ""};
    return read_haps({&part, 1}, options, std::move(oddities));
  }
  if (apks > 0 && haps > 0) return is_two("APK", "HAP");
  if (apks > 0) return of_container(read_apk_container(*zip, options, std::move(oddities)), apks);
  if (haps > 0)
    return of_container(read_hap_container(*zip, options, std::move(oddities)),
                        haps + count_parts(*zip, ".hsp"));
  return make_error(ErrorKind::kBadInput,
                    "a ZIP archive, but neither APK, HAP nor IPA: no AndroidManifest.xml, "
                    "module.json or Payload/*.app/Info.plist in it");
}

Result<Package> read_parts(std::span<const PackageFile> files, const ReadOptions& options) {
  std::list<Zip> zips;
  ApkReader reader(options);
  for (const PackageFile& file : files) {
    Oddities oddities;
    auto zip = Zip::open(file.bytes, &oddities);
    if (!zip)
      return make_error(zip.error().kind, printable(file.name) + ": " + zip.error().message);
    auto added = reader.add(&zips.emplace_back(std::move(*zip)), file.name, std::move(oddities));
    if (!added) return added.error();
  }
  return reader.finish();
}

bool has_package_name(std::string_view path) noexcept {
  return std::ranges::any_of(kPackageEndings,
                             [&](std::string_view ending) { return ends_in(path, ending); });
}

}  // namespace beian::package
