// Progress of a long operation: a bar on a terminal, nothing elsewhere. Also whether the user asked
// to stop it. Not thread-safe.
#pragma once

#include <cstdint>
#include <string>

namespace beian::cli {

class Progress {
 public:
  // `what` is the operation, such as `uploading`. From now on the first SIGINT or SIGTERM asks the
  // operation to end cleanly; a second one ends the program.
  explicit Progress(std::string what);
  ~Progress();  // leaves a clean line
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  // Redraws the bar if it changed. False: end the operation.
  bool update(std::uint64_t done_bytes, std::uint64_t total_bytes);

 private:
  std::string what_;
  bool is_terminal_;
  std::string drawn_;
};

// `[########----------------]  33 %  uploading  120 of 360 MiB`.
std::string draw_progress(const std::string& what, std::uint64_t done_bytes,
                          std::uint64_t total_bytes);

}  // namespace beian::cli
