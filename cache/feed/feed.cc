#include "cache/feed/feed.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "cache/feed/session.h"

namespace beian::cache {
namespace {

// A descriptor that is closed at the end, unless it is standard input.
class InputFile {
 public:
  explicit InputFile(const std::string& path)
      : descriptor_(path == "-" ? STDIN_FILENO : ::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {}
  ~InputFile() {
    if (descriptor_ > STDIN_FILENO) ::close(descriptor_);
  }
  InputFile(const InputFile&) = delete;
  InputFile& operator=(const InputFile&) = delete;

  int descriptor() const { return descriptor_; }

 private:
  int descriptor_;
};

// The program that packs files beginning like this one; nullptr when none is recognized. A pipe
// cannot be inspected before it is read.
const char* packed_by(int descriptor) {
  char head[4] = {};
  if (::pread(descriptor, head, sizeof head, 0) != sizeof head) return nullptr;
  const std::string_view begin(head, sizeof head);
  if (begin.starts_with("\x1F\x8B")) return "gzip";
  return begin == "\x28\xB5\x2F\xFD" ? "zstd" : nullptr;
}

Result<FeedStats> read_lines(LineReader* lines, std::string_view name, const FeedOptions& options,
                             const FeedSession::OnRecord& record,
                             const FeedSession::OnProblem& problem) {
  FeedSession session(name, options.bad_lines_max, record, problem);
  switch (options.dialect) {
    case Dialect::kNdjson:
      return session.finish(*lines, read_ndjson(lines, &session));
    case Dialect::kCsv:
      return session.finish(*lines, read_csv(lines, &session));
    case Dialect::kMiit:
      return session.finish(*lines, read_miit(lines, &session));
  }
  return make_error(ErrorKind::kInternal, "a dialect that does not exist");
}

}  // namespace

std::optional<Dialect> parse_dialect(std::string_view name) noexcept {
  if (name == "ndjson") return Dialect::kNdjson;
  if (name == "csv") return Dialect::kCsv;
  if (name == "miit") return Dialect::kMiit;
  return std::nullopt;
}

Result<FeedStats> read_feed(const std::string& path, const FeedOptions& options,
                            const std::function<void(FeedRecord&&)>& record,
                            const std::function<void(const FeedProblem&)>& problem) {
  const InputFile file(path);
  if (file.descriptor() < 0)
    return make_error(ErrorKind::kUnavailable, path + ": " + std::strerror(errno));
  if (const char* packer = path == "-" ? nullptr : packed_by(file.descriptor()))
    return make_error(ErrorKind::kBadInput, path + ": packed by " + packer +
                                                "; unpack it first: " + packer + " -dc " + path +
                                                ", and read it as - from a pipe");
  LineReader lines(file.descriptor());
  return read_lines(&lines, path, options, record, problem);
}

Result<FeedStats> read_feed_text(std::string_view text, std::string_view name,
                                 const FeedOptions& options,
                                 const std::function<void(FeedRecord&&)>& record,
                                 const std::function<void(const FeedProblem&)>& problem) {
  LineReader lines(text);
  return read_lines(&lines, name, options, record, problem);
}

}  // namespace beian::cache
