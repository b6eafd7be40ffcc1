#include "cache/snapshot/delta_log.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "cache/base/file.h"
#include "cache/base/limits.h"

namespace beian::cache {
namespace {

constexpr std::array<char, 8> kLogMagic = {'B', 'E', 'I', 'A', 'N', 'L', 'O', 'G'};
constexpr std::uint32_t kLogVersion = 1;
// A batch may be a little larger than its text: the header, and the feed id.
constexpr std::uint64_t kBatchBytesMax = limits::kDeltaTextBytesMax + 4096;

struct LogHeader {
  std::array<char, 8> magic;
  std::uint32_t version;
  std::uint32_t reserved;  // 0
  Sha256 root_hash;
  std::uint64_t checksum;  // XXH3 of all before
};
static_assert(sizeof(LogHeader) == 56);

struct Frame {
  std::uint32_t bytes;        // of the batch behind it
  std::uint32_t bytes_check;  // so that a torn frame is told from a damaged one
  std::uint64_t checksum;     // XXH3 of the batch
};
static_assert(sizeof(Frame) == 16);
constexpr std::uint64_t kFrameBytesMax = sizeof(Frame) + kBatchBytesMax;

LogHeader header_of(const Sha256& root_hash) {
  LogHeader header{kLogMagic, kLogVersion, 0, root_hash, 0};
  header.checksum = XXH3_64bits(&header, offsetof(LogHeader, checksum));
  return header;
}

std::uint32_t check_of(std::uint32_t bytes) {
  return static_cast<std::uint32_t>(XXH3_64bits_withSeed(&bytes, sizeof bytes, kLogVersion));
}

std::string frame_of(ByteView batch) {
  BEIAN_ASSERT(!batch.empty() && batch.size() <= kBatchBytesMax);
  Frame frame{};
  frame.bytes = static_cast<std::uint32_t>(batch.size());
  frame.bytes_check = check_of(frame.bytes);
  frame.checksum = XXH3_64bits(batch.data(), batch.size());
  std::string bytes(reinterpret_cast<const char*>(&frame), sizeof frame);
  return bytes.append(as_text(batch));
}

Error damaged_log(const std::string& path, std::uint64_t offset, const std::string& why) {
  return make_error(ErrorKind::kDamaged,
                    path + ": damaged at byte " + std::to_string(offset) + ": " + why);
}

// The batch of the frame at `offset`; empty when there is no whole and sound one.
ByteView batch_at(ByteView file, std::uint64_t offset) {
  Frame frame;
  if (file.size() - offset < sizeof frame) return {};
  std::memcpy(&frame, file.data() + offset, sizeof frame);
  if (frame.bytes == 0 || frame.bytes > kBatchBytesMax ||
      frame.bytes_check != check_of(frame.bytes) ||
      file.size() - offset - sizeof frame < frame.bytes)
    return {};
  const ByteView batch = file.subspan(offset + sizeof frame, frame.bytes);
  return XXH3_64bits(batch.data(), batch.size()) == frame.checksum ? batch : ByteView{};
}

// Whether a log that begins with `bytes` belongs to the snapshot. Errors: kDamaged.
Result<bool> is_log_of(const std::string& path, ByteView bytes, const Sha256& root_hash) {
  LogHeader header;
  if (bytes.size() < sizeof header)
    return damaged_log(path, bytes.size(), "it ends within the header");
  std::memcpy(&header, bytes.data(), sizeof header);
  const LogHeader wanted = header_of(header.root_hash);
  if (std::memcmp(&header, &wanted, sizeof header) != 0)
    return damaged_log(path, 0, "this is no header of a delta log that this gate can read");
  return header.root_hash == root_hash;
}

// Whether what follows the last good frame has a frame in it after all.
bool has_frame(ByteView rest) {
  for (std::uint64_t offset = 1; offset < rest.size(); ++offset)
    if (!batch_at(rest, offset).empty()) return true;
  return false;
}

Error damaged_within(const std::string& path, std::uint64_t offset) {
  return damaged_log(path, offset, "a frame that does not hold, before others that do");
}

Error at_byte(const std::string& path, std::uint64_t offset, const Error& error) {
  return make_error(error.kind,
                    path + ": at byte " + std::to_string(offset) + ": " + error.message);
}

// The log of another process, which may be appending to it. Read, not mapped, because it may
// shrink.
class LogFile {
 public:
  explicit LogFile(const std::string& path) : path_(path) {}
  ~LogFile() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  LogFile(const LogFile&) = delete;
  LogFile& operator=(const LogFile&) = delete;

