#include "cache/base/file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>

namespace beian {
namespace {

constexpr std::size_t kForgetStepBytes = 1 << 20;  // 256 pages: 65 us
constexpr const char* kOpenFiles = "/proc/self/fd/";

std::string folder_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

FileIdentity identity_in(const struct stat& status) {
  return {status.st_dev, status.st_ino, static_cast<std::uint64_t>(status.st_size), status.st_mtim,
          status.st_ctim};
}

// Whether `path` is something other than a file to replace: a device, a folder, or a link such as
// /dev/stdout, which stands for an open file.
bool stands_for_another(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) == 0 && !S_ISREG(status.st_mode)) return true;
  constexpr std::string_view kProcess = "/proc/";
  char target[kProcess.size()];
  const ssize_t size = ::readlink(path.c_str(), target, sizeof target);
  return size > 0 && std::string_view(target, static_cast<std::size_t>(size)) == kProcess;
}

}  // namespace

Error system_error(const std::string& doing, const std::string& path) {
  return make_error(ErrorKind::kUnavailable, doing + " " + path + ": " + std::strerror(errno));
}

Result<std::string> read_file(const std::string& path, std::size_t bytes_max) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return system_error("cannot open", path);
  std::string out;
  std::string chunk(64 * 1024, '\0');
  for (;;) {
    const ssize_t count = ::read(descriptor, chunk.data(), chunk.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) {
      Error error = system_error("cannot read", path);
      ::close(descriptor);
      return error;
    }
    if (count == 0) break;
    out.append(chunk, 0, static_cast<std::size_t>(count));
    if (out.size() > bytes_max) {
      ::close(descriptor);
      return make_error(ErrorKind::kBadInput,
                        path + " is larger than " + std::to_string(bytes_max) + " bytes");
    }
  }
  ::close(descriptor);
  return out;
}

Result<void> write_file_atomically(const std::string& path, ByteView bytes, unsigned mode) {
  auto file = AtomicFile::create(path, mode);
  if (!file) return file.error();
  if (auto written = file->write(bytes); !written) return written.error();
  return file->commit();
}

AtomicFile::AtomicFile(std::string path, std::string temporary, int descriptor)
    : path_(std::move(path)), temporary_(std::move(temporary)), descriptor_(descriptor) {}

AtomicFile::AtomicFile(AtomicFile&& other) noexcept
    : path_(std::move(other.path_)),
      temporary_(std::move(other.temporary_)),
      descriptor_(std::exchange(other.descriptor_, -1)) {}

