// Android packages: one APK, or the APKs of one app (a base and its splits) together.
//
// Reads the directory, the manifest and the resource table of each, and text files among the assets
// of the base, all within bounds of limits.h. One thread. Tests: tests/package/inspect_test.py.
#pragma once

#include <list>
#include <string>
#include <vector>

#include "cache/base/result.h"
#include "gate/package/limits.h"
#include "gate/package/manifest.h"
#include "gate/package/package.h"
#include "gate/package/read_options.h"
#include "gate/package/zip.h"

namespace beian::package {

inline constexpr std::string_view kManifestName = "AndroidManifest.xml";

// An app being put together from its APKs.
class ApkReader {
 public:
  explicit ApkReader(const ReadOptions& options) : options_(options) {}

  // Takes in one APK. `name` tells it from others of its app; empty for a file of its own. `zip`
  // and the bytes that it was opened on must outlive this. Errors: those of its manifest.
  [[nodiscard]] Result<void> add(const Zip* zip, std::string name, Oddities oddities);

  // The app: what its base says (of several, the first, and the permissions of all), in the texts
  // of all parts. kBadInput when parts are of several packages. REQUIRES: a part was added.
  [[nodiscard]] Result<Package> finish();

 private:
  struct Part {
    const Zip* zip;
    std::string name;
    ZipBytes manifest_bytes;
    Manifest manifest;
    std::string where(std::string_view entry) const;
  };

  // kBadInput: the manifests of the parts would take too much memory together.
  Result<void> take_room(std::size_t bytes);
  // The signatures of the base; a part that is signed by somebody else is told.
  Signatures signatures_of(const Part& base);

  ReadOptions options_;
  std::list<Part> parts_;  // in place: views of theirs are kept
  std::size_t room_ = limits::kManifestsBytesMax;
  Oddities oddities_;
};

// One APK by itself.
[[nodiscard]] Result<Package> read_apk(const Zip& zip, const ReadOptions& options,
                                       Oddities oddities);

}  // namespace beian::package
