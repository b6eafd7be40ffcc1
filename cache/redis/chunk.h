// A piece of a snapshot file as Redis keeps it: one zstd frame, named by its content, the SHA-256
// of the uncompressed piece. Equal pieces of two generations are therefore stored once, and every
// reader can tell whether a piece is intact. Pure; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "cache/base/bytes.h"
#include "cache/base/limits.h"
#include "cache/base/result.h"
#include "cache/redis/manifest.h"

namespace beian::cache {

// Returns the zstd frame of `piece`. REQUIRES: at most limits::kRegistryChunkBytesMax bytes.
std::string compress_chunk(ByteView piece);

// Decompresses `frame`, hostile input, and returns the piece of `bytes` bytes with the hash
// `content`. Allocates at most `bytes`, whatever the frame claims. Errors: kDamaged, without the
// chunk's name.
[[nodiscard]] Result<std::string> restore_chunk(ByteView frame, const Sha256& content,
                                                std::size_t bytes);

// Size in bytes of the `index`th piece of the file that `manifest` describes: chunk_bytes, except
// for the last piece. REQUIRES: index < manifest.chunks.size().
std::size_t chunk_size(const Manifest& manifest, std::size_t index) noexcept;

}  // namespace beian::cache
