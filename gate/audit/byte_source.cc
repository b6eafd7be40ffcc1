#include "gate/audit/byte_source.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>
#include <vector>

#include "cache/base/bytes.h"
#include "cache/base/limits.h"
#include "cache/base/sha256.h"
#include "gate/audit/decoders.h"

namespace beian::audit {
namespace {

// The file itself. Its first bytes are read ahead: they show the compression and identify the
// catalog.
class FileSource final : public ByteSource {
 public:
  FileSource(int descriptor, std::string name)
      : descriptor_(descriptor), name_(std::move(name)), head_(limits::kAuditHeadBytes) {}
  ~FileSource() override {
    if (descriptor_ != STDIN_FILENO) ::close(descriptor_);
  }

  Result<void> read_head() {
    const auto count = read_file(head_);
    if (!count) return count.error();
    head_.resize(*count);
    return {};
  }
  std::string_view head() const { return {head_.data(), head_.size()}; }

  Result<std::size_t> read(std::span<char> out) override {
    const std::size_t ready = std::min(out.size(), head_.size() - head_taken_);
    std::copy_n(head_.data() + head_taken_, ready, out.data());
    head_taken_ += ready;
    const auto more = read_file(out.subspan(ready));
    if (!more) return more.error();
    taken_ += ready + *more;
    return ready + *more;
  }

  Result<void> skip(std::uint64_t bytes) override {
    struct stat status {};
    if (::fstat(descriptor_, &status) != 0 || !S_ISREG(status.st_mode))
      return ByteSource::skip(bytes);
    // The offset may not be 0 if standard input was inherited.
    const off_t begin =
        ::lseek(descriptor_, 0, SEEK_CUR) - static_cast<off_t>(head_.size() - head_taken_);
    const off_t target = begin + static_cast<off_t>(bytes);
    if (target > status.st_size || ::lseek(descriptor_, target, SEEK_SET) != target)
      return make_error(ErrorKind::kBadInput, name_ + " is shorter than it was");
    head_taken_ = head_.size();
    taken_ += bytes;
    return {};
  }

  std::uint64_t bytes_taken() const noexcept override { return taken_; }

 private:
  Result<std::size_t> read_file(std::span<char> out) {
    std::size_t count = 0;
    while (count < out.size() && !is_at_end_) {
      const ssize_t got = ::read(descriptor_, out.data() + count, out.size() - count);
      if (got < 0 && errno == EINTR) continue;
      if (got < 0)
        return make_error(ErrorKind::kUnavailable,
                          "cannot read " + name_ + ": " + std::strerror(errno));
      is_at_end_ = got == 0;
      count += static_cast<std::size_t>(got);
    }
    return count;
  }

  int descriptor_;
  std::string name_;
  std::vector<char> head_;
  std::size_t head_taken_ = 0;
  std::uint64_t taken_ = 0;
  bool is_at_end_ = false;
};

class TextSource final : public ByteSource {
 public:
  explicit TextSource(std::string text) : text_(std::move(text)) {}

  Result<std::size_t> read(std::span<char> out) override {
    const std::size_t count = std::min(out.size(), text_.size() - taken_);
    std::copy_n(text_.begin() + static_cast<std::ptrdiff_t>(taken_), count, out.begin());
    taken_ += count;
    return count;
  }

  std::uint64_t bytes_taken() const noexcept override { return taken_; }

 private:
  std::string text_;
  std::size_t taken_ = 0;
};

}  // namespace

std::optional<Encoding> parse_encoding(std::string_view name) noexcept {
  if (name == "utf-8" || name == "utf8") return Encoding::kUtf8;
  if (name == "gb18030") return Encoding::kGb18030;
  return std::nullopt;
}

Result<void> ByteSource::skip(std::uint64_t bytes) {
  std::vector<char> buffer(limits::kAuditHeadBytes);
  while (bytes > 0) {
    const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(bytes, buffer.size()));
    const auto count = read(std::span(buffer).first(wanted));
    if (!count) return count.error();
    if (*count == 0) return make_error(ErrorKind::kBadInput, "the catalog is shorter than it was");
    bytes -= *count;
  }
  return {};
}

Result<OpenedCatalog> open_catalog(const std::string& path, Encoding encoding) {
  const bool is_standard = path == "-";
  const std::string name = is_standard ? "standard input" : path;
  const int descriptor = is_standard ? STDIN_FILENO : ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0)
    return make_error(ErrorKind::kUnavailable, "cannot open " + name + ": " + std::strerror(errno));
  auto file = std::make_unique<FileSource>(descriptor, name);
  OpenedCatalog opened;
  struct stat status {};
  if (::fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode))
    opened.identity.bytes = static_cast<std::uint64_t>(status.st_size);
  if (auto read = file->read_head(); !read) return read.error();
  const std::string_view head = file->head();
  opened.identity.head = to_hex(sha256(head));
  const Packing packing = packing_of(head);
  opened.source = unpack(std::move(file), packing, name);
  if (encoding == Encoding::kGb18030) opened.source = from_gb18030(std::move(opened.source));
  return opened;
}

OpenedCatalog open_text(std::string text) {
  OpenedCatalog opened;
  opened.identity.bytes = text.size();
  opened.identity.head = to_hex(sha256(std::string_view(text).substr(0, limits::kAuditHeadBytes)));
  opened.source = std::make_unique<TextSource>(std::move(text));
  return opened;
}

}  // namespace beian::audit
