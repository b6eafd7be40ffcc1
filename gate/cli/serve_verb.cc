#include <unistd.h>

#include <csignal>
#include <ctime>
#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "gate/cli/config.h"
#include "gate/cli/console.h"
#include "gate/cli/exit_code.h"
#include "gate/cli/exposure.h"
#include "gate/cli/file_watch.h"
#include "gate/cli/notify.h"
#include "gate/cli/serving.h"
#include "gate/cli/start_check.h"
#include "gate/cli/verbs.h"
#include "gate/http/package_desk.h"
#include "gate/http/server.h"

namespace beian::cli {
namespace {

using http::GateService;
using http::Server;

// How often the registry file is looked at; a replaced file serves within this time.
constexpr std::chrono::nanoseconds kWatchInterval = std::chrono::seconds(1);
// What stopping may take beyond the drain: closing the decision log, for one.
constexpr std::chrono::seconds kStopMargin{30};

struct Options {
  std::string config;
  std::string listen;
  std::string registry;
  unsigned threads = 0;
  bool allow_open = false;
};

// An address that the file gives is a fault of the file, which the flag overrides.
Error told_where(const Options& options, const Error& exposed) {
  const bool is_admins = exposed.message.starts_with("admin.listen");
  if (!is_admins && !options.listen.empty()) return exposed;
  return in_file(options.config, is_admins ? "admin.listen" : "listen", exposed);
}

// Command-line flags override the file.
Result<Config> effective_config(const Options& options) {
  auto config = load_config(options.config);
  if (!config) return config.error();
  if (!options.listen.empty()) config->listen = options.listen;
  if (options.allow_open) config->allow_open = true;
  if (!options.registry.empty()) {
    const bool is_followed = cache::is_redis_url(options.registry);
    config->registry.path = is_followed ? "" : options.registry;
    config->registry.url = is_followed ? options.registry : "";
  }
  if (options.threads > 0) config->threads = options.threads;
  return config;
}

std::string described(const cache::Generation& generation) {
  return "serving registry serial " + std::to_string(generation.serial()) + " (" +
         std::to_string(generation.info().services) + " services, " + generation.source() + ")";
}

// A line of a configuration as it may be told: of keys no more than their ids. That a hash is
// another one is still seen, since its line is told.
std::string without_hashes(std::string line) {
  constexpr std::string_view kHash = "sha256 = \"";
  for (std::size_t at = line.find(kHash); at != std::string::npos; at = line.find(kHash, at)) {
    at += kHash.size();
    line.replace(at, std::min(line.find('"', at), line.size()) - at, "…");
  }
  return line;
}

// The lines of `text` that `other` does not have, each after `sign`.
void tell_lines_missing(const std::string& text, const std::string& other, char sign) {
  const std::string lines = "\n" + other;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    const std::string line = text.substr(begin, end - begin);
    if (lines.find("\n" + line + "\n") == std::string::npos)
      print_talk(std::string(1, sign) + " " + without_hashes(line));
    begin = end + 1;
  }
}

// Exceptions of the policy that are over: they lift nothing until somebody looks after them.
void tell_warnings(const Serving& serving) {
  for (const std::string& warning :
       serving.state().policies->warnings(day_in_china(now_in_seconds())))
    print_talk(warning);
}

// Loads everything anew and hands it to the workers; on any error the old state goes on serving.
// `shown` is the configuration in effect, as it is printed; what of it changes is told. `beat` is
// called every now and then.
void reload(const Options& options, std::string_view why, FileWatch* registry, Serving* serving,
            const std::function<void()>& beat, std::string* shown) {
  print_talk(std::string("reloading: ") + std::string(why));
  const auto config = effective_config(options);
  if (!config) {
    serving->metrics()->count_reload(false);
    print_talk("kept the old state: " + config.error().message);
    return;
  }
  if (const auto reachable = check_exposure(*config); !reachable) {
    serving->metrics()->count_reload(false);
    print_talk("kept the old state: " + reachable.error().message);
    return;
  }
  if (const auto reloaded = serving->reload(*config, beat); !reloaded) {
    print_talk("kept the old state: " + reloaded.error().message);
    return;
  }
  registry->follow(config->registry.path);
  const std::string now = print_config(*config);
  tell_lines_missing(*shown, now, '-');
  tell_lines_missing(now, *shown, '+');
  *shown = now;
  print_talk(described(*serving->state().generation));
}

// How long to wait for a signal: the manager hears of the gate twice in its time at least.
timespec watch_interval(const ServiceManager& manager) {
  std::chrono::nanoseconds interval = kWatchInterval;
  if (const auto watchdog = manager.watchdog())
    interval = std::min<std::chrono::nanoseconds>(interval, *watchdog / 2);
  const auto seconds = std::chrono::floor<std::chrono::seconds>(interval);
  return {seconds.count(), (interval - seconds).count()};
}

// What services work with besides the registry; null: there is none.
struct Helpers {
  log::DecisionLog* log = nullptr;
  http::PackageDesk* packages = nullptr;
};

void tell_news(const Helpers& helpers, Serving* serving) {
  if (const auto news = serving->news()) print_talk(*news);
  if (helpers.log != nullptr)
    if (const auto news = helpers.log->news()) print_talk(*news);
  if (helpers.packages != nullptr)
    if (const auto news = helpers.packages->news()) print_talk(*news);
}

// Waits for signals and file changes until it is time to stop. `registry` was begun before the
// registry was loaded, so that no replacement falls between.
void watch(const Options& options, const sigset_t& signals, FileWatch* registry, Serving* serving,
           const Helpers& helpers, const ServiceManager& manager, Heartbeat heartbeat,
           std::string shown) {
  const timespec interval = watch_interval(manager);
  const auto beat = [&] {
    if (manager.watchdog() && heartbeat.beats()) manager.tell_alive();
  };
  for (;;) {
    tell_news(helpers, serving);
    serving->let_go();
    beat();
    const int signal = ::sigtimedwait(&signals, nullptr, &interval);
    if (signal == SIGTERM || signal == SIGINT) return;
    const bool is_replaced = registry->has_changed();
    if (signal != SIGHUP && !is_replaced) continue;
    manager.tell_reloading(monotonic_now());
    reload(options, signal == SIGHUP ? "SIGHUP" : registry->path() + " was replaced", registry,
           serving, beat, &shown);
    manager.tell_ready(described(*serving->state().generation));
  }
}

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

// Whoever writes a configuration and forgets the registry would refuse every real app.
void warn_of_built_in(const Options& options, const Config& config) {
  const RegistrySource& registry = config.registry;
  if (options.config.empty() || !registry.path.empty() || !registry.url.empty()) return;
  print_talk("no registry is configured: the built-in one is invented, for trying things out; " +
             options.config + " names another by `file` or `url` under [registry]");
}

// Starts the listener of `role`, whose services answer from `serving`.
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
  context.reload = [] { ::kill(::getpid(), SIGHUP); };
  context.log = helpers.log;
  context.packages = helpers.packages;
  auto server = Server::start(options, [&](unsigned) {
    return std::make_unique<GateService>(serving->state(), &system_now, random_seed(), context);
  });
  if (server) serving->attach(server->get());
  return server;
}