  // Returns false when there is none. Errors: kUnavailable.
  Result<bool> open() {
    descriptor_ = ::open(path_.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor_ >= 0) return true;
    if (errno == ENOENT) return false;
    return system_error("cannot open", path_);
  }

  // Reads up to `bytes` at `offset`; fewer at the end. Valid until the next call. Errors:
  // kUnavailable.
  Result<ByteView> at(std::uint64_t offset, std::size_t bytes) {
    buffer_.resize(bytes);
    std::size_t done = 0;
    while (done < bytes) {
      const ssize_t count = ::pread(descriptor_, buffer_.data() + done, bytes - done,
                                    static_cast<off_t>(offset + done));
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) return system_error("cannot read", path_);
      if (count == 0) break;
      done += static_cast<std::size_t>(count);
    }
    return as_bytes(std::string_view(buffer_).substr(0, done));
  }

  // What follows the last good frame. At most one append is torn or under way, so it reads no more
  // than the longest frame and one byte. Errors: kUnavailable.
  Result<ByteView> rest(std::uint64_t offset) {
    struct stat status {};
    if (::fstat(descriptor_, &status) != 0) return system_error("cannot look at", path_);
    const auto size = static_cast<std::uint64_t>(status.st_size);
    return at(offset,
              std::min<std::uint64_t>(size > offset ? size - offset : 0, kFrameBytesMax + 1));
  }

  // The batch of the frame at `offset`, or empty. Errors: kUnavailable.
  Result<ByteView> batch(std::uint64_t offset) {
    const auto head = at(offset, sizeof(Frame));
    if (!head) return head.error();
    Frame frame;
    if (head->size() < sizeof frame) return ByteView{};
    std::memcpy(&frame, head->data(), sizeof frame);
    if (frame.bytes > kBatchBytesMax || frame.bytes_check != check_of(frame.bytes))
      return ByteView{};
    const auto whole = at(offset, sizeof frame + frame.bytes);
    if (!whole) return whole.error();
    return batch_at(*whole, 0);
  }

 private:
  const std::string& path_;
  int descriptor_ = -1;
  std::string buffer_;
};

}  // namespace

DeltaLog::DeltaLog(DeltaLog&& other) noexcept
    : path_(std::move(other.path_)),
      descriptor_(std::exchange(other.descriptor_, -1)),
      bytes_(other.bytes_),
      torn_bytes_(other.torn_bytes_) {}

DeltaLog& DeltaLog::operator=(DeltaLog&& other) noexcept {
  std::swap(path_, other.path_);
  std::swap(descriptor_, other.descriptor_);
  std::swap(bytes_, other.bytes_);
  std::swap(torn_bytes_, other.torn_bytes_);
  return *this;
}

DeltaLog::~DeltaLog() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Result<DeltaLog> DeltaLog::create(const std::string& path, const Sha256& root_hash,
                                  std::span<const std::string> batches) {
  auto file = AtomicFile::create(path);
  if (!file) return file.error();
  const LogHeader header = header_of(root_hash);
  const ByteView bytes{reinterpret_cast<const std::uint8_t*>(&header), sizeof header};
  if (auto written = file->write(bytes); !written) return written.error();
  DeltaLog log;
  log.path_ = path;
  log.bytes_ = sizeof header;
  for (const std::string& batch : batches) {
    const std::string frame = frame_of(as_bytes(batch));
    if (auto written = file->write(as_bytes(frame)); !written) return written.error();
    log.bytes_ += frame.size();
  }
  if (auto written = file->commit(); !written) return written.error();
  log.descriptor_ = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
  if (log.descriptor_ < 0) return system_error("cannot open", path);
  return log;
}

