// The manifest of a local copy: which snapshot it is, its chain, and the manifest text that came
// with it. FORMAT.md has the bytes.
//
// Any thread.
#pragma once

#include <string>

#include "cache/base/result.h"
#include "cache/base/sha256.h"

namespace beian::cache {

struct CopyManifest {
  Sha256 root_hash{};  // of the snapshot
  Sha256 chain{};      // of the snapshot
  std::string text;    // as it was installed
};

// The bytes of the file. REQUIRES: `text` has at most limits::kManifestBytesMax bytes.
std::string encode(const CopyManifest& manifest);

// Errors: kDamaged with file and byte offset, kUnavailable.
[[nodiscard]] Result<CopyManifest> read_copy_manifest(const std::string& path);

}  // namespace beian::cache
