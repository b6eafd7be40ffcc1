// Android packages: a single APK, or all the APKs of one app (a base and its splits) together.
//
// Reads the directory, manifest and resource table of each APK, and the text files among the base's
// assets, within the bounds of limits.h. Not thread-safe. Tests: tests/package/inspect_test.py.
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

// Assembles an app from its APKs.
class ApkReader {
 public:
  explicit ApkReader(const ReadOptions& options) : options_(options) {}

  // Adds one APK. `name` identifies it among the APKs of its app in oddities and errors; empty for
  // an APK in a file of its own. `zip` and the bytes it was opened on must outlive this reader.
  // Errors: those of reading its manifest.
  [[nodiscard]] Result<void> add(const Zip* zip, std::string name, Oddities oddities);

  // The app as its base describes it, with resources resolved in the tables of all parts. When
  // there are several bases, the first one describes it, with the permissions of all of them.
  // kBadInput when the parts belong to different packages. REQUIRES: at least one part was added.
  [[nodiscard]] Result<Package> finish();

 private:
  struct Part {
    const Zip* zip;
    std::string name;
    ZipBytes manifest_bytes;
    Manifest manifest;
    std::string where(std::string_view entry) const;
  };

  // kBadInput when the manifests of all parts together would take too much memory.
  Result<void> take_room(std::size_t bytes);
  // The signatures of the base; reports each part that somebody else signed.
  Signatures signatures_of(const Part& base);

  ReadOptions options_;
  std::list<Part> parts_;  // a list: its elements never move, and views into them are kept
  std::size_t room_ = limits::kManifestsBytesMax;
  Oddities oddities_;
};

// Reads one APK by itself.
[[nodiscard]] Result<Package> read_apk(const Zip& zip, const ReadOptions& options,
                                       Oddities oddities);

}  // namespace beian::package
