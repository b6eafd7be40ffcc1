#include <sys/stat.h>

#include <csignal>
#include <ctime>
#include <memory>
#include <string>
#include <thread>

#include "gate/cli/config.h"
#include "gate/cli/console.h"
#include "gate/cli/exit_code.h"
#include "gate/cli/serving.h"
#include "gate/cli/verbs.h"
#include "gate/http/server.h"

namespace beian::cli {
namespace {

using http::GateService;
using http::Server;

// How often the registry file is looked at; a replaced file serves within this time.
constexpr timespec kWatchInterval{1, 0};

struct Options {
  std::string config;
  std::string listen;
  std::string registry;
  unsigned threads = 0;
};

// Command-line flags override the file.
Result<Config> effective_config(const Options& options) {
  auto config = load_config(options.config);
  if (!config) return config.error();
  if (!options.listen.empty()) config->listen = options.listen;
  if (!options.registry.empty()) {
    const bool is_followed = cache::is_redis_url(options.registry);
    config->registry.path = is_followed ? "" : options.registry;
    config->registry.url = is_followed ? options.registry : "";
  }
  if (options.threads > 0) config->threads = options.threads;
  return config;
}

// Tells a replaced file from the one that was loaded: a rename changes the inode, and a restored
// backup the time.
class FileWatch {
 public:
  explicit FileWatch(std::string path) : path_(std::move(path)) { has_changed(); }

  const std::string& path() const noexcept { return path_; }
  // Watches another file from now on; the same one is no change.
  void follow(const std::string& path) {
    if (path != path_) *this = FileWatch(path);
  }

  // True once after each change; false while the file is missing.
  bool has_changed() {
    struct stat status {};
    if (path_.empty() || ::stat(path_.c_str(), &status) != 0) return false;
    const Mark mark{status.st_ino, status.st_size, status.st_mtim.tv_sec, status.st_mtim.tv_nsec};
    return std::exchange(mark_, mark) != mark;
  }

 private:
  struct Mark {
    ino_t inode = 0;
    off_t size = 0;
    time_t seconds = 0;
    long nanoseconds = 0;
    friend bool operator==(const Mark&, const Mark&) = default;
  };

  std::string path_;
  Mark mark_;
};

std::string described(const cache::Generation& generation) {
  return "serving registry serial " + std::to_string(generation.serial()) + " (" +
         std::to_string(generation.info().services) + " services, " + generation.source() + ")";
}

// Loads everything anew and hands it to the workers; on any error the old state goes on serving.
void reload(const Options& options, std::string_view why, FileWatch* registry, Serving* serving) {
  print_talk(std::string("reloading: ") + std::string(why));
  const auto config = effective_config(options);
  if (!config) {
    print_talk("kept the old state: " + config.error().message);
    return;
  }
  if (const auto reloaded = serving->reload(*config); !reloaded) {
    print_talk("kept the old state: " + reloaded.error().message);
    return;
  }
  registry->follow(config->registry.path);
  print_talk(described(*serving->state().generation));
}

// Waits for signals and file changes until it is time to stop. `registry` was begun before the
// registry was loaded, so that no replacement falls between.
void watch(const Options& options, const sigset_t& signals, FileWatch* registry, Serving* serving) {
  for (;;) {
    if (const auto news = serving->news()) print_talk(*news);
    const int signal = ::sigtimedwait(&signals, nullptr, &kWatchInterval);
    if (signal == SIGTERM || signal == SIGINT) return;
    if (signal == SIGHUP) {
      registry->has_changed();
      reload(options, "SIGHUP", registry, serving);
    } else if (registry->has_changed()) {
      reload(options, registry->path() + " was replaced", registry, serving);
    }
  }
}

void greet(const Server& server, const cache::Generation& generation) {
  const std::string address = server.address().text();
  const bool is_unix = address.starts_with("unix:");
  print_talk(described(generation));
  print_out("listening on " + (is_unix ? address : "http://" + address) + "\n");
  if (!is_unix)
    print_out("try: curl -s 'http://" + address + "/v1/check?operation=distribute&number=" +
              "%E4%BA%ACICP%E5%A4%872099000000%E5%8F%B7-1A'\n");
  std::fflush(stdout);
}

int run(const Options& options) {
  // Blocked before any thread starts, so that only watch() receives them.
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&signals, signal);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);

  const auto config = effective_config(options);
  if (!config) return fail(config.error());
  const auto address = http::parse_listen_address(config->listen);
  if (!address) return fail(address.error());
  FileWatch registry(config->registry.path);
  const auto serving = Serving::start(*config);
  if (!serving) return fail(serving.error());
  http::ServerOptions server_options;
  server_options.address = *address;
  server_options.threads =
      config->threads > 0 ? config->threads : std::max(1U, std::thread::hardware_concurrency());
  server_options.clock = [] { return std::chrono::system_clock::time_point(system_now()); };
  auto server = Server::start(server_options, [&](unsigned) {
    return std::make_unique<GateService>((*serving)->state(), &system_now, random_seed());
  });
  if (!server) return fail(server.error());
  (*serving)->attach(server->get());
  greet(**server, *(*serving)->state().generation);
  watch(options, signals, &registry, serving->get());
  print_talk("draining");
  (*serving)->stop();
  const bool is_clean = (*server)->drain(config->drain);
  print_talk(is_clean ? "drained: every answer was sent"
                      : "drain deadline passed: connections cut");
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
  verb.option("--threads", &options->threads, "worker threads; default: one a processor");
  verb.run([=] { return run(*options); });
}

}  // namespace beian::cli
