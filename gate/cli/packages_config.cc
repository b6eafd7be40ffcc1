#include "gate/cli/packages_config.h"

#include "gate/cli/config.h"
#include "gate/cli/console.h"
#include "gate/http/package_desk.h"

namespace beian::cli {

std::string print_packages_config(const PackagesConfig& config) {
  return std::string("[packages]\ninspect = ") + (config.is_inspecting ? "true" : "false") +
         "\nfolder = " + quote_toml(config.folder) +
         "\npackage_mib = " + std::to_string(config.package_mib) +
         "\nconcurrent = " + std::to_string(config.concurrent) + "\n";
}

Result<std::unique_ptr<http::PackageDesk>> open_desk(const PackagesConfig& config) {
  if (!config.is_inspecting) return std::unique_ptr<http::PackageDesk>();
  http::PackageDeskOptions options;
  options.folder = config.folder;
  options.bytes_max = static_cast<std::uint64_t>(config.package_mib) << 20;
  options.concurrent = static_cast<unsigned>(config.concurrent);
  options.stopwatch = &monotonic_now;
  auto desk = http::PackageDesk::open(std::move(options));
  if (!desk) return make_error(desk.error().kind, "[packages] folder: " + desk.error().message);
  return desk;
}

}  // namespace beian::cli
