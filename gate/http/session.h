// One connection without its socket: takes bytes in, puts answers out, and says what to do next.
//
// All complete requests in the input are answered into one output, which the connection sends with
// one write. Everything about HTTP is here and in the codec; everything about sockets and deadlines
// is in connection.h. Lives on the worker's thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "cache/base/result.h"
#include "gate/http/answer.h"
#include "gate/http/codec.h"
#include "gate/http/input_buffer.h"
#include "gate/http/server_stats.h"

namespace beian::http {

class TlsContext;

// What the sessions of one worker share. The worker owns it and everything it refers to.
struct WorkerState {
  const ServerLimits& limits;
  Service& service;
  WorkerStats& stats;
  CommonFields common_fields;
  Response response;  // scratch for the answer being made
  bool is_draining = false;
  std::chrono::nanoseconds (*stopwatch)() = nullptr;  // null: nothing is timed
  std::chrono::nanoseconds round_began{0};            // when the worker last woke up
  OutputGate* gate = nullptr;                         // null: answers are sent at once
  bool has_other_lane = false;              // another worker answers what this one does not
  bool is_bulk_lane = false;                // this one answers bulk only
  std::shared_ptr<const TlsContext> tls{};  // see Worker::set_tls(); null: plain HTTP
};

class Session {
 public:
  explicit Session(WorkerState* worker) : worker_(worker), codec_(worker->limits) {}

  // From now on `worker` answers, and `wake` replaces that of start(). REQUIRES: the worker has the
  // same limits; there is no output and no answer in progress.
  void move_to(WorkerState* worker, std::function<void()> wake) noexcept {
    BEIAN_ASSERT(output_.empty() && !is_answering_body());
    worker_ = worker;
    wake_ = std::move(wake);
  }

  // Starts over for a new connection, keeping the buffers. `peer` must stay valid until the next
  // call. `wake` is called from any thread when resume() is due.
  void start(std::string_view peer, std::function<void()> wake = {});
  // Abandons what is in progress when the connection is gone, and shrinks the buffers to what an
  // idle connection keeps.
  void end() noexcept;

  // Receive into room(), then report with received() how many bytes came.
  std::span<char> room() {
    const std::span<char> room = input_.prepare();
    codec_.input_moved(input_.data());
    return room;
  }
  void received(std::size_t bytes) noexcept { input_.commit(bytes); }
  // How many of the next bytes are unwanted: any number of them may be dropped on arrival and
  // reported with passed() instead.
  std::uint64_t bytes_to_pass() const noexcept {
    return input_.empty() ? codec_.bytes_to_pass() : 0;
  }
  void passed(std::size_t bytes) noexcept { codec_.passed(bytes); }

  // Answers complete requests until one is incomplete, the connection is over, or there is enough
  // output to send it first.
  void proceed();
  // Sets the authenticated names of the peer; they must stay valid until the next start().
  void set_principals(std::span<const std::string> principals, bool has_certificate) {
    codec_.set_principals(principals, has_certificate);
  }
  // Ends the connection with 408: the peer was too slow with the request in progress.
  void refuse_slow();
  // The upload may get further: proceed() has work again, whether is_waiting() or not.
  void resume() noexcept;

  // Drops the input that has not been parsed.
  void drop_input() noexcept {
    codec_.forget_head();
    input_.clear(limits::kBuffersKeptBytesMax);
  }

  std::string_view output() const noexcept { return output_; }
  void output_sent() noexcept;

  // After proceed(), once the output is sent:
  bool is_over() const noexcept { return next_ == Next::kEnd; }  // nothing more may be read
  bool has_more() const noexcept {                               // call proceed() before reading
    return next_ == Next::kProceed || next_ == Next::kHandOver;
  }
  // Right after proceed(): the request at the front is complete, to be answered after move_to().
  // There is no output.
  bool is_for_other_lane() const noexcept { return next_ == Next::kHandOver && output_.empty(); }
  bool is_idle() const noexcept { return codec_.is_idle(input_); }  // between two requests
  bool is_in_body() const noexcept { return codec_.is_in_body(); }
  // Whether the unwanted body of an answered request is still arriving.
  bool is_passing_body() const noexcept { return codec_.bytes_to_pass() > 0; }
  bool is_streaming() const noexcept { return std::holds_alternative<Streaming>(in_progress_); }
  bool is_uploading() const noexcept { return std::holds_alternative<Uploading>(in_progress_); }
  // More bytes are of no use before resume().
  bool is_waiting() const noexcept { return next_ == Next::kWait; }
  std::uint64_t body_bytes_received() const noexcept { return codec_.body_bytes_received(); }
  // How many requests were answered or refused on this connection.
  std::uint64_t answers_count() const noexcept { return answers_count_; }

 private:
  // An answer that is given while its body comes in.
  struct Streaming {
    std::unique_ptr<Stream> stream;
    bool is_chunked;
    bool is_last;  // the connection ends with it
  };
  // An answer that is given some time after its body.
  struct Uploading {
    std::unique_ptr<Upload> upload;
    Request request;           // what the answer must know of it; no views
    bool is_last;              // the connection ends with it
    bool is_complete = false;  // the body
  };
  // What comes next, once the output is sent. What is in progress allows:
  //
  //               kRead  kProceed  kHandOver  kWait  kEnd
  //   nothing       x       x          x        -      x
  //   Streaming     x       x          -        -      -
  //   Uploading     x       x          -        x      -
  enum class Next : std::uint8_t {
    kRead,      // read more, then proceed()
    kProceed,   // proceed(): input is left, or the upload has got further
    kHandOver,  // move_to() and proceed(): the request at the front is complete, for the other lane
    kWait,      // nothing before resume()
    kEnd,       // nothing: what else comes is not looked at
  };

  bool is_answering_body() const noexcept {
    return !std::holds_alternative<std::monostate>(in_progress_);
  }
  void clear_output() noexcept;
  void answer_all();
  bool belongs_to_other_lane() const;
  void answer();
  void refuse(const Refusal& refusal);
  void begin_stream();
  bool proceed_stream(Streaming* streaming);
  void begin_upload(std::unique_ptr<Upload> upload, bool must_close);
  bool proceed_upload(Uploading* uploading);
  void end_upload(const Uploading& uploading, bool is_last);
  void put_answer(const Request& request, bool is_last);

  WorkerState* worker_;
  Codec codec_;
  InputBuffer input_;
  std::string output_;
  std::variant<std::monostate, Streaming, Uploading> in_progress_;
  Next next_ = Next::kRead;
  std::function<void()> wake_;
  std::uint64_t answers_count_ = 0;
};

}  // namespace beian::http
