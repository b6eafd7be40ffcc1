#include <memory>
#include <string>

#include "cache/base/bytes.h"
#include "gate/cli/config.h"
#include "gate/cli/console.h"
#include "gate/cli/exit_code.h"
#include "gate/cli/gate_flags.h"
#include "gate/cli/idle_settings.h"
#include "gate/cli/key_warnings.h"
#include "gate/cli/start_check.h"
#include "gate/cli/verbs.h"
#include "gate/http/revocation_lists.h"

namespace beian::cli {
namespace {

// Loads everything that `serve` would load, except a followed registry, so that whatever is
// accepted here can start.
int check(const std::string& path) {
  const auto config = load_config(path);
  if (!config) return fail(config.error());
  const auto startable = check_start(*config, path, StartStage::kBefore);
  if (!startable) return fail(startable.error());
  const bool is_followed = config->registry.is_followed();
  const auto state = is_followed ? load_rules(*config) : load_state(*config, now_in_seconds());
  if (!state) return fail(state.error());
  if (!is_followed)
    if (const auto guarded = guard_file(config->registry, nullptr, *state->generation); !guarded)
      return fail(in_file(path, guarded.error()));
  for (const std::string& line : idle_settings(*config)) print_talk(line);
  for (const std::string& warning : state->policies->warnings(day_in_china(now_in_seconds())))
    print_talk(warning);
  for (const std::string& warning :
       http::RevocationLists::read(config->tls.client_crl).warnings(now_in_seconds()))
    print_talk(warning);
  for (const std::string& warning : key_warnings(*config, now_in_seconds())) print_talk(warning);
  print_out((path.empty() ? std::string("the defaults") : path) + ": valid\n");
  return 0;
}

int print_effective(const std::string& path) {
  const auto config = load_config(path);
  if (!config) return fail(config.error());
  print_out(print_config(*config));
  return 0;
}

int ask_health(const GateFlags& flags) {
  const auto gate = open_gate(flags);
  if (!gate) return fail(gate.error());
  const auto answer = (*gate)->request("/readyz", "", "");
  if (!answer) return fail(answer.error());
  if (answer->status == 200) return 0;
  return fail(
      make_error(ErrorKind::kUnavailable, flags.url + " is not ready: " + printable(answer->body)));
}

}  // namespace

void add_config(Verb program) {
  Verb config = program.verb("config", "Validate or print the configuration");
  config.require_verb();
  auto path = std::make_shared<std::string>();
  for (const auto& [name, help, run] :
       {std::tuple{"check", "Load everything that serve would load", &check},
        std::tuple{"print", "The effective configuration", &print_effective}}) {
    Verb verb = config.verb(name, help);
    verb.option("FILE,--config", path.get(), "gate.toml; without it, the defaults");
    verb.run([path, run = run] { return run(*path); });
  }
}

void add_healthcheck(Verb program) {
  Verb verb = program.verb("healthcheck", "Exit 0 when /readyz of a gate says 200");
  auto flags = std::make_shared<GateFlags>();
  flags->url = "http://127.0.0.1:8080";
  add_gate_flags(verb, "the gate; default: http://127.0.0.1:8080", flags.get());
  verb.run([=] { return ask_health(*flags); });
}

}  // namespace beian::cli
