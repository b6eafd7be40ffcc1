// Byte streams to servers: TCP, TLS over TCP, or a Unix socket. Every step ends by itself, by
// its deadline, or by cancel(). Asio is inside, and nowhere else in this folder.
//
// One thread at a time, cancel() excepted. A Network outlives its streams.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "cache/base/result.h"
#include "cache/redis/endpoint.h"

namespace beian::cache {

using Deadline = std::chrono::steady_clock::time_point;

class Stream {
 public:
  virtual ~Stream() = default;
  Stream() = default;
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  // Writes all of `bytes`. Errors: kUnavailable, kUntrusted (the peer refuses our certificate); the
  // stream is useless then.
  [[nodiscard]] virtual Result<void> write(std::string_view bytes, Deadline deadline) = 0;
  // Reads some bytes, at least one; they are good until the next call. Errors: as write().
  [[nodiscard]] virtual Result<std::string_view> read(Deadline deadline) = 0;
  // Whether the last read() failed because the peer had closed the stream in order.
  virtual bool is_at_end() const noexcept = 0;
  // False when the peer has closed it, or sent what nobody asked for. Does not wait.
  virtual bool is_quiet() noexcept = 0;
};

class Network {
 public:
  // Streams are under TLS with `tls`, whose certificates are read here; in clear without. Errors:
  // kUnavailable (a file), kBadInput (what is in it).
  [[nodiscard]] static Result<std::unique_ptr<Network>> create(const TlsOptions* tls);
  ~Network();
  Network(const Network&) = delete;
  Network& operator=(const Network&) = delete;

  // Errors: kUnavailable, kUntrusted (the server's certificate, with OpenSSL's reason).
  [[nodiscard]] Result<std::unique_ptr<Stream>> connect(const Endpoint& endpoint,
                                                        Deadline deadline);
  // Waits `time`, or until cancel(). False when cancelled.
  bool pause(std::chrono::milliseconds time);
  // Any thread, any time: what waits now, and everything later, gives kUnavailable "cancelled".
  void cancel() noexcept;

  static Deadline in(std::chrono::milliseconds time);

 private:
  struct State;
  explicit Network(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace beian::cache
