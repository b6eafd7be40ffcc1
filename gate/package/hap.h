// HarmonyOS packages: a HAP (module.json, or config.json of the older model), or the HAPs and
// shared packages (HSP, of the same form) of one app in an APP container.
//
// Names that are resources are looked up (hap_resources.h); of one that is not found an oddity
// tells, and the check then compares no name. One thread.
// Tests: tests/package/other_platforms_test.py.
#pragma once

#include <span>

#include "cache/base/result.h"
#include "gate/package/package.h"
#include "gate/package/read_options.h"
#include "gate/package/zip.h"

namespace beian::package {

// Whether a module.json or config.json stands at the root.
bool has_description(const Zip& zip) noexcept;
// Whether it describes an app, or cannot be read, so that nobody knows that it does not. Packages
// of other platforms may have a config.json of their own.
bool is_hap(const Zip& zip);

// One HAP, or several of one app: names and versions are those of the first, permissions those of
// all. kBadInput: descriptions that are no JSON, have a key twice or name no bundle, parts of
// several bundles. REQUIRES: at least one.
struct HapPart {
  const Zip* zip;
  std::string name;  // tells it from others; empty for a file of its own
};
[[nodiscard]] Result<Package> read_haps(std::span<const HapPart> parts, const ReadOptions& options,
                                        Oddities oddities);

}  // namespace beian::package
