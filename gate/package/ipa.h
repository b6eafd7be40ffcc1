// Packages of Apple's platforms: an IPA, by the Info.plist of its app.
//
// One thread. Tests: tests/package/other_platforms_test.py.
#pragma once

#include <string_view>

#include "cache/base/result.h"
#include "gate/package/package.h"
#include "gate/package/zip.h"

namespace beian::package {

// The folder of the app, `Payload/Example.app/`; empty: there is none, so this is no IPA.
std::string_view app_folder(const Zip& zip) noexcept;

// kBadInput: a second app in Payload/, an Info.plist that is no property list or names no bundle.
// REQUIRES: app_folder() is not empty.
[[nodiscard]] Result<Package> read_ipa(const Zip& zip, Oddities oddities);

}  // namespace beian::package
