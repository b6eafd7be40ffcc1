// Detects that a file was replaced since the last look. Not thread-safe.
#pragma once

#include <sys/stat.h>

#include <string>
#include <utility>

namespace beian::cli {

// Distinguishes a replaced file from the one that was loaded: a rename changes the inode, restoring
// a backup changes the time.
class FileWatch {
 public:
  explicit FileWatch(std::string path) : path_(std::move(path)) { has_changed(); }

  const std::string& path() const noexcept { return path_; }
  // Watches the file of `other` from now on, with the state it had when `other` was made; does
  // nothing if it is the same path.
  void follow(FileWatch other) {
    if (other.path_ != path_) *this = std::move(other);
  }

  // True once after each change; false while the file is missing.
  bool has_changed() {
    struct stat status {};
    if (path_.empty() || ::stat(path_.c_str(), &status) != 0) return false;
    const Mark mark{status.st_ino, status.st_size, status.st_mtim.tv_sec, status.st_mtim.tv_nsec};
    return std::exchange(mark_, mark) != mark;
  }

 private:
  struct Mark {
    ino_t inode = 0;
    off_t size = 0;
    time_t seconds = 0;
    long nanoseconds = 0;
    friend bool operator==(const Mark&, const Mark&) = default;
  };

  std::string path_;
  Mark mark_;
};

}  // namespace beian::cli
