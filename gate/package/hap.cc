#include "gate/package/hap.h"

#include <simdjson.h>

#include <algorithm>
#include <unordered_set>
#include <vector>

#include "gate/package/hap_resources.h"
#include "gate/package/limits.h"
#include "gate/package/number_search.h"
#include "gate/package/resource_tables.h"
#include "gate/package/string_pool.h"
#include "gate/package/text_files.h"

namespace beian::package {
namespace {

using Json = simdjson::dom::element;

constexpr std::string_view kStageName = "module.json";
constexpr std::string_view kOlderName = "config.json";
constexpr std::string_view kIndexName = "resources.index";
constexpr std::string_view kInternet = "ohos.permission.INTERNET";

const ZipEntry* description_of(const Zip& zip) noexcept {
  const ZipEntry* const entry = zip.find(kStageName);
  return entry != nullptr ? entry : zip.find(kOlderName);
}

// nullopt: not JSON. The result is valid as long as `parser`.
std::optional<Json> parse_json(ByteView bytes, simdjson::dom::parser* parser) {
  const simdjson::padded_string text(as_text(bytes));
  Json root;
  if (parser->allocate(text.size(), limits::kModuleJsonDepthMax) != simdjson::SUCCESS ||
      parser->parse(text).get(root) != simdjson::SUCCESS)
    return std::nullopt;
  return root;
}

// Whether any object in it repeats a key: we would take the first, HarmonyOS takes the last.
// Recursive, at most limits::kModuleJsonDepthMax deep.
bool has_twins(Json value) {
  simdjson::dom::array items;
  if (value.get_array().get(items) == simdjson::SUCCESS) {
    for (const Json item : items)
      if (has_twins(item)) return true;
    return false;
  }
  simdjson::dom::object members;
  if (value.get_object().get(members) != simdjson::SUCCESS) return false;
  std::vector<std::string_view> keys;
  for (const auto& member : members) {
    keys.push_back(member.key);
    if (has_twins(member.value)) return true;
  }
  std::ranges::sort(keys);
  return std::ranges::adjacent_find(keys) != keys.end();
}

// The text at a JSON Pointer; empty if there is none.
std::string text_at(Json root, std::string_view pointer) {
  std::string_view text;
  if (root.at_pointer(pointer).get_string().get(text) != simdjson::SUCCESS) return "";
  return cut_text(std::string(text));
}

std::optional<std::uint64_t> number_at(Json root, std::string_view pointer) {
  std::uint64_t number = 0;
  if (root.at_pointer(pointer).get_uint64().get(number) != simdjson::SUCCESS) return std::nullopt;
  return number;
}

std::optional<bool> flag_at(Json root, std::string_view pointer) {
  bool flag = false;
  if (root.at_pointer(pointer).get_bool().get(flag) != simdjson::SUCCESS) return std::nullopt;
  return flag;
}

// The value at the first of two places that has one: that of today's model, then the older one's.
template <class Read>
auto either(Json root, std::string_view today, std::string_view older, Read read) {
  const auto value = read(root, today);
  return value == decltype(value){} ? read(root, older) : value;
}

SdkVersion sdk_of(std::optional<std::uint64_t> number) {
  SdkVersion sdk;
  if (number && *number <= UINT32_MAX) sdk.number = static_cast<std::uint32_t>(*number);
  return sdk;
}

// The index of a HAP's resources: at the root in today's model, in the module's folder in the older
// one. Empty if there is none or it cannot be read.
ZipBytes resource_index(const Zip& zip, Oddities* oddities) {
  const ZipEntry* entry = zip.find(kIndexName);
  for (const ZipEntry& one : zip.entries())
    if (entry == nullptr && one.name.starts_with("assets/") &&
        one.name.ends_with("/resources.index"))
      entry = &one;
  if (entry == nullptr) return ZipBytes(ByteView{});
  auto bytes = zip.view(*entry, limits::kHapIndexBytesMax, oddities);
  return bytes ? std::move(*bytes) : ZipBytes(ByteView{});
}

void resolve_label(const Zip& zip, const HapReference& wanted, std::string_view where,
                   Package* package) {
  const ZipBytes index = resource_index(zip, &package->oddities);
  package->labels = read_hap_texts(index.bytes(), wanted);
  std::vector<std::string> locales;
  for (const Label& label : package->labels) locales.push_back(label.locale);
  const std::string* const best = best_chinese(locales);
  if (best != nullptr)
    package->label = package->labels[static_cast<std::size_t>(best - locales.data())].text;
  else
    add_oddity(&package->oddities, "label_unresolved", where,
               "the name is the resource " + printable(wanted.name) +
                   ", of which resources.index has no text");
}

void fill_label(Json root, const Zip& zip, std::string_view where, Package* package) {
  for (const std::string_view place : {"/app", "/module/abilities/0"}) {
    const std::string label = text_at(root, std::string(place) + "/label");
    // The id that the compiler left beside the name is what the system uses, whatever the name
    // says.
    const std::uint64_t id = number_at(root, std::string(place) + "/labelId").value_or(0);
    if (label.empty() && id == 0) continue;
    if (label.starts_with("$") || id != 0) {
      HapReference wanted{std::nullopt, label.substr(std::min(label.find(':') + 1, label.size()))};
      if (id != 0 && id <= UINT32_MAX) wanted.id = static_cast<std::uint32_t>(id);
      return resolve_label(zip, wanted, where, package);
    }
    package->label = label;
    package->labels.push_back({"", label});
    return;
  }
}

void fill_app(Json root, const Zip& zip, std::string_view where, Package* package) {
  if (text_at(root, "/app/bundleType") == "atomicService") package->app_kind = Kind::kQuickApp;
  package->package = text_at(root, "/app/bundleName");
  package->version_name = either(root, "/app/versionName", "/app/version/name", text_at);
  if (const auto code = either(root, "/app/versionCode", "/app/version/code", number_at))
    package->version_code = std::to_string(*code);
  package->min_sdk =
      sdk_of(either(root, "/app/minAPIVersion", "/app/apiVersion/compatible", number_at));
  package->target_sdk =
      sdk_of(either(root, "/app/targetAPIVersion", "/app/apiVersion/target", number_at));
  package->is_debuggable = either(root, "/app/debug", "/deviceConfig/default/debug", flag_at);
  package->uses_cleartext = flag_at(root, "/deviceConfig/default/network/cleartextTraffic");
  fill_label(root, zip, where, package);
}

class HapReader {
 public:
  HapReader(const ReadOptions& options, Oddities oddities) : options_(options) {
    package_.kind = PackageKind::kHap;
    package_.oddities = std::move(oddities);
    package_.has_network_permission = false;
  }

