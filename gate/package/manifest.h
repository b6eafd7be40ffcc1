// AndroidManifest.xml as Android's package parser reads it: attributes by resource identifier
// (`package` and `split` by name), the children of the root and of the elements whose content
// Android reads as if it were beside them, the first <application>.
//
// References to resources stay references: resource_tables.h resolves them. Pure; any thread.
// Tests: tests/package/manifest_test.cc.
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

// Holds at most one of these; none if the attribute is absent or of another type.
struct ManifestValue {
  std::optional<std::string> text;
  std::optional<std::uint32_t> integer;    // for a boolean: zero or not
  std::optional<std::uint32_t> reference;  // a resource identifier
};

struct ManifestPermission {
  ManifestValue name;
  ManifestValue max_sdk;
};

struct Manifest {
  StringPool strings;  // all texts of the manifest; valid as long as the bytes it was read from
  std::string package;
  std::string split;  // empty: no split
  ManifestValue version_code;
  ManifestValue version_code_major;
  ManifestValue version_name;
  ManifestValue shared_user_id;
  ManifestValue min_sdk;
  ManifestValue target_sdk;
  std::vector<ManifestPermission> permissions;  // at most limits::kPermissionsMax
  // Whether a dropped permission is kInternetPermission, or could be: its name is a resource.
  bool drops_network_permission = false;
  // --- of <application> ---
  ManifestValue label;
  ManifestValue is_debuggable;
  ManifestValue is_test_only;
  ManifestValue uses_cleartext;
  ManifestValue network_security_config;
};

// Reads a binary manifest; `where` names it in errors and oddities. kBadInput where Android refuses
// it, or if it names no package.
[[nodiscard]] Result<Manifest> read_manifest(ByteView xml, std::string_view where,
                                             Oddities* oddities);

}  // namespace beian::package
