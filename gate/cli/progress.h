// How far a long piece of work is: a bar on a terminal, nothing elsewhere. And whether somebody
// asked it to end. One thread.
#pragma once

#include <cstdint>
#include <string>

namespace beian::cli {

class Progress {
 public:
  // `what` is done, such as `uploading`. From here on the first SIGINT asks the work to end in good
  // order; a second one ends the program.
  explicit Progress(std::string what);
  ~Progress();  // leaves a clean line
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  // Draws, when the picture changes. False: end the work.
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