AtomicFile::~AtomicFile() {
  if (descriptor_ < 0) return;
  ::close(descriptor_);
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

Result<AtomicFile> AtomicFile::create(const std::string& path, unsigned mode) {
  if (stands_for_another(path))
    return make_error(ErrorKind::kUnavailable, "cannot write " + path + ": not a regular file");
  std::string temporary;  // empty: the file has no name yet
  int descriptor = -1;
  if (::access(kOpenFiles, X_OK) == 0)  // give_name() needs it, and some containers have no /proc
    descriptor = ::open(folder_of(path).c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (descriptor < 0) {  // not every file system can do that; or this finds out what else is wrong
    temporary = path + ".XXXXXX";
    descriptor = ::mkostemp(temporary.data(), O_CLOEXEC);
  }
  if (descriptor < 0) return system_error("cannot create a temporary file beside", path);
  AtomicFile file(path, temporary, descriptor);
  if (::fchmod(descriptor, mode) != 0) return system_error("cannot set the mode of", path);
  return file;
}

// Puts a file without a name beside `path_`, since link(2) replaces nothing.
Result<void> AtomicFile::give_name() {
  std::string name = path_ + ".XXXXXX";
  const int taken = ::mkostemp(name.data(), O_CLOEXEC);  // a name that nothing else has
  if (taken < 0) return system_error("cannot create a temporary file beside", path_);
  ::close(taken);
  ::unlink(name.c_str());
  const std::string nameless = kOpenFiles + std::to_string(descriptor_);
  if (::linkat(AT_FDCWD, nameless.c_str(), AT_FDCWD, name.c_str(), AT_SYMLINK_FOLLOW) != 0)
    return system_error("cannot create", name);
  temporary_ = std::move(name);
  return {};
}

Result<void> AtomicFile::write(ByteView bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::write(descriptor_, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return system_error("cannot write", path_);
    bytes = bytes.subspan(static_cast<std::size_t>(count));
  }
  return {};
}

Result<void> AtomicFile::commit() {
  if (::fsync(descriptor_) != 0) return system_error("cannot flush", path_);
  if (temporary_.empty())
    if (auto named = give_name(); !named) return named;
  if (::rename(temporary_.c_str(), path_.c_str()) != 0)
    return system_error("cannot replace", path_);
  ::close(std::exchange(descriptor_, -1));
  // The rename is durable only once the folder is: before that, a power cut could bring the old
  // file back.
  const int folder = ::open(folder_of(path_).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0) return system_error("cannot open the folder of", path_);
  const int outcome = ::fsync(folder);
  Error error = outcome == 0 ? Error{} : system_error("cannot flush the folder of", path_);
  ::close(folder);
  if (outcome != 0) return error;
  return {};
}

Result<FileIdentity> identity_of(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return system_error("cannot look at", path);
  return identity_in(status);
}

bool have_same_content(const FileIdentity& a, const FileIdentity& b) noexcept {
  return a.device == b.device && a.inode == b.inode && a.bytes == b.bytes &&
         a.modified.tv_sec == b.modified.tv_sec && a.modified.tv_nsec == b.modified.tv_nsec;
}

MappedFile::MappedFile(MappedFile&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)),
      data_(std::exchange(other.data_, nullptr)),
      size_(std::exchange(other.size_, 0)),
      identity_(other.identity_) {}

MappedFile& MappedFile::operator=(MappedFile&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  std::swap(identity_, other.identity_);
  return *this;
}

// munmap(2) drops a mapping page by page, which takes tens of milliseconds for gigabytes, and other
// threads of the process that need memory wait for that one call. So the pages are dropped
// beforehand in steps too short to notice, and munmap(2) has nothing left to do. When the file has
// been unlinked, the last close also drops its page cache, so that goes in steps too; while the
// file still has a name, its pages stay cached for whoever opens it next.
MappedFile::~MappedFile() {
  if (descriptor_ < 0) return;
  struct stat status {};
  const bool is_nameless = ::fstat(descriptor_, &status) == 0 && status.st_nlink == 0;
  auto* const bytes = const_cast<std::uint8_t*>(data_);
  for (std::size_t at = 0; at < size_; at += kForgetStepBytes) {
    const std::size_t step = std::min(kForgetStepBytes, size_ - at);
    ::madvise(bytes + at, step, MADV_DONTNEED);
    if (is_nameless)
      ::posix_fadvise(descriptor_, static_cast<off_t>(at), static_cast<off_t>(step),
                      POSIX_FADV_DONTNEED);
  }
  if (data_ != nullptr) ::munmap(bytes, size_);
  ::close(descriptor_);
}

Result<MappedFile> MappedFile::open(const std::string& path) {
  MappedFile file;
  // O_NONBLOCK: do not wait for the writer of a pipe, which is refused below.
  file.descriptor_ = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file.descriptor_ < 0) return system_error("cannot open", path);
  struct stat status {};
  if (::fstat(file.descriptor_, &status) != 0) return system_error("cannot look at", path);
  if (!S_ISREG(status.st_mode))
    return make_error(ErrorKind::kUnavailable, "cannot read " + path + ": not a regular file");
  file.identity_ = identity_in(status);
  const auto size = static_cast<std::size_t>(status.st_size);
  if (size == 0) return file;
  void* address = ::mmap(nullptr, size, PROT_READ, MAP_SHARED, file.descriptor_, 0);
  if (address == MAP_FAILED) return system_error("cannot map", path);
  file.data_ = static_cast<const std::uint8_t*>(address);
  file.size_ = size;
  return file;
}

}  // namespace beian
