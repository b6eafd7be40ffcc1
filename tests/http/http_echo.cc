// The HTTP layer alone, for running collections of requests against it: `http_echo --listen
// HOST:PORT [--threads N]`. Serves until SIGINT or SIGTERM, then drains. A test program; never
// installed.
#include <signal.h>

#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <memory>

#include "gate/http/server.h"
#include "tests/http/echo_service.h"

namespace {

int usage() {
  std::fputs("usage: http_echo --listen HOST:PORT [--threads N]\n", stderr);
  return 2;
}

}  // namespace

int main(int argc, char** argv) {
  using namespace beian;
  http::ServerOptions options;
  options.address = {"127.0.0.1", 0};
  options.clock = [] { return std::chrono::system_clock::now(); };
  for (int i = 1; i < argc; i += 2) {
    if (i + 1 == argc) return usage();
    const std::string_view name = argv[i];
    const std::string_view value = argv[i + 1];
    if (name == "--listen") {
      auto address = http::parse_listen_address(value);
      if (!address) return std::fprintf(stderr, "%s\n", address.error().message.c_str()), 2;
      options.address = *address;
    } else if (name == "--threads") {
      const auto [end, error] =
          std::from_chars(value.data(), value.data() + value.size(), options.threads);
      if (error != std::errc{} || end != value.data() + value.size() || options.threads == 0) {
        return usage();
      }
    } else {
      return usage();
    }
  }

  sigset_t stop;
  sigemptyset(&stop);
  sigaddset(&stop, SIGINT);
  sigaddset(&stop, SIGTERM);
  sigprocmask(SIG_BLOCK, &stop, nullptr);
  const auto server =
      http::Server::start(options, [](unsigned) { return std::make_unique<http::EchoService>(); });
  if (!server) return std::fprintf(stderr, "%s\n", server.error().message.c_str()), 1;
  std::printf("listening on http://%s\n", (*server)->address().text().c_str());
  std::fflush(stdout);
  int received = 0;
  sigwait(&stop, &received);
  (*server)->drain(limits::kDrainDeadline);
  return 0;
}
