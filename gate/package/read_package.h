// A package file of any kind, read: what it is shows by its entries, whatever its name.
//
// Any thread. Reads nothing but what it needs of `file`, which must not shrink meanwhile: a mapped
// file that does ends the process. Tests: tests/package/inspect_test.py.
#pragma once

#include <span>
#include <string>

#include "cache/base/bytes.h"
#include "cache/base/result.h"
#include "gate/package/package.h"
#include "gate/package/read_options.h"

namespace beian::package {

// Reads an APK, HAP or IPA, or a container of the parts of one app (APKS, XAPK, APKM, APP). Errors:
// kBadInput, which names the entry; what it names comes from the package and is printable.
[[nodiscard]] Result<Package> read_package(ByteView file, const ReadOptions& options);

// The parts of one Android app from files of their own, such as a base and its splits, as one.
struct PackageFile {
  std::string name;  // in oddities and errors
  ByteView bytes;
};
[[nodiscard]] Result<Package> read_parts(std::span<const PackageFile> files,
                                         const ReadOptions& options);

// Whether a file of this name is taken for a package where a folder is walked: .apk, .apks, .xapk,
// .apkm, .hap, .app, .ipa, in any case.
bool has_package_name(std::string_view path) noexcept;

}  // namespace beian::package
