// Reads a package file of any kind; its entries tell which kind it is, not its name.
//
// Any thread. Touches only the parts of `file` it needs. `file` must not shrink meanwhile:
// truncating a mapped file ends the process. Tests: tests/package/inspect_test.py.
#pragma once

#include <span>
#include <string>

#include "cache/base/bytes.h"
#include "cache/base/result.h"
#include "gate/package/package.h"
#include "gate/package/read_options.h"

namespace beian::package {

// Reads an APK, HAP or IPA, or a container with the parts of one app (APKS, XAPK, APKM, APP).
// Errors, which name the entry; such names come from the package and are made printable: kBadInput;
// kUntrusted where it depends on who reads the file which app it is, or one of several parts in a
// container spoils it.
[[nodiscard]] Result<Package> read_package(ByteView file, const ReadOptions& options);

// Reads the parts of one Android app, such as a base and its splits, from separate files.
struct PackageFile {
  std::string name;  // in oddities and errors
  ByteView bytes;
};
[[nodiscard]] Result<Package> read_parts(std::span<const PackageFile> files,
                                         const ReadOptions& options);

// Whether a file of this name is taken for a package when a folder is walked: .apk, .apks, .xapk,
// .apkm, .hap, .app or .ipa, ignoring case.
bool has_package_name(std::string_view path) noexcept;

}  // namespace beian::package
