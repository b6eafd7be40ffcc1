#include "gate/package/ipa.h"

#include <algorithm>

#include "gate/package/limits.h"
#include "gate/package/number_search.h"
#include "gate/package/property_list.h"
#include "gate/package/resource_tables.h"
#include "gate/package/text_files.h"

namespace beian::package {
namespace {

constexpr std::string_view kPayload = "Payload/";
constexpr std::string_view kInfo = "Info.plist";
constexpr std::string_view kStrings = ".lproj/InfoPlist.strings";

std::string value_of(const PropertyList& list, std::string_view key) {
  const auto found = list.find(key);
  return found == list.end() ? "" : found->second;
}

// The name below the icon: the display name, otherwise the short one.
std::string name_in(const PropertyList& list) {
  std::string name = value_of(list, "CFBundleDisplayName");
  return name.empty() ? value_of(list, "CFBundleName") : name;
}

// Adds the names in other languages, from `zh-Hans.lproj/InfoPlist.strings` and the like.
void add_labels(const Zip& zip, std::string_view folder, Package* package) {
  for (const ZipEntry& entry : zip.entries()) {
    if (!entry.name.starts_with(folder) || !entry.name.ends_with(kStrings)) continue;
    const std::string_view locale =
        entry.name.substr(folder.size(), entry.name.size() - folder.size() - kStrings.size());
    // `default` is the name without a language.
    if (locale.empty() || locale == "default" || locale.find('/') != std::string_view::npos ||
        package->labels.size() >= limits::kLabelLocalesMax)
      continue;
    const auto bytes = zip.view(entry, limits::kPropertyListBytesMax, &package->oddities);
    if (!bytes) continue;
    const auto list = parse_property_list(bytes->bytes(), entry.name);
    std::string name = list ? name_in(*list) : "";
    if (!name.empty()) package->labels.push_back({std::string(locale), std::move(name)});
  }
}

void choose_label(Package* package) {
  std::vector<std::string> locales;
  for (const Label& label : package->labels) locales.push_back(label.locale);
  if (const std::string* const best = best_chinese(locales); best != nullptr)
    package->label = package->labels[static_cast<std::size_t>(best - locales.data())].text;
}

// The folder of another app beside `folder`, with or without an Info.plist; empty if there is none.
std::string_view other_app_folder(const Zip& zip, std::string_view folder) noexcept {
  for (const ZipEntry& entry : zip.entries()) {
    if (!entry.name.starts_with(kPayload) || entry.name.starts_with(folder)) continue;
    const std::size_t end = entry.name.find('/', kPayload.size());
    const std::string_view other = entry.name.substr(0, end);
    if (end != std::string_view::npos && other.ends_with(".app")) return other;
  }
  return {};
}

}  // namespace

std::string_view app_folder(const Zip& zip) noexcept {
  for (const ZipEntry& entry : zip.entries()) {
    if (!entry.name.starts_with(kPayload) || !entry.name.ends_with(kInfo)) continue;
    const std::string_view folder = entry.name.substr(0, entry.name.size() - kInfo.size());
    if (folder.ends_with(".app/") && std::ranges::count(folder, '/') == 2) return folder;
  }
  return {};
}

Result<Package> read_ipa(const Zip& zip, Oddities oddities) {
  const std::string_view folder = app_folder(zip);
  BEIAN_ASSERT(!folder.empty());
  if (const std::string_view other = other_app_folder(zip, folder); !other.empty())
    return make_error(ErrorKind::kUntrusted, "two apps in one file, " + printable(folder) +
                                                 " and " + printable(other) +
                                                 ": which one it is depends on who reads it");
  const std::string where = std::string(folder) + std::string(kInfo);
  const auto bytes = zip.view(*zip.find(where), limits::kPropertyListBytesMax, &oddities);
  if (!bytes) return bytes.error();
  const auto info = parse_property_list(bytes->bytes(), printable(where));
  if (!info) return info.error();
  Package package;
  package.kind = PackageKind::kIpa;
  package.oddities = std::move(oddities);
  package.package = value_of(*info, "CFBundleIdentifier");
  if (package.package.empty())
    return make_error(ErrorKind::kBadInput,
                      printable(where) + ": it names no bundle: no CFBundleIdentifier");
  package.version_name = value_of(*info, "CFBundleShortVersionString");
  package.version_code = value_of(*info, "CFBundleVersion");
  package.min_sdk.codename = value_of(*info, "MinimumOSVersion");
  package.target_sdk.codename = value_of(*info, "DTPlatformVersion");
  const std::string loads = value_of(*info, "NSAppTransportSecurity/NSAllowsArbitraryLoads");
  if (!loads.empty()) package.uses_cleartext = loads == "true";
  if (std::string name = name_in(*info); !name.empty())
    package.labels.push_back({"", std::move(name)});
  add_labels(zip, folder, &package);
  choose_label(&package);
  package.signatures =
      read_ipa_signatures(zip, folder, value_of(*info, "CFBundleExecutable"), &package.oddities);
  NumberSearch search;
  for (const auto& [key, value] : *info) search.search(value, where);
  search_text_files(zip, "", &search);
  search.finish(&package);
  return package;
}

}  // namespace beian::package
