// HarmonyOS packages: a HAP (module.json, or config.json of the older model), or the HAPs and
// shared packages (HSP, same format) of one app in an APP container.
//
// A name that is a resource reference is looked up (hap_resources.h); if it is not found, an oddity
// says so and the check compares no name. Not thread-safe. Tests:
// tests/package/other_platforms_test.py.
#pragma once

#include <span>

#include "cache/base/result.h"
#include "gate/package/package.h"
#include "gate/package/read_options.h"
#include "gate/package/zip.h"

namespace beian::package {

// Whether there is a module.json or config.json at the root.
bool has_description(const Zip& zip) noexcept;
// Whether that file describes an app, or cannot be read, in which case nobody knows that it does
// not. Packages of other platforms may contain a config.json of their own.
bool is_hap(const Zip& zip);

struct HapPart {
  const Zip* zip;
  std::string name;  // identifies it among the parts; empty for a file of its own
};
// Reads one HAP or several of one app: names and versions are those of the first, permissions those
// of all. kBadInput: a description that is not JSON, repeats a key or names no bundle; parts of
// different bundles. REQUIRES: at least one part.
[[nodiscard]] Result<Package> read_haps(std::span<const HapPart> parts, const ReadOptions& options,
                                        Oddities oddities);

}  // namespace beian::package
