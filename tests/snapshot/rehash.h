// Corrects the checksums of a changed snapshot, as a hostile author would. Tests and fuzzing only.
#pragma once

#include <algorithm>
#include <cstring>
#include <string>

#include "cache/base/limits.h"
#include "cache/snapshot/format.h"
#include "cache/snapshot/seal.h"

namespace beian::cache::test {

// Sets file length, block hashes and root hash, and drops the signature. Leaves `bytes` alone when
// it is too short, or when its section table leaves no room for the hashes.
inline void rehash(std::string* bytes) {
  format::Header header;
  if (bytes->size() < sizeof header) return;
  std::memcpy(&header, bytes->data(), sizeof header);
  const std::uint64_t end = header.sections[format::kSectionCount - 1].offset;
  header.file_bytes = bytes->size();
  header.signer = {};
  header.signature = {};
  if (end >= sizeof header && end <= bytes->size()) {
    std::string hashes;
    for (std::uint64_t at = sizeof header; at < end; at += limits::kSnapshotBlockBytes) {
      const auto size = std::min<std::uint64_t>(limits::kSnapshotBlockBytes, end - at);
      const Sha256 digest = sha256(std::string_view(*bytes).substr(at, size));
      hashes += as_text(digest);
    }
    hashes.resize(std::min<std::size_t>(hashes.size(), bytes->size() - end));
    bytes->replace(end, hashes.size(), hashes);
    header.root_hash = root_hash_of(header, as_bytes(std::string_view(*bytes).substr(end)));
  }
  std::memcpy(bytes->data(), &header, sizeof header);
}

}  // namespace beian::cache::test
