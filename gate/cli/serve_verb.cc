#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <memory>
#include <string>
#include <thread>
#include <utility>

#include "cache/base/limits.h"
#include "gate/cli/config.h"
#include "gate/cli/console.h"
#include "gate/cli/exit_code.h"
#include "gate/cli/exposure.h"
#include "gate/cli/file_watch.h"
#include "gate/cli/idle_settings.h"
#include "gate/cli/notify.h"
#include "gate/cli/reloader.h"
#include "gate/cli/serve_options.h"
#include "gate/cli/serve_watch.h"
#include "gate/cli/serving.h"
#include "gate/cli/start_check.h"
#include "gate/cli/verbs.h"
#include "gate/http/gate_service.h"
#include "gate/http/package_desk.h"
#include "gate/http/server.h"

namespace beian::cli {
namespace {

using http::GateService;
using http::Server;

// How long stopping may take beyond the drain, for instance to close the decision log.
constexpr std::chrono::seconds kStopMargin{30};

// Reports an address given in the file as a fault of the file, unless a flag overrides it.
Error told_where(const ServeOptions& options, const Error& exposed) {
  const bool is_admins = exposed.message.starts_with("admin.listen");
  if (!is_admins && !options.listen.empty()) return exposed;
  return in_file(options.config, is_admins ? "admin.listen" : "listen", exposed);
}

// What services use besides the registry; null: none.
struct Helpers {
  const std::atomic<bool>* is_stopping;  // no reload begins any more; never null
  log::DecisionLog* log = nullptr;
  http::PackageDesk* packages = nullptr;
};

void greet(const Server& server, const Server* admin, const http::GateState& state) {
  const std::string scheme = state.is_encrypted ? "https://" : "http://";
  const std::string address = server.address().text();
  const bool is_unix = address.starts_with("unix:");
  print_talk(described(*state.generation));
  if (admin != nullptr) print_talk("operations at " + admin->address().text());
  print_out("listening on " + (is_unix ? address : scheme + address) + "\n");
  if (!is_unix)
    print_out(std::string("try: curl -s ") +
              (state.callers ? "-H 'Authorization: Bearer KEY' '" : "'") + scheme + address +
              "/v1/check?operation=distribute&number=" +
              "%E4%BA%ACICP%E5%A4%872099000000%E5%8F%B7-1A'\n");
  std::fflush(stdout);
}

// With a configuration that names no registry by mistake, the gate would deny every real app.
void warn_of_built_in(const ServeOptions& options, const Config& config) {
  if (options.config.empty() || !config.registry.is_built_in()) return;
  print_talk("no registry is configured: the built-in one is invented, for trying things out; " +
             options.config + " names another by `file` or `url` under [registry]");
}

void warn_of_unsigned(const RegistrySource& registry) {
  if (!registry.is_followed() || !registry.is_by_flag || !registry.trusted_key_files.empty())
    return;
  print_talk(
      "no key is named, so signatures are not looked at: whoever writes to that Redis decides what "
      "is filed; --key FILE names who signs");
}

// Starts the listener for `role`; its services answer from `serving`.
Result<std::unique_ptr<Server>> start_server(const Config& config, http::Role role,
                                             Serving* serving, const Helpers& helpers) {
  const bool is_admin = role == http::Role::kAdmin;
  const std::string& listen = is_admin ? config.admin_listen : config.listen;
  const auto address = http::parse_listen_address(listen);
  if (!address) return address.error();
  http::ServerOptions options;
  options.address = *address;
  options.threads = is_admin             ? 1
                    : config.threads > 0 ? config.threads
                                         : std::max(1U, std::thread::hardware_concurrency());
  options.limits.connections_per_address_max = config.connections_per_address;
  options.has_bulk_lane = !is_admin;
  options.clock = [] { return std::chrono::system_clock::time_point(system_now()); };
  options.stopwatch = &monotonic_now;
  if (!is_admin) options.tls = serving->tls();
  http::GateContext context;
  context.metrics = serving->metrics();
  context.role = role;
  context.reload = [stopping = helpers.is_stopping] {
    return !*stopping && ::kill(::getpid(), SIGHUP) == 0;
  };
  context.log = helpers.log;
  context.packages = helpers.packages;
  auto server = Server::start(options, [&](unsigned) {
    return std::make_unique<GateService>(serving->state(), &system_now, random_seed(), context);
  });
  if (server) serving->attach(server->get());
  return server;
}

int serve(const ServeOptions& options) {
  Watch::block_signals();
  const auto told = ServiceManager::from_environment();
  if (!told) print_talk("no service manager is told: " + told.error().message);
  const ServiceManager nobody;
  const ServiceManager& manager = told ? *told : nobody;
  const auto config = effective_config(options);
  if (!config) return fail(config.error());
  if (const auto reachable = check_exposure(*config); !reachable)
    return fail(told_where(options, reachable.error()));
  if (const auto startable = check_start(*config, options.config, StartStage::kStart); !startable)
    return fail(startable.error());
  FileWatch registry(config->registry.path);
  const auto serving = Serving::start(*config);
  if (!serving) return fail(in_file(options.config, serving.error()));
  const bool has_admin = !config->admin_listen.empty();
  // Started before the servers, whose workers write to it.
  const auto log = start_log(config->log);
  if (!log) return fail(log.error());
  const auto desk = open_desk(config->packages);
  if (!desk) return fail(desk.error());
  std::atomic<bool> is_stopping{false};  // outlives the servers
  const Helpers helpers{&is_stopping, log->get(), desk->get()};
  const auto server = start_server(*config, has_admin ? http::Role::kGate : http::Role::kLone,
                                   serving->get(), helpers);
  if (!server) return fail(server.error());
  (*serving)->attach_tls(server->get());
  (*serving)->metrics()->set_server([gate = server->get()] { return gate->stats(); });
  if (*log != nullptr) (*serving)->metrics()->set_log([&log] { return (*log)->stats(); });
  if (*desk != nullptr) (*serving)->metrics()->set_packages([&desk] { return (*desk)->stats(); });
  std::unique_ptr<Server> admin;
  if (has_admin) {
    auto started = start_server(*config, http::Role::kAdmin, serving->get(), {&is_stopping});
    if (!started) {
      (*serving)->stop();  // else it could hand a registry to a server that is gone
      return fail(started.error());
    }
    admin = std::move(*started);
  }
  greet(**server, admin.get(), (*serving)->state());
  warn_of_built_in(options, *config);
  warn_of_unsigned(config->registry);
  for (const std::string& line : idle_settings(*config)) print_talk(line);
  Reloader reloader(options, *config, std::move(registry), serving->get());
  Watch({.manager = manager,
         .serving = **serving,
         .reloader = reloader,
         .server = **server,
         .log = helpers.log,
         .packages = helpers.packages})
      .until_stopped();
  is_stopping = true;
  print_talk("draining");
  manager.tell_stopping(config->drain + kStopMargin);
  (*serving)->stop();
  const bool is_clean = (*server)->drain(config->drain);
  if (admin) admin->drain(std::chrono::milliseconds{0});  // stays readable while the gate drains
  print_talk(is_clean ? "drained: every answer was sent"
                      : "drain deadline passed: connections cut");
  if (*log != nullptr) {
    const auto stopped = (*log)->stop();
    if (const auto news = (*log)->news()) print_talk(*news);
    if (!stopped) return fail(stopped.error());
  }
  return kAllAllowed;
}

}  // namespace

void add_serve(Verb program) {
  Verb verb = program.verb("serve", "Answer over HTTP");
  auto options = std::make_shared<ServeOptions>();
  verb.option("--config", &options->config, "gate.toml; without it, the defaults");
  verb.option("--listen", &options->listen, "HOST:PORT, [IPV6]:PORT or unix:/PATH");
  verb.option("--registry", &options->registry,
              "snapshot file, or redis://… to follow; without it, the built-in registry with "
              "the test identities");
  verb.option("--key", &options->keys,
              "public key of somebody who may have signed the registry; may repeat")
      .named("FILE");
  verb.flag("--allow-unsigned", &options->allow_unsigned,
            "follow a Redis of another machine although nobody signed what is there");
  verb.flag("--allow-open", &options->allow_open,
            "listen where other machines reach it, although there is no TLS or nobody needs a key");
  verb.option("--threads", &options->threads, "worker threads; 0, the default: one a processor")
      .in_range(0, limits::kWorkersMax);
  verb.run([=] { return serve(*options); });
}

}  // namespace beian::cli
