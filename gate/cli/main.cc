// beian-gate: may this app be distributed, connected, preinstalled?
#include <CLI/CLI.hpp>

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
  CLI::App app{
      "beian-gate answers whether an app may be distributed, connected or preinstalled in "
      "mainland\n"
      "China, from a snapshot of the filing registry (APP备案).\n\n"
      "Exit: 0 all allow, 1 at least one deny, 2 at least one review, 3 at least one unknown,\n"
      "      64 usage, 65 bad input, 69 unavailable, 70 internal."};
  app.set_version_flag("--version", "beian-gate " + std::string(kVersion));
  require_verb(&app);
  int exit_code = kAllAllowed;
  add_serve(&app, &exit_code);
  add_check(&app, &exit_code);
  add_audit(&app, &exit_code);
  add_number(&app, &exit_code);
  add_registry(&app, &exit_code);
  add_config(&app, &exit_code);
  add_keys(&app, &exit_code);
  add_healthcheck(&app, &exit_code);
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& success) {
    return app.exit(success);  // --help, --version
  } catch (const CLI::ParseError& error) {
    app.exit(error);
    return kUsage;
  }
  return exit_code;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const std::exception& error) {
    beian::cli::print_talk(std::string("a bug: ") + error.what());
    return beian::cli::kInternal;
  }
}
