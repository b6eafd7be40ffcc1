#include "cache/redis/snapshot_download.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <vector>

#include "cache/base/limits.h"
#include "cache/redis/chunk.h"

namespace beian::cache {
namespace {

class OpenFile {
 public:
  explicit OpenFile(const std::string& path)
      : descriptor_(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)) {}
  ~OpenFile() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;

  int descriptor() const { return descriptor_; }

 private:
  int descriptor_;
};

Error file_error(const std::string& path) {
  return make_error(ErrorKind::kUnavailable,
                    "cannot keep a download in " + path + ": " + std::strerror(errno));
}

// Reads all of `out` at `offset`; false when the file ends before that, or on an error.
bool read_at(int descriptor, std::uint64_t offset, std::string* out) {
  std::size_t done = 0;
  while (done < out->size()) {
    const ssize_t got = ::pread(descriptor, out->data() + done, out->size() - done,
                                static_cast<off_t>(offset + done));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    done += static_cast<std::size_t>(got);
  }
  return true;
}

bool write_at(int descriptor, std::uint64_t offset, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t put =
        ::pwrite(descriptor, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (put < 0 && errno == EINTR) continue;
    if (put <= 0) return false;
    offset += static_cast<std::uint64_t>(put);
    bytes.remove_prefix(static_cast<std::size_t>(put));
  }
  return true;
}

std::uint64_t offset_of(const Manifest& manifest, std::size_t index) {
  return std::uint64_t{manifest.chunk_bytes} * index;
}

Error chunk_error(ErrorKind kind, const Manifest& manifest, std::size_t index,
                  std::string_view what) {
  return make_error(
      kind, "chunk " + std::to_string(index + 1) + " of " + std::to_string(manifest.chunks.size()) +
                " (" + to_hex(manifest.chunks[index]).substr(0, 12) + "…) " + std::string(what));
}

// The indexes of the chunks whose pieces the file does not hold yet.
std::vector<std::size_t> missing_of(const Manifest& manifest, int descriptor,
                                    std::uint64_t file_bytes) {
  std::vector<std::size_t> missing;
  std::string piece;
  for (std::size_t i = 0; i < manifest.chunks.size(); ++i) {
    piece.resize(chunk_size(manifest, i));
    const bool is_there = offset_of(manifest, i) + piece.size() <= file_bytes &&
                          read_at(descriptor, offset_of(manifest, i), &piece) &&
                          sha256(piece) == manifest.chunks[i];
    if (!is_there) missing.push_back(i);
  }
  return missing;
}

}  // namespace

Result<SnapshotDownload> SnapshotDownload::begin(Manifest manifest, std::string path) {
  SnapshotDownload download(std::move(manifest), std::move(path));
  const OpenFile file(download.path_);
  struct stat status {};
  if (file.descriptor() < 0 || ::fstat(file.descriptor(), &status) != 0)
    return file_error(download.path_);
  download.missing_ =
      missing_of(download.manifest_, file.descriptor(), static_cast<std::uint64_t>(status.st_size));
  std::reverse(download.missing_.begin(), download.missing_.end());
  if (::ftruncate(file.descriptor(), static_cast<off_t>(download.manifest_.file_bytes)) != 0)
    return file_error(download.path_);
  return download;
}

Result<void> SnapshotDownload::step(RegistryReader* reader, std::size_t chunks_max,
                                    std::chrono::milliseconds deadline) {
  const OpenFile file(path_);
  if (file.descriptor() < 0) return file_error(path_);
  const std::size_t count = std::min(missing_.size(), chunks_max);
  const std::vector<std::size_t> next(missing_.rbegin(),
                                      missing_.rbegin() + static_cast<std::ptrdiff_t>(count));
  std::vector<Sha256> names;
  names.reserve(count);
  for (const std::size_t index : next) names.push_back(manifest_.chunks[index]);
  const auto chunks = reader->chunks(names, deadline);
  if (!chunks) return chunks.error();
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t index = next[i];
    const auto& chunk = (*chunks)[i];
    if (!chunk) return chunk_error(ErrorKind::kUnavailable, manifest_, index, "is gone from Redis");
    const auto piece =
        restore_chunk(as_bytes(*chunk), manifest_.chunks[index], chunk_size(manifest_, index));
    if (!piece) return chunk_error(piece.error().kind, manifest_, index, piece.error().message);
    if (!write_at(file.descriptor(), offset_of(manifest_, index), *piece)) return file_error(path_);
    missing_.pop_back();
  }
  return {};
}

Result<void> download_snapshot(RegistryReader* reader, const Manifest& manifest,
                               const std::string& path) {
  auto download = SnapshotDownload::begin(manifest, path);
  if (!download) return download.error();
  while (!download->is_done())
    if (auto step = download->step(reader, limits::kChunksAtOnce, limits::kFollowDeadline); !step)
      return step;
  return {};
}

}  // namespace beian::cache
