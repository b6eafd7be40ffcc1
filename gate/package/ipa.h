// Packages of Apple's platforms: an IPA, described by the Info.plist of its app.
//
// Not thread-safe. Tests: tests/package/other_platforms_test.py.
#pragma once

#include <string_view>

#include "cache/base/result.h"
#include "gate/package/package.h"
#include "gate/package/zip.h"

namespace beian::package {

// The app's folder, such as `Payload/Example.app/`; empty if there is none, so this is not an IPA.
std::string_view app_folder(const Zip& zip) noexcept;

// kBadInput: a second app in Payload/, or an Info.plist that is not a property list or names no
// bundle.
// REQUIRES: app_folder() is not empty.
[[nodiscard]] Result<Package> read_ipa(const Zip& zip, Oddities oddities);

}  // namespace beian::package
