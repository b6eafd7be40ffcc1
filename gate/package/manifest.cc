#include "gate/package/manifest.h"

#include <algorithm>

#include "gate/package/limits.h"
#include "gate/package/xml_reader.h"

namespace beian::package {
namespace {

// Resource identifiers of the platform's attributes (android.R.attr); they never change.
constexpr std::uint32_t kLabel = 0x01010001;
constexpr std::uint32_t kName = 0x01010003;
constexpr std::uint32_t kSharedUserId = 0x0101000b;
constexpr std::uint32_t kDebuggable = 0x0101000f;
constexpr std::uint32_t kMinSdkVersion = 0x0101020c;
constexpr std::uint32_t kVersionCode = 0x0101021b;
constexpr std::uint32_t kVersionName = 0x0101021c;
constexpr std::uint32_t kTargetSdkVersion = 0x01010270;
constexpr std::uint32_t kMaxSdkVersion = 0x01010271;
constexpr std::uint32_t kTestOnly = 0x01010272;
constexpr std::uint32_t kUsesCleartextTraffic = 0x010104ec;
constexpr std::uint32_t kNetworkSecurityConfig = 0x01010527;
constexpr std::uint32_t kVersionCodeMajor = 0x01010576;

constexpr std::uint32_t kNone = 0xFFFFFFFF;

// Elements of which Android, since version 11, reads only the attributes: it reads the elements
// nested in them as if they were siblings (ParsingPackageUtils.parseBaseApkTags).
constexpr std::string_view kTransparent[] = {
    "uses-feature",     "uses-configuration", "supports-screens", "protected-broadcast",
    "original-package", "adopt-permissions",  "overlay",          "restrict-update"};

class ManifestReader {
 public:
  ManifestReader(XmlReader xml, std::string_view where, Oddities* oddities)
      : xml_(std::move(xml)), where_(where), oddities_(oddities) {}

  Result<Manifest> read();

 private:
  ManifestValue value_of(std::uint32_t resource_id) const;
  std::string text_of(std::string_view name) const;
  Result<void> read_root();
  void read_child();
  void read_permission();
  void read_application();

  XmlReader xml_;
  std::string where_;
  Oddities* oddities_;
  Manifest manifest_;
  std::size_t opaque_depth_ = 0;  // of the open element whose content is its own; 0: none
  bool has_application_ = false;
  bool has_sdk_ = false;
};

ManifestValue ManifestReader::value_of(std::uint32_t resource_id) const {
  ManifestValue out;
  const auto attribute = xml_.attribute(resource_id);
  if (!attribute) return out;
  const ResourceValue& value = attribute->value;
  if (value.type == ResourceValue::kString)
    out.text = xml_.strings().text(value.data);
  else if (value.is_reference())
    out.reference = value.data;
  else if (value.is_integer())
    out.integer = value.data;
  return out;
}

// The value as written, which is what Android uses for attributes that it reads by name.
std::string ManifestReader::text_of(std::string_view name) const {
  const auto attribute = xml_.attribute(name);
  if (!attribute) return "";
  const bool is_typed = attribute->raw == kNone && attribute->value.type == ResourceValue::kString;
  return xml_.strings().text(is_typed ? attribute->value.data : attribute->raw).value_or("");
}

Result<Manifest> ManifestReader::read() {
  manifest_.strings = xml_.strings();
  if (auto root = read_root(); !root) return root.error();
  for (;;) {
    const auto event = xml_.next();
    if (!event) return event.error();
    if (*event == XmlReader::Event::kDocumentEnd) break;
    if (*event == XmlReader::Event::kEnd && xml_.depth() <= 1) break;
    if (*event == XmlReader::Event::kEnd && xml_.depth() <= opaque_depth_) opaque_depth_ = 0;
    if (*event == XmlReader::Event::kStart && opaque_depth_ == 0) read_child();
  }
  return std::move(manifest_);
}

Result<void> ManifestReader::read_root() {
  const auto event = xml_.next();
  if (!event) return event.error();
  if (*event != XmlReader::Event::kStart || !xml_.is_named("manifest"))
    return make_error(ErrorKind::kBadInput,
                      printable(where_) + ": its first element is no <manifest>");
  manifest_.package = text_of("package");
  if (manifest_.package.empty())
    return make_error(ErrorKind::kBadInput, printable(where_) + ": <manifest> names no package");
  manifest_.split = text_of("split");
  manifest_.version_code = value_of(kVersionCode);
  manifest_.version_code_major = value_of(kVersionCodeMajor);
  manifest_.version_name = value_of(kVersionName);
  manifest_.shared_user_id = value_of(kSharedUserId);
  return {};
}

void ManifestReader::read_child() {
  if (xml_.depth() > 2)
    add_oddity(oddities_, "manifest_nested", where_,
               "an element within another, that Android takes as if it stood beside it");
  if (std::ranges::none_of(kTransparent,
                           [&](std::string_view name) { return xml_.is_named(name); }))
    opaque_depth_ = xml_.depth();
  if (xml_.is_named("application")) {
    if (has_application_)
      return add_oddity(oddities_, "manifest_applications", where_,
                        "several <application>; Android takes the first");
    has_application_ = true;
    read_application();
  } else if (xml_.is_named("uses-sdk")) {
    if (has_sdk_)
      add_oddity(oddities_, "manifest_uses_sdk", where_, "several <uses-sdk>; the last one counts");
    has_sdk_ = true;
    manifest_.min_sdk = value_of(kMinSdkVersion);
    manifest_.target_sdk = value_of(kTargetSdkVersion);
  } else if (xml_.is_named("uses-permission") || xml_.is_named("uses-permission-sdk-23") ||
             xml_.is_named("uses-permission-sdk-m")) {
    read_permission();
  }
}

void ManifestReader::read_permission() {
  ManifestValue name = value_of(kName);
  if (manifest_.permissions.size() < limits::kPermissionsMax) {
    manifest_.permissions.push_back({std::move(name), value_of(kMaxSdkVersion)});
    return;
  }
  if (name.text == kInternetPermission || name.reference) manifest_.drops_network_permission = true;
  add_oddity(oddities_, "manifest_permissions", where_,
             "more than " + std::to_string(limits::kPermissionsMax) + " permissions");
}

void ManifestReader::read_application() {
  manifest_.label = value_of(kLabel);
  manifest_.is_debuggable = value_of(kDebuggable);
  manifest_.is_test_only = value_of(kTestOnly);
  manifest_.uses_cleartext = value_of(kUsesCleartextTraffic);
  manifest_.network_security_config = value_of(kNetworkSecurityConfig);
}

}  // namespace

Result<Manifest> read_manifest(ByteView xml, std::string_view where, Oddities* oddities) {
  auto reader = XmlReader::open(xml, where, oddities);
  if (!reader) return reader.error();
  return ManifestReader(std::move(*reader), where, oddities).read();
}

}  // namespace beian::package
