#include "gate/http/spool_file.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace beian::http {
namespace {

Error spool_error(const std::string& doing) {
  return make_error(ErrorKind::kUnavailable, doing + ": " + std::strerror(errno));
}

}  // namespace

Result<SpoolFile> SpoolFile::create(const std::string& folder) {
  FileDescriptor file(::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
  // Not every file system has O_TMPFILE (NFS, older overlays): then unlink the name at once.
  if (!file.is_open() && (errno == EOPNOTSUPP || errno == EISDIR || errno == EINVAL)) {
    std::string name = folder + "/beian-gate-XXXXXX";
    file = FileDescriptor(::mkostemp(name.data(), O_CLOEXEC));
    if (file.is_open()) ::unlink(name.c_str());
  }
  if (!file.is_open()) return spool_error("cannot make a temporary file in " + folder);
  return SpoolFile(std::move(file));
}

SpoolFile::SpoolFile(SpoolFile&& other) noexcept
    : file_(std::move(other.file_)),
      size_(std::exchange(other.size_, 0)),
      mapped_(std::exchange(other.mapped_, {})) {}

SpoolFile::~SpoolFile() {
  if (!mapped_.empty()) ::munmap(mapped_.data(), mapped_.size());
}

Result<void> SpoolFile::append(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written =
        ::pwrite(file_.get(), bytes.data(), bytes.size(), static_cast<off_t>(size_));
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return spool_error("cannot write a temporary file");
    size_ += static_cast<std::uint64_t>(written);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

Result<ByteView> SpoolFile::map() {
  BEIAN_ASSERT(mapped_.empty());
  if (size_ == 0) return ByteView{};
  void* const at = ::mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, file_.get(), 0);
  if (at == MAP_FAILED) return spool_error("cannot map a temporary file");
  mapped_ = {static_cast<std::uint8_t*>(at), static_cast<std::size_t>(size_)};
  return ByteView{mapped_.data(), mapped_.size()};
}

}  // namespace beian::http