Result<std::optional<DeltaLog>> DeltaLog::open(const std::string& path, const Sha256& root_hash,
                                               const Visit& visit, Damage damage) {
  DeltaLog log;
  log.path_ = path;
  log.descriptor_ = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
  if (log.descriptor_ < 0 && errno == ENOENT) return std::optional<DeltaLog>();
  if (log.descriptor_ < 0) return system_error("cannot open", path);
  const auto mapped = MappedFile::open(path);
  if (!mapped) return mapped.error();
  const ByteView file = mapped->bytes();

  const bool is_cut = damage == Damage::kCut;
  const auto is_ours = is_log_of(path, file, root_hash);
  if (!is_ours && !is_cut) return is_ours.error();
  if (!is_ours || !*is_ours) return std::optional<DeltaLog>();

  log.bytes_ = sizeof(LogHeader);
  for (;;) {
    const ByteView batch = batch_at(file, log.bytes_);
    if (batch.empty()) break;
    auto visited = visit(log.bytes_, batch);
    if (!visited && is_cut) break;
    if (!visited) return at_byte(path, log.bytes_, visited.error());
    log.bytes_ += sizeof(Frame) + batch.size();
  }
  if (!is_cut && has_frame(file.subspan(log.bytes_))) return damaged_within(path, log.bytes_);
  log.torn_bytes_ = file.size() - log.bytes_;
  if (log.torn_bytes_ > 0 && (::ftruncate(log.descriptor_, static_cast<off_t>(log.bytes_)) != 0 ||
                              ::fsync(log.descriptor_) != 0))
    return system_error("cannot cut the torn tail of", path);
  return std::optional<DeltaLog>(std::move(log));
}

Result<void> DeltaLog::read(const std::string& path, const Sha256& root_hash, const Visit& visit) {
  LogFile log(path);
  const auto is_there = log.open();
  if (!is_there) return is_there.error();
  if (!*is_there) return {};
  const auto head = log.at(0, sizeof(LogHeader));
  if (!head) return head.error();
  const auto is_ours = is_log_of(path, *head, root_hash);
  if (!is_ours) return is_ours.error();
  if (!*is_ours) return {};
  std::uint64_t end = sizeof(LogHeader);
  for (;;) {
    const auto batch = log.batch(end);
    if (!batch) return batch.error();
    if (batch->empty()) {
      const auto rest = log.rest(end);
      if (!rest) return rest.error();
      if (!batch_at(*rest, 0).empty()) continue;  // it has arrived meanwhile
      if (rest->size() > kFrameBytesMax || has_frame(*rest)) return damaged_within(path, end);
      return {};
    }
    const std::uint64_t bytes = sizeof(Frame) + batch->size();
    if (auto visited = visit(end, *batch); !visited) return at_byte(path, end, visited.error());
    end += bytes;
  }
}

Result<void> DeltaLog::append(ByteView batch) {
  if (descriptor_ < 0)
    return make_error(ErrorKind::kUnavailable,
                      path_ + ": takes nothing more after a failed flush; install a snapshot");
  const std::string bytes = frame_of(batch);
  std::size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t count = ::pwrite(descriptor_, bytes.data() + done, bytes.size() - done,
                                   static_cast<off_t>(bytes_ + done));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) {
      Error error = system_error("cannot append to", path_);
      // What was written of it is a torn tail until it is cut; if that fails too, open() cuts it.
      if (::ftruncate(descriptor_, static_cast<off_t>(bytes_)) != 0)
        ::close(std::exchange(descriptor_, -1));
      return error;
    }
    done += static_cast<std::size_t>(count);
  }
  if (::fdatasync(descriptor_) != 0) {
    Error error = system_error("cannot flush", path_);
    ::close(std::exchange(descriptor_, -1));
    return error;
  }
  bytes_ += bytes.size();
  return {};
}

}  // namespace beian::cache
