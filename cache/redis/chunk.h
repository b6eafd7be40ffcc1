// A piece of a snapshot file as Redis keeps it: one zstd frame under the name of its content, the
// SHA-256 of the piece before compression. So equal pieces of two generations are kept once, and
// whoever reads one knows whether it is whole. Pure; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "cache/base/bytes.h"
#include "cache/base/limits.h"
#include "cache/base/result.h"
#include "cache/redis/manifest.h"

namespace beian::cache {

// The frame of `piece`. REQUIRES: at most limits::kRegistryChunkBytesMax bytes.
std::string compress_chunk(ByteView piece);

// The piece that has `bytes` bytes and the hash `content`, from a frame that may come from anybody.
// Errors: kDamaged, without the chunk's name. At most `bytes` are allocated, whatever the frame
// says.
[[nodiscard]] Result<std::string> restore_chunk(ByteView frame, const Sha256& content,
                                                std::size_t bytes);

// Bytes of the `index`th piece of the file that `manifest` describes: all have chunk_bytes but the
// last. REQUIRES: index < manifest.chunks.size().
std::size_t chunk_size(const Manifest& manifest, std::size_t index) noexcept;

}  // namespace beian::cache
