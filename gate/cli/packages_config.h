// The `[packages]` table of the configuration; conf/gate.toml explains every key.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "cache/base/result.h"
#include "gate/http/package_limits.h"

namespace beian::http {
class PackageDesk;
}  // namespace beian::http

namespace beian::cli {

struct PackagesConfig {
  bool is_inspecting = false;
  std::string folder = std::string(http::kPackageFolderDefault);
  std::int64_t package_mib = http::kPackageBytesDefault >> 20;
  std::int64_t concurrent = http::kPackagesConcurrentDefault;
};

// Opens the desk that `config` asks for; null if it asks for none. kUnavailable: no files can be
// created in the folder.
[[nodiscard]] Result<std::unique_ptr<http::PackageDesk>> open_desk(const PackagesConfig& config);

}  // namespace beian::cli
