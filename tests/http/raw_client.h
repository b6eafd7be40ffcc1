// A blocking client of raw bytes and a running echo server, for tests of what really goes over a
// socket. Reads time out generously, so that a hanging server fails one test rather than all of
// ctest.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "gate/http/server.h"
#include "tests/http/echo_service.h"

namespace beian::http {

class RawClient {
 public:
  explicit RawClient(std::uint16_t port) : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    is_connected_ = ::connect(fd_.get(), reinterpret_cast<sockaddr*>(&to), sizeof to) == 0;
    const int on = 1;
    setsockopt(fd_.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    const timeval patience{20, 0};
    setsockopt(fd_.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    setsockopt(fd_.get(), SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  }

  bool is_connected() const noexcept { return is_connected_; }
  int fd() const noexcept { return fd_.get(); }

  // False when the peer closes before everything is sent.
  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }
  void half_close() { ::shutdown(fd_.get(), SHUT_WR); }
  // Closes with a reset instead of a FIN.
  void reset() {
    const linger now{1, 0};
    setsockopt(fd_.get(), SOL_SOCKET, SO_LINGER, &now, sizeof now);
    fd_ = FileDescriptor();
  }

  // One read; false at the end of the stream or on a reset.
  bool receive(std::string* bytes) {
    char part[16 * 1024];
    const ssize_t got = ::recv(fd_.get(), part, sizeof part, 0);
    if (got <= 0) return false;
    bytes->append(part, static_cast<std::size_t>(got));
    return true;
  }
  std::string receive_all() {
    std::string bytes;
    while (receive(&bytes)) {
    }
    return bytes;
  }

 private:
  FileDescriptor fd_;
  bool is_connected_ = false;
};

struct Answer {
  unsigned status = 0;
  std::string head;  // status line and fields
  std::string body;

  bool has(std::string_view line) const { return head.find(line) != std::string::npos; }
  bool closes() const { return has("\r\nConnection: close\r\n"); }
};

// A machine that falls behind sheds batches first and checks last. Such an answer is not wrong: it
// says when to come back.
inline bool is_shed(const Answer& answer) {
  return answer.status == 503 && answer.body.find("problem:busy\"") != std::string::npos;
}

// Takes one answer off the front of `bytes`; false when it is not complete yet. `is_to_head`: it
// answers a HEAD, so it has no body whatever its Content-Length says.
inline bool take_answer(std::string* bytes, bool is_to_head, Answer* answer) {
  const std::size_t head_end = bytes->find("\r\n\r\n");
  if (head_end == std::string::npos) return false;
  answer->head = bytes->substr(0, head_end + 2);
  answer->status = 0;
  std::from_chars(answer->head.data() + 9, answer->head.data() + 12, answer->status);
  std::size_t length = 0;
  const std::size_t field = answer->head.find("\r\nContent-Length: ");
  if (field != std::string::npos && !is_to_head) {
    const char* const digits = answer->head.data() + field + 18;
    std::from_chars(digits, answer->head.data() + answer->head.size(), length);
  }
  if (bytes->size() < head_end + 4 + length) return false;
  answer->body = bytes->substr(head_end + 4, length);
  bytes->erase(0, head_end + 4 + length);
  return true;
}

// `bytes` as one chunk of a body in chunks.
inline std::string chunk(std::string_view bytes) {
  std::array<char, 16> size;
  std::snprintf(size.data(), size.size(), "%zx\r\n", bytes.size());
  return size.data() + std::string(bytes) + "\r\n";
}

// Takes all complete answers off `bytes`; an incomplete rest stays.
inline std::vector<Answer> take_answers(std::string* bytes, bool is_to_head = false) {
  std::vector<Answer> answers;
  Answer answer;
  while (take_answer(bytes, is_to_head, &answer)) answers.push_back(answer);
  return answers;
}

// Sends `bytes` on a connection of its own, half-closes it, and returns everything that comes back.
inline std::string exchange(std::uint16_t port, std::string_view bytes) {
  RawClient client(port);
  client.send(bytes);
  client.half_close();
  return client.receive_all();
}

inline std::unique_ptr<Server> start_echo_server(const ServerLimits& limits = {},
                                                 unsigned threads = 1) {
  ServerOptions options;
  options.address = {"127.0.0.1", 0};
  options.threads = threads;
  options.limits = limits;
  options.clock = [] { return std::chrono::system_clock::now(); };
  auto server = Server::start(options, [](unsigned) { return std::make_unique<EchoService>(); });
  return server ? std::move(*server) : nullptr;
}

}  // namespace beian::http
