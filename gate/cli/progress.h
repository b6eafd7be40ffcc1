// Progress of a long operation: a bar on a terminal, nothing elsewhere. Also whether the user asked
// to stop it (interrupt.h). Not thread-safe.
#pragma once

#include <cstdint>
#include <string>

namespace beian::cli {

class Progress {
 public:
  // `what` is the operation, such as `uploading`. From now on interrupts are caught.
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

}  // namespace beian::cli
