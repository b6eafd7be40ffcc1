// Any bytes as a binary manifest. Oracles: an accepted one names a package, all its texts are UTF-8
// within their bounds, and reading is deterministic.
#include <cstdlib>
#include <vector>

#include "gate/package/limits.h"
#include "gate/package/manifest.h"

namespace {

void require(bool condition) {
  if (!condition) std::abort();
}

void require_text(const std::string& text) {
  require(beian::is_utf8(text) && text.size() <= beian::limits::kPoolTextBytesMax);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace beian::package;
  const std::vector<std::uint8_t> file(data, data + size);
  Oddities oddities;
  const auto manifest = read_manifest(file, "AndroidManifest.xml", &oddities);
  if (!manifest) return 0;
  require(!manifest->package.empty());
  require_text(manifest->package);
  require_text(manifest->split);
  require(manifest->permissions.size() <= beian::limits::kPermissionsMax);
  for (const ManifestPermission& permission : manifest->permissions)
    if (permission.name.text) require_text(*permission.name.text);
  require(oddities.size() <= beian::limits::kOdditiesMax + 1);
  const auto again = read_manifest(file, "AndroidManifest.xml", nullptr);
  require(again.has_value() && again->package == manifest->package &&
          again->label.text == manifest->label.text);
  return 0;
}
