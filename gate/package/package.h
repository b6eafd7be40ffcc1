// What a package says about itself: the facts of an APK, HAP or IPA that a check needs, and those
// that help a person understand the answer.
//
// Texts are taken from the package and converted to UTF-8. They are untrusted: whoever prints them
// must escape them. A value; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cache/filing/number.h"
#include "gate/package/oddity.h"
#include "gate/package/signatures.h"

namespace beian::package {

enum class PackageKind : std::uint8_t { kApk, kHap, kIpa };
std::string_view name_of(PackageKind kind) noexcept;      // apk, hap, ipa
std::string_view platform_of(PackageKind kind) noexcept;  // android, harmonyos, ios

// An API level of the platform: a number, or the codename of a level not yet released.
struct SdkVersion {
  std::optional<std::uint32_t> number;
  std::string codename;

  bool is_given() const noexcept { return number || !codename.empty(); }
  friend bool operator==(const SdkVersion&, const SdkVersion&) = default;
};

struct Permission {
  std::string name;
  std::optional<std::uint32_t> max_sdk;  // requested up to this level only

  friend bool operator==(const Permission&, const Permission&) = default;
};

struct Label {
  std::string locale;  // a BCP 47 tag: zh-CN, zh-Hans-CN; empty: the default
  std::string text;

  friend bool operator==(const Label&, const Label&) = default;
};

// A filing number found in a text of the package.
struct FoundNumber {
  std::string number;          // canonical
  std::string where;           // the entry that holds it
  Kind kind = Kind::kSubject;  // of the service

  friend bool operator==(const FoundNumber&, const FoundNumber&) = default;
};

struct Package {
  PackageKind kind = PackageKind::kApk;
  // What it is filed as. [F-14]: a HarmonyOS atomic service is filed like a quick app, by its
  // platform.
  Kind app_kind = Kind::kApp;
  std::string package;  // package name, bundle name or bundle identifier
  std::string version_name;
  std::string version_code;   // decimal; for an IPA, CFBundleVersion verbatim
  std::string label;          // in Chinese (zh-CN first), else the default, else the first
  std::vector<Label> labels;  // of all locales; the default first
  SdkVersion min_sdk;
  SdkVersion target_sdk;
  std::vector<Permission> permissions;  // in the manifest's order, each once
  std::string shared_user_id;           // Android: permissions are shared with apps of the same id
  std::optional<bool> is_debuggable;    // none: not stated, so the platform's default holds
  std::optional<bool> is_test_only;
  std::optional<bool> uses_cleartext;
  bool has_network_security_config = false;
  std::optional<bool> has_network_permission;  // none: the platform has no such permission
  bool is_container = false;                   // its APKs were in one file: APKS, XAPK, APKM
  std::string split;                           // its name, if it is a part and no app of its own
  std::vector<std::string> splits;             // names of the parts that were read with it
  std::vector<FoundNumber> filing_numbers;     // each once, in the order found
  Signatures signatures;                       // for an app in several parts: those of its base
  Oddities oddities;
};

}  // namespace beian::package
