// beian-gate: may this app be distributed, connected or preinstalled?
#include <fcntl.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <exception>
#include <new>
#include <string_view>
#include <system_error>

#include "gate/cli/console.h"
#include "gate/cli/exit_code.h"
#include "gate/cli/verbs.h"
#include "gate/http/build_info.h"

namespace {

using beian::cli::print_talk;

// If the parent closed one of the descriptors 0 to 2, the next file opened would get its number,
// and messages could end up in the decision log. So each is occupied here, by an object that can be
// neither read nor written.
void take_closed_descriptors() {
  for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; ++fd)
    if (::fcntl(fd, F_GETFD) == -1) ::open("/", O_PATH | O_DIRECTORY);
}

// Reports the exception, and returns the exit code.
int tell(const std::exception& error) {
  if (dynamic_cast<const std::bad_alloc*>(&error) != nullptr) {
    print_talk("there is no memory left");
    return beian::cli::kUnavailable;
  }
  const auto* const system = dynamic_cast<const std::system_error*>(&error);
  const bool is_of_tbb = std::string_view(error.what()).starts_with("pthread_create has failed");
  if (is_of_tbb ||
      (system != nullptr && system->code() == std::errc::resource_unavailable_try_again)) {
    print_talk("no further thread can be begun; see ulimit -u, or pids.max of the control group");
    return beian::cli::kUnavailable;
  }
  print_talk(std::string("a bug: ") + error.what());
  return beian::cli::kInternal;
}

// An exception that escapes a thread ends the program: reported as in main(); a bug also dumps
// core.
[[noreturn]] void tell_and_end() {
  try {
    if (const auto thrown = std::current_exception()) std::rethrow_exception(thrown);
  } catch (const std::exception& error) {
    if (const int code = tell(error); code != beian::cli::kInternal) ::_exit(code);
    std::abort();
  } catch (...) {
  }
  print_talk("a bug: ended without an error that says why");
  std::abort();
}

int run(int argc, char** argv) {
  using namespace beian;
  using namespace beian::cli;
  // A peer that closes its connection or pipe, or a file that reached its size limit, is an error
  // of one write, not the end of the program.
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
  CommandLine line(
      "beian-gate answers whether an app may be distributed, connected or preinstalled in "
      "mainland\n"
      "China, from a snapshot of the filing registry (APP备案).\n\n"
      "Exit: 0 all allow, 1 at least one deny, 2 at least one review, 3 at least one unknown,\n"
      "      64 usage, 65 bad input, 69 unavailable, 70 internal.",
      "beian-gate " + std::string(kVersion));
  const Verb program = line.program();
  program.require_verb();
  add_serve(program);
  add_check(program);
  add_audit(program);
  add_inspect(program);
  add_vet(program);
  add_number(program);
  add_registry(program);
  add_log(program);
  add_config(program);
  add_keys(program);
  add_healthcheck(program);
  return line.run(argc, argv);
}

}  // namespace

int main(int argc, char** argv) {
  take_closed_descriptors();
  std::set_terminate(tell_and_end);
  try {
    return beian::cli::finish(run(argc, argv));
  } catch (const std::exception& error) {
    return tell(error);
  }
}
