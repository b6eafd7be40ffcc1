// Byte streams to servers: TCP, TLS over TCP, or a Unix socket. Every operation ends by itself, at
// its deadline, or by cancel(). Asio is an implementation detail that this header hides.
//
// One thread at a time, except for cancel(). A Network outlives its streams.
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

  // Writes all of `bytes`. Errors: kUnavailable, kUntrusted (the peer refuses our certificate);
  // after an error the stream is unusable.
  [[nodiscard]] virtual Result<void> write(std::string_view bytes, Deadline deadline) = 0;
  // Reads at least one byte; the view is valid until the next call. Errors: as write().
  [[nodiscard]] virtual Result<std::string_view> read(Deadline deadline) = 0;
  // Whether the last read() failed because the peer had closed the stream cleanly (EOF).
  virtual bool is_at_end() const noexcept = 0;
  // False when the peer has closed the stream or sent something unasked. Does not block.
  virtual bool is_quiet() noexcept = 0;
};

class Network {
 public:
  // With `tls`, streams run under TLS, and its certificates are read here; with null, in clear
  // text. Errors: kUnavailable (a file cannot be read), kBadInput (its content).
  [[nodiscard]] static Result<std::unique_ptr<Network>> create(const TlsOptions* tls);
  ~Network();
  Network(const Network&) = delete;
  Network& operator=(const Network&) = delete;

  // Errors: kUnavailable, kUntrusted (the server's certificate, with OpenSSL's reason).
  [[nodiscard]] Result<std::unique_ptr<Stream>> connect(const Endpoint& endpoint,
                                                        Deadline deadline);
  // Waits for `time`, or until cancel(). Returns false when cancelled.
  bool pause(std::chrono::milliseconds time);
  // Any thread, any time: the call in progress, and every later one, returns kUnavailable
  // "cancelled".
  void cancel() noexcept;

  static Deadline in(std::chrono::milliseconds time);

 private:
  struct State;
  explicit Network(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace beian::cache
