// A manifest of small invented values, for tests of what is made from it.
#pragma once

#include "cache/redis/manifest.h"

namespace beian::cache::test {

inline Manifest some_manifest(std::uint64_t serial = 48'213) {
  Manifest manifest;
  manifest.epoch = 3;
  manifest.serial = serial;
  manifest.as_of = *parse_instant("2026-01-02T03:00:00Z");
  manifest.published_at = *parse_instant("2026-01-02T03:10:00Z");
  manifest.subjects = 2;
  manifest.services = 5;
  manifest.file_bytes = 25;
  manifest.chunk_bytes = 10;
  manifest.root_hash.fill(0x11);
  manifest.chain.fill(0x22);
  for (std::uint8_t i = 0; i < 3; ++i) manifest.chunks.emplace_back().fill(i);
  return manifest;
}

}  // namespace beian::cache::test
