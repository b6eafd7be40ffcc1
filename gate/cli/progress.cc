#include "gate/cli/progress.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <utility>

#include "gate/cli/interrupt.h"

namespace beian::cli {
namespace {

// `[########----------------]  33 %  uploading  120 of 360 MiB`.
std::string draw_progress(const std::string& what, std::uint64_t done_bytes,
                          std::uint64_t total_bytes) {
  constexpr std::uint64_t kWidth = 24;
  constexpr std::uint64_t kMiB = 1024 * 1024;
  const std::uint64_t total = std::max<std::uint64_t>(total_bytes, 1);
  const std::uint64_t done = std::min(done_bytes, total);
  const auto filled = static_cast<std::size_t>(done * kWidth / total);
  const std::string percent = std::to_string(done * 100 / total);
  return "[" + std::string(filled, '#') + std::string(kWidth - filled, '-') + "] " +
         std::string(3 - std::min<std::size_t>(percent.size(), 3), ' ') + percent + " %  " + what +
         "  " + std::to_string(done / kMiB) + " of " + std::to_string(total / kMiB) + " MiB";
}

}  // namespace

Progress::Progress(std::string what) : what_(std::move(what)), is_terminal_(::isatty(2) == 1) {
  catch_interrupts();
}

Progress::~Progress() {
  if (!drawn_.empty()) std::fputs("\r\033[K", stderr);
}

bool Progress::update(std::uint64_t done_bytes, std::uint64_t total_bytes) {
  if (is_terminal_) {
    std::string picture = draw_progress(what_, done_bytes, total_bytes);
    if (picture != drawn_) {
      drawn_ = std::move(picture);
      std::fputs(("\r" + drawn_ + "\033[K").c_str(), stderr);
      std::fflush(stderr);
    }
  }
  return !is_interrupted();
}

}  // namespace beian::cli
