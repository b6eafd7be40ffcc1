#include "gate/cli/console.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "cache/base/bytes.h"
#include "gate/cli/exit_code.h"

namespace beian::cli {

namespace {

int tell_unwritten() {
  if (errno != EPIPE)
    print_talk(std::string("cannot write standard output: ") + std::strerror(errno));
  return kUnavailable;
}

}  // namespace

void print_out(std::string_view text) {
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size()) std::_Exit(tell_unwritten());
}

int finish(int code) {
  // CLI11 flushes what it prints without checking the result; ferror() still shows a failure.
  return std::fflush(stdout) == 0 && std::ferror(stdout) == 0 ? code : tell_unwritten();
}

void print_talk(std::string_view text) {
  std::string shown = "beian-gate: ";
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    shown += printable(text.substr(0, end), std::string::npos);
    if (end < text.size()) shown += '\n';
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  std::fputs((shown + "\n").c_str(), stderr);
}

int fail(const Error& error) {
  print_talk(error.message);
  return exit_code_of(error.kind);
}

bool is_terminal_in() noexcept {
  return ::isatty(STDIN_FILENO) == 1;
}

Result<std::string> read_standard_input(std::size_t bytes_max) {
  std::string out;
  std::string chunk(64 * 1024, '\0');
  for (;;) {
    const std::size_t count = std::fread(chunk.data(), 1, chunk.size(), stdin);
    out.append(chunk, 0, count);
    if (out.size() > bytes_max)
      return make_error(ErrorKind::kBadInput,
                        "standard input is larger than " + std::to_string(bytes_max) + " bytes");
    if (count == 0) break;
  }
  if (std::ferror(stdin) != 0)
    return make_error(ErrorKind::kUnavailable, "cannot read standard input");
  return out;
}

wire::Milliseconds system_now() {
  return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

std::chrono::nanoseconds monotonic_now() {
  return std::chrono::steady_clock::now().time_since_epoch();
}

Instant now_in_seconds() {
  return std::chrono::floor<std::chrono::seconds>(system_now());
}

}  // namespace beian::cli
