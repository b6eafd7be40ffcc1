// Stands between a client and a server on loopback and misbehaves on command: answers garbage,
// hostile lengths, one byte a second, or nothing, or cuts connections. Tests only; any thread.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace beian::test {

class FaultProxy {
 public:
  enum class Mode { kPass, kCut, kStall, kGarbage, kHostileLength, kDribble };

  explicit FaultProxy(std::uint16_t server) : server_(server) {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address = at(0);
    socklen_t size = sizeof address;
    if (::bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
        ::listen(listener_, 64) != 0 ||
        ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0)
      std::abort();
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { run(); });
  }
  ~FaultProxy() {
    is_stopping_ = true;
    thread_.join();
    for (Pair& pair : pairs_) close(&pair);
    ::close(listener_);
  }
  FaultProxy(const FaultProxy&) = delete;
  FaultProxy& operator=(const FaultProxy&) = delete;

  std::uint16_t port() const { return port_; }
  std::string url() const { return "redis://127.0.0.1:" + std::to_string(port_); }
  // Takes effect at once, for open connections too.
  void set(Mode mode) { mode_ = mode; }
  // Which server new connections lead to.
  void lead_to(std::uint16_t server) { server_ = server; }

 private:
  struct Pair {
    int client = -1;
    int server = -1;
    std::string held;  // bytes of the server held back in kDribble
    std::chrono::steady_clock::time_point last_byte{};
  };

  static sockaddr_in at(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    return address;
  }
  static void close(Pair* pair) {
    if (pair->client >= 0) ::close(pair->client);
    if (pair->server >= 0) ::close(pair->server);
    *pair = {};
  }
  static bool send_all(int socket, std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }
  static std::string receive(int socket) {
    std::string bytes(64 * 1024, '\0');
    const ssize_t got = ::recv(socket, bytes.data(), bytes.size(), MSG_DONTWAIT);
    bytes.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    return bytes;
  }

  void accept() {
    Pair pair;
    pair.client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (pair.client < 0) return;
    pair.server = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const sockaddr_in address = at(server_);
    if (mode_ == Mode::kCut ||
        ::connect(pair.server, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
      return close(&pair);
    pairs_.push_back(pair);
  }

  // Handles what the client sent; false when the pair is finished.
  bool from_client(Pair* pair) const {
    const std::string bytes = receive(pair->client);
    if (bytes.empty()) return false;
    if (mode_ == Mode::kGarbage) return send_all(pair->client, "\x01\xFFnonsense\r\n$$$\r\n");
    if (mode_ == Mode::kHostileLength) return send_all(pair->client, "*2147483647\r\n$-7\r\n");
    return send_all(pair->server, bytes);
  }
  bool from_server(Pair* pair) const {
    const std::string bytes = receive(pair->server);
    if (bytes.empty()) return false;
    if (mode_ != Mode::kDribble) return send_all(pair->client, bytes);
    pair->held += bytes;
    return true;
  }
  // Sends one byte a second in kDribble; in any other mode, everything held back.
  bool release(Pair* pair) const {
    if (pair->held.empty()) return true;
    const auto now = std::chrono::steady_clock::now();
    const bool is_dribbling = mode_ == Mode::kDribble;
    if (is_dribbling && now - pair->last_byte < std::chrono::seconds(1)) return true;
    pair->last_byte = now;
    const std::string part = pair->held.substr(0, is_dribbling ? 1 : std::string::npos);
    pair->held.erase(0, part.size());
    return send_all(pair->client, part);
  }

  void run() {
    while (!is_stopping_) {
      std::vector<pollfd> waits = {{listener_, POLLIN, 0}};
      for (const Pair& pair : pairs_) {
        waits.push_back({pair.client, POLLIN, 0});
        waits.push_back({pair.server, POLLIN, 0});
      }
      if (mode_ == Mode::kStall) {
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
        continue;
      }
      ::poll(waits.data(), waits.size(), 5);
      for (std::size_t i = 0; i < pairs_.size(); ++i) {
        Pair& pair = pairs_[i];
        const bool is_open = mode_ != Mode::kCut && release(&pair) &&
                             (waits[2 * i + 1].revents == 0 || from_client(&pair)) &&
                             (waits[2 * i + 2].revents == 0 || from_server(&pair));
        if (!is_open) close(&pair);
      }
      std::erase_if(pairs_, [](const Pair& pair) { return pair.client < 0; });
      if (waits[0].revents != 0) accept();
    }
  }

  std::atomic<std::uint16_t> server_;
  std::atomic<Mode> mode_ = Mode::kPass;
  std::atomic<bool> is_stopping_ = false;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::vector<Pair> pairs_;  // owned by the thread while it runs
  std::thread thread_;
};

}  // namespace beian::test