int run(const Options& options) {
  // Blocked before any thread starts, so that only watch() receives them.
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&signals, signal);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);

  const auto told = ServiceManager::from_environment();
  if (!told) print_talk("no service manager is told: " + told.error().message);
  const ServiceManager nobody;
  const ServiceManager& manager = told ? *told : nobody;
  const auto config = effective_config(options);
  if (!config) return fail(config.error());
  if (const auto reachable = check_exposure(*config); !reachable)
    return fail(told_where(options, reachable.error()));
  FileWatch registry(config->registry.path);
  const auto serving = Serving::start(*config);
  if (!serving) return fail(serving.error());
  const bool has_admin = !config->admin_listen.empty();
  // Before the servers, whose workers write to it.
  const auto log = start_log(config->log);
  if (!log) return fail(log.error());
  const auto desk = open_desk(config->packages);
  if (!desk) return fail(desk.error());
  const Helpers helpers{log->get(), desk->get()};
  const auto server = start_server(*config, has_admin ? http::Role::kGate : http::Role::kLone,
                                   serving->get(), helpers);
  if (!server) return fail(server.error());
  (*serving)->attach_tls(server->get());
  (*serving)->metrics()->set_server([gate = server->get()] { return gate->stats(); });
  if (*log != nullptr) (*serving)->metrics()->set_log([&log] { return (*log)->stats(); });
  if (*desk != nullptr) (*serving)->metrics()->set_packages([&desk] { return (*desk)->stats(); });
  std::unique_ptr<Server> admin;
  if (has_admin) {
    auto started = start_server(*config, http::Role::kAdmin, serving->get(), {});
    if (!started) {
      (*serving)->stop();  // or it would hand a registry to a server that is gone
      return fail(started.error());
    }
    admin = std::move(*started);
  }
  greet(**server, admin.get(), (*serving)->state());
  warn_of_built_in(options, *config);
  tell_warnings(**serving);
  manager.tell_ready(described(*(*serving)->state().generation));
  watch(options, signals, &registry, serving->get(), helpers, manager, Heartbeat(server->get()),
        print_config(*config));
  print_talk("draining");
  manager.tell_stopping(config->drain + kStopMargin);
  (*serving)->stop();
  const bool is_clean = (*server)->drain(config->drain);
  if (admin) admin->drain(std::chrono::milliseconds{0});  // readable while the gate drains
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
  auto options = std::make_shared<Options>();
  verb.option("--config", &options->config, "gate.toml; without it, the defaults");
  verb.option("--listen", &options->listen, "HOST:PORT, [IPV6]:PORT or unix:/PATH");
  verb.option("--registry", &options->registry,
              "snapshot file, or redis://… to follow; without it, the built-in registry with "
              "the test identities");
  verb.flag("--allow-open", &options->allow_open,
            "listen where other machines reach it, although there is no TLS or nobody needs a key");
  verb.option("--threads", &options->threads, "worker threads; 0, the default: one a processor")
      .in_range(0U, static_cast<unsigned>(limits::kWorkersMax));
  verb.run([=] { return run(*options); });
}

}  // namespace beian::cli
