#include "cache/redis/chunk.h"

#include <zstd.h>

#include <algorithm>

namespace beian::cache {
namespace {

// zstd's own default: the publisher waits while each chunk is compressed.
constexpr int kLevel = ZSTD_CLEVEL_DEFAULT;

Error damaged(const std::string& what) {
  return make_error(ErrorKind::kDamaged, "chunk damaged: " + what);
}

}  // namespace

std::string compress_chunk(ByteView piece) {
  std::string frame(ZSTD_compressBound(piece.size()), '\0');
  const std::size_t bytes =
      ZSTD_compress(frame.data(), frame.size(), piece.data(), piece.size(), kLevel);
  BEIAN_ASSERT(ZSTD_isError(bytes) == 0);
  frame.resize(bytes);
  return frame;
}

Result<std::string> restore_chunk(ByteView frame, const Sha256& content, std::size_t bytes) {
  std::string piece(bytes, '\0');
  const std::size_t got = ZSTD_decompress(piece.data(), piece.size(), frame.data(), frame.size());
  if (ZSTD_isError(got) != 0) return damaged(ZSTD_getErrorName(got));
  if (got != bytes) return damaged(std::to_string(got) + " bytes, not " + std::to_string(bytes));
  if (sha256(piece) != content) return damaged("its content is not what its name says");
  return piece;
}

std::size_t chunk_size(const Manifest& manifest, std::size_t index) noexcept {
  const std::uint64_t begin = std::uint64_t{manifest.chunk_bytes} * index;
  return static_cast<std::size_t>(
      std::min<std::uint64_t>(manifest.chunk_bytes, manifest.file_bytes - begin));
}

}  // namespace beian::cache
