// AndroidManifest.xml as Android's package parser reads it: attributes by their resource
// identifiers, `package` and `split` by name, children of the root and of those that Android reads
// over, the first <application>.
//
// Values that refer to resources stay references: resource_tables.h resolves them. Pure; any
// thread. Tests: tests/package/manifest_test.cc.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cache/base/bytes.h"
#include "cache/base/result.h"
#include "gate/package/oddity.h"
#include "gate/package/string_pool.h"

namespace beian::package {

inline constexpr std::string_view kInternetPermission = "android.permission.INTERNET";

// One of these at most; none: the attribute is not there, or of another type.
struct ManifestValue {
  std::optional<std::string> text;
  std::optional<std::uint32_t> integer;    // of a boolean: 0 or not
  std::optional<std::uint32_t> reference;  // a resource
};

struct ManifestPermission {
  ManifestValue name;
  ManifestValue max_sdk;
};

struct Manifest {
  StringPool strings;  // all texts of it; dies with the bytes that it was read from
  std::string package;
  std::string split;  // empty: no split
  ManifestValue version_code;
  ManifestValue version_code_major;
  ManifestValue version_name;
  ManifestValue shared_user_id;
  ManifestValue min_sdk;
  ManifestValue target_sdk;
  std::vector<ManifestPermission> permissions;  // at most limits::kPermissionsMax
  // A permission beyond them is kInternetPermission, or has a name that only resources tell.
  bool drops_network_permission = false;
  // Of <application>.
  ManifestValue label;
  ManifestValue is_debuggable;
  ManifestValue is_test_only;
  ManifestValue uses_cleartext;
  ManifestValue network_security_config;
};

// Reads a binary manifest; `where` names it in errors and oddities. kBadInput where Android refuses
// it, or where it names no package.
[[nodiscard]] Result<Manifest> read_manifest(ByteView xml, std::string_view where,
                                             Oddities* oddities);

}  // namespace beian::package