  Result<void> add(const HapPart& part);
  Package finish();

 private:
  void add_permissions(Json root, std::string_view where);

  ReadOptions options_;
  Package package_;
  NumberSearch search_;
  std::unordered_set<std::string> permissions_;  // names of those in package_
  bool is_first_ = true;
};

void HapReader::add_permissions(Json root, std::string_view where) {
  for (const std::string_view pointer : {"/module/requestPermissions", "/module/reqPermissions"}) {
    simdjson::dom::array wanted;
    if (root.at_pointer(pointer).get_array().get(wanted) != simdjson::SUCCESS) continue;
    for (const Json item : wanted) {
      std::string name = text_at(item, "/name");
      if (name == kInternet) package_.has_network_permission = true;  // even beyond the limit
      if (name.empty() || permissions_.contains(name)) continue;
      if (permissions_.size() == limits::kPermissionsMax) {
        add_oddity(&package_.oddities, "manifest_permissions", where,
                   "more than " + std::to_string(limits::kPermissionsMax) + " permissions");
        continue;
      }
      permissions_.insert(name);
      package_.permissions.push_back({std::move(name), std::nullopt});
    }
  }
}

Result<void> HapReader::add(const HapPart& part) {
  const auto bad = [&](std::string_view where, const std::string& what) {
    return make_error(ErrorKind::kBadInput, printable(where) + ": " + what);
  };
  const ZipEntry* const entry = description_of(*part.zip);
  if (entry == nullptr) return bad(part.name, "neither module.json nor config.json in it");
  const std::string where = (part.name.empty() ? "" : part.name + "/") + std::string(entry->name);
  const auto bytes = part.zip->view(*entry, limits::kModuleJsonBytesMax, &package_.oddities);
  if (!bytes) return bytes.error();
  simdjson::dom::parser parser;
  const auto parsed = parse_json(bytes->bytes(), &parser);
  if (!parsed) return bad(where, "not JSON");
  const Json root = *parsed;
  if (has_twins(root))
    return make_error(ErrorKind::kUntrusted,
                      printable(where) +
                          ": a key stands there twice: which value counts depends on who reads it");
  const std::string bundle = text_at(root, "/app/bundleName");
  if (bundle.empty()) return bad(where, "it names no bundle: no /app/bundleName");
  if (is_first_)
    fill_app(root, *part.zip, where, &package_);
  else if (bundle != package_.package)
    return bad(where, "its bundle is " + printable(bundle) + ", not " +
                          printable(package_.package) + " as that of the other parts");
  add_permissions(root, where);
  Signatures signatures =
      read_hap_signatures(*part.zip, options_.wants_digests, &package_.oddities);
  if (is_first_) {
    package_.signatures = std::move(signatures);
  } else {
    package_.splits.push_back(text_at(root, "/module/name"));
    const bool is_same = signatures.signer_digests() == package_.signatures.signer_digests();
    if (!is_same)
      add_oddity(&package_.oddities, "part_signer", part.name,
                 "a part that is not signed by the signer of the first");
    if (options_.wants_digests && (!is_same || !signatures.hold()))
      package_.signatures.digests_verified = false;
  }
  search_.search(as_text(bytes->bytes()), where);
  search_text_files(*part.zip, part.name, &search_);
  is_first_ = false;
  return {};
}

Package HapReader::finish() {
  search_.finish(&package_);
  return std::move(package_);
}

}  // namespace

bool has_description(const Zip& zip) noexcept {
  return description_of(zip) != nullptr;
}

bool is_hap(const Zip& zip) {
  const ZipEntry* const entry = description_of(zip);
  if (entry == nullptr) return false;
  const auto bytes = zip.view(*entry, limits::kModuleJsonBytesMax);
  simdjson::dom::parser parser;
  const auto root = bytes ? parse_json(bytes->bytes(), &parser) : std::nullopt;
  return !root || root->at_key("app").error() == simdjson::SUCCESS;
}

Result<Package> read_haps(std::span<const HapPart> parts, const ReadOptions& options,
                          Oddities oddities) {
  BEIAN_ASSERT(!parts.empty());
  HapReader reader(options, std::move(oddities));
  for (const HapPart& part : parts)
    if (auto added = reader.add(part); !added) return added.error();
  return reader.finish();
}

}  // namespace beian::package
