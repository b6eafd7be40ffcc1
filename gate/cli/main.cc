// beian-gate: may this app be distributed, connected, preinstalled?
#include <csignal>
#include <exception>

#include "gate/cli/console.h"
#include "gate/cli/exit_code.h"
#include "gate/cli/verbs.h"
#include "gate/http/build_info.h"

namespace {

int run(int argc, char** argv) {
  using namespace beian;
  using namespace beian::cli;
  // A peer that closes its connection or pipe is an error of one write, not the end of the program.
  std::signal(SIGPIPE, SIG_IGN);
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
  try {
    return beian::cli::finish(run(argc, argv));
  } catch (const std::exception& error) {
    beian::cli::print_talk(std::string("a bug: ") + error.what());
    return beian::cli::kInternal;
  }
}
