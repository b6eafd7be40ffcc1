#include "gate/audit/output_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include <cerrno>
#include <utility>

#include "cache/base/file.h"
#include "cache/base/limits.h"

namespace beian::audit {
namespace {

constexpr int kZstdLevel = 3;

Result<void> write_all(int descriptor, const std::string& path, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::write(descriptor, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return system_error("cannot write", path);
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return {};
}

void pack_gzip(std::string_view plain, std::string* packed) {
  constexpr int kGzip = 16;
  constexpr int kMemoryLevel = 8;
  z_stream stream{};
  BEIAN_ASSERT(::deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, kGzip + MAX_WBITS,
                              kMemoryLevel, Z_DEFAULT_STRATEGY) == Z_OK);
  packed->resize(::deflateBound(&stream, plain.size()));
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(plain.data()));
  stream.avail_in = static_cast<uInt>(plain.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed->data());
  stream.avail_out = static_cast<uInt>(packed->size());
  BEIAN_ASSERT(::deflate(&stream, Z_FINISH) == Z_STREAM_END);
  packed->resize(packed->size() - stream.avail_out);
  ::deflateEnd(&stream);
}

void pack_zstd(std::string_view plain, std::string* packed) {
  packed->resize(::ZSTD_compressBound(plain.size()));
  const std::size_t bytes =
      ::ZSTD_compress(packed->data(), packed->size(), plain.data(), plain.size(), kZstdLevel);
  BEIAN_ASSERT(::ZSTD_isError(bytes) == 0);
  packed->resize(bytes);
}

}  // namespace

void pack(Packing packing, std::string_view plain, std::string* packed) {
  packed->clear();
  if (plain.empty()) return;
  switch (packing) {
    case Packing::kNone:
      packed->assign(plain);
      return;
    case Packing::kGzip:
      return pack_gzip(plain, packed);
    case Packing::kZstd:
      return pack_zstd(plain, packed);
  }
}

StreamFile::StreamFile(StreamFile&& other) noexcept
    : path_(std::move(other.path_)),
      descriptor_(std::exchange(other.descriptor_, -1)),
      bytes_(other.bytes_) {}

StreamFile::~StreamFile() {
  if (descriptor_ >= 0 && descriptor_ != STDOUT_FILENO) ::close(descriptor_);
}

Result<StreamFile> StreamFile::open(const std::string& path, std::uint64_t keep_bytes) {
  if (path == "-") return StreamFile("standard output", STDOUT_FILENO);
  const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
  if (descriptor < 0) return system_error("cannot open", path);
  StreamFile file(path, descriptor);
  struct stat status {};
  if (::fstat(descriptor, &status) != 0) return system_error("cannot look at", path);
  // A device or pipe, such as /dev/null, is written from its current position.
  if (!S_ISREG(status.st_mode) && keep_bytes == 0) return file;
  if (!S_ISREG(status.st_mode) || static_cast<std::uint64_t>(status.st_size) < keep_bytes)
    return make_error(ErrorKind::kConflict,
                      path +
                          " is not the file that the interrupted audit wrote; remove the state "
                          "to start over");
  if (::ftruncate(descriptor, static_cast<off_t>(keep_bytes)) != 0 ||
      ::lseek(descriptor, 0, SEEK_END) < 0)
    return system_error("cannot cut", path);
  file.bytes_ = keep_bytes;
  return file;
}

Result<void> StreamFile::write(std::string_view bytes) {
  bytes_ += bytes.size();
  return write_all(descriptor_, path_, bytes);
}

Result<void> StreamFile::sync() {
  if (::fdatasync(descriptor_) == 0 || errno == EINVAL || errno == EROFS) return {};
  return system_error("cannot sync", path_);
}

WholeFile::WholeFile(std::string path, std::optional<AtomicFile> file)
    : path_(std::move(path)), file_(std::move(file)), packing_(packing_by_name(path_)) {}

Result<WholeFile> WholeFile::create(const std::string& path) {
  if (path == "-") return WholeFile(path, std::nullopt);
  auto file = AtomicFile::create(path);
  if (!file) return file.error();
  return WholeFile(path, std::move(*file));
}

void WholeFile::write(std::string_view bytes) {
  plain_ += bytes;
  if (plain_.size() >= limits::kAuditChunkBytes) flush();
}

void WholeFile::flush() {
  pack(packing_, plain_, &packed_);
  plain_.clear();
  if (!result_) return;
  result_ = file_ ? file_->write(as_bytes(packed_))
                  : write_all(STDOUT_FILENO, "standard output", packed_);
}

Result<void> WholeFile::commit() {
  flush();
  if (!result_) return result_;
  return file_ ? file_->commit() : Result<void>{};
}

}  // namespace beian::audit
