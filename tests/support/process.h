// Real programs for integration tests, run to the end, or in the background with their output read
// meanwhile; and a temporary folder. Only processes started here are ended, by process id. Waiting
// is bounded. Tests only; one thread per object.
#pragma once

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace beian::test {

inline constexpr std::chrono::seconds kPatience{60};  // after that a test fails instead of hanging

// Polls until `is_so()` holds; false when patience runs out.
template <class Condition>
bool wait_until(Condition&& is_so) {
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (!is_so()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds{20});
  }
  return true;
}

class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "beian-XXXXXX").string();
    path_ = ::mkdtemp(pattern.data());
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  std::string path(std::string_view name) const { return path_ + "/" + std::string(name); }
  std::string write(std::string_view name, std::string_view bytes) const {
    std::ofstream(path(name), std::ios::binary) << bytes;
    return path(name);
  }

 private:
  std::string path_;
};

inline std::string read_whole(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// A running program. Its standard input is `input`, from a file that is already deleted. It is
// killed when the thread that started it ends, however that happens, so a test that aborts leaves
// nothing running.
class Process {
 public:
  explicit Process(std::vector<std::string> arguments, std::string_view input = {}) {
    std::FILE* const in = std::tmpfile();
    if (!input.empty()) std::fwrite(input.data(), 1, input.size(), in);
    std::rewind(in);
    int out[2];
    int err[2];
    if (::pipe2(out, O_CLOEXEC) != 0 || ::pipe2(err, O_CLOEXEC) != 0) std::abort();
    std::vector<char*> argv;
    for (std::string& argument : arguments) argv.push_back(argument.data());
    argv.push_back(nullptr);
    const pid_t parent = ::getpid();
    pid_ = ::fork();
    if (pid_ == 0) {
      ::prctl(PR_SET_PDEATHSIG, SIGKILL);
      if (::getppid() != parent) ::_exit(127);  // the parent had already ended
      ::dup2(::fileno(in), STDIN_FILENO);
      ::dup2(out[1], STDOUT_FILENO);
      ::dup2(err[1], STDERR_FILENO);
      ::execv(argv[0], argv.data());
      ::_exit(127);
    }
    std::fclose(in);
    ::close(out[1]);
    ::close(err[1]);
    streams_[0].fd = out[0];
    streams_[1].fd = err[0];
  }
  ~Process() {
    if (pid_ > 0) {
      ::kill(pid_, SIGKILL);
      ::waitpid(pid_, nullptr, 0);
    }
    for (const Stream& stream : streams_)
      if (stream.fd >= 0) ::close(stream.fd);
  }
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  // A program that is told to stop has stopped on return.
  void signal(int number) const {
    ::kill(pid_, number);
    siginfo_t ignored;
    if (number == SIGSTOP)
      ::waitid(P_PID, static_cast<id_t>(pid_), &ignored, WSTOPPED | WEXITED | WNOWAIT);
  }
  const std::string& out() const { return streams_[0].text; }
  const std::string& err() const { return streams_[1].text; }

  // Reads until `text` has appeared on either stream; false when the program ends or patience runs
  // out first.
  bool wait_for(std::string_view text) {
    const auto deadline = std::chrono::steady_clock::now() + kPatience;
    const auto is_there = [&] {
      return out().find(text) != std::string::npos || err().find(text) != std::string::npos;
    };
    while (!is_there())
      if (std::chrono::steady_clock::now() > deadline || !read_more()) return is_there();
    return true;
  }

  // Reads both streams to their end and returns the exit code; -1 when a signal ended the program
  // or it did not end in time.
  int wait() {
    const auto deadline = std::chrono::steady_clock::now() + kPatience;
    while (read_more())
      if (std::chrono::steady_clock::now() > deadline) return -1;
    int status = 0;
    ::waitpid(std::exchange(pid_, -1), &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

 private:
  struct Stream {
    int fd = -1;
    std::string text;
  };

  // Waits up to 100 ms for bytes on either stream; false when both have ended.
  bool read_more() {
    pollfd waits[2] = {{streams_[0].fd, POLLIN, 0}, {streams_[1].fd, POLLIN, 0}};
    if (waits[0].fd < 0 && waits[1].fd < 0) return false;
    ::poll(waits, 2, 100);
    for (int i = 0; i < 2; ++i) {
      if (waits[i].fd < 0 || waits[i].revents == 0) continue;
      char part[16 * 1024];
      const ssize_t got = ::read(waits[i].fd, part, sizeof part);
      if (got > 0) {
        streams_[i].text.append(part, static_cast<std::size_t>(got));
      } else {
        ::close(std::exchange(streams_[i].fd, -1));
      }
    }
    return true;
  }

  pid_t pid_ = -1;
  Stream streams_[2];
};

struct Finished {
  int exit_code = -1;
  std::string out;
  std::string err;
};

inline Finished run(std::vector<std::string> arguments, std::string_view input = {}) {
  Process process(std::move(arguments), input);
  const int exit_code = process.wait();
  return {exit_code, process.out(), process.err()};
}

}  // namespace beian::test
