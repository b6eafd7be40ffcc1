#include "gate/cli/packages_config.h"

#include "gate/cli/console.h"
#include "gate/http/package_desk.h"

namespace beian::cli {

Result<std::unique_ptr<http::PackageDesk>> open_desk(const PackagesConfig& config) {
  if (!config.is_inspecting) return std::unique_ptr<http::PackageDesk>();
  http::PackageDeskOptions options;
  options.folder = config.folder;
  options.bytes_max = static_cast<std::uint64_t>(config.package_mib) << 20;
  options.concurrent = static_cast<unsigned>(config.concurrent);
  options.stopwatch = &monotonic_now;
  auto desk = http::PackageDesk::open(std::move(options));
  if (!desk) return make_error(desk.error().kind, "packages.folder: " + desk.error().message);
  return desk;
}

}  // namespace beian::cli
