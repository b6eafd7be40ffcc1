// One connection without its socket: bytes in, answers out, and what has to happen next.
//
// All complete requests of the input are answered into one output, which the connection sends with
// one write. Everything about HTTP is here and in the codec; everything about sockets and deadlines
// is in connection.h. Lives on the worker's thread.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "gate/http/answer.h"
#include "gate/http/codec.h"
#include "gate/http/input_buffer.h"
#include "gate/http/server_stats.h"

namespace beian::http {

// What the sessions of one worker share; the worker owns it and all that it refers to.
struct WorkerState {
  const ServerLimits& limits;
  Service& service;
  WorkerStats& stats;
  CommonFields common_fields;
  Response response;  // scratch of the answer being made
  bool is_draining = false;
  std::chrono::nanoseconds (*stopwatch)() = nullptr;  // null: nothing is timed
  std::chrono::nanoseconds round_began{0};            // when the worker last woke up
  OutputGate* gate = nullptr;                         // null: answers leave at once
  bool has_other_lane = false;  // a worker that answers what this one does not
  bool is_bulk_lane = false;    // this one answers bulk only
};

class Session {
 public:
  explicit Session(WorkerState* worker) : worker_(worker), codec_(worker->limits) {}

  // From now on answers are this worker's, which has the same limits, and `wake` is called for
  // them. REQUIRES: there is no output, and no answer under way.
  void move_to(WorkerState* worker, std::function<void()> wake) noexcept {
    worker_ = worker;
    wake_ = std::move(wake);
    is_for_other_lane_ = false;
  }

  // Forgets everything but the buffers. `peer` must stay until the next call. `wake` is called from
  // any thread when resume() is due.
  void start(std::string_view peer, std::function<void()> wake = {});
  // Ends what is under way of a connection that is gone, and keeps no more of its buffers than an
  // idle one has.
  void end() noexcept;

  // Where received bytes go, and how many went there.
  std::span<char> room() {
    const std::span<char> room = input_.prepare();
    codec_.input_moved(input_.data());
    return room;
  }
  void received(std::size_t bytes) noexcept { input_.commit(bytes); }
  // The next so many bytes are not wanted: they may be dropped instead, up to all of them.
  std::uint64_t bytes_to_pass() const noexcept {
    return input_.empty() ? codec_.bytes_to_pass() : 0;
  }
  void passed(std::size_t bytes) noexcept { codec_.passed(bytes); }

  // Answers complete requests until one is incomplete, the connection is to close, or the output is
  // large enough to be sent first.
  void proceed();
  // Who the peer has shown to be; must stay until the next start().
  void set_principals(std::span<const std::string> principals, bool has_certificate) {
    codec_.set_principals(principals, has_certificate);
  }
  // The peer was too slow for the request that is under way: 408 and the end.
  void refuse_slow();
  // The upload may get further: proceed() again, whether is_waiting() or not.
  void resume() noexcept;

  // What is unread will not be parsed.
  void drop_input() noexcept {
    codec_.forget_head();
    input_.clear(limits::kBuffersKeptBytesMax);
  }

  std::string_view output() const noexcept { return output_; }
  void output_sent() noexcept;

  // After proceed(), once the output is sent:
  bool is_over() const noexcept { return is_over_; }    // nothing more may be read
  bool has_more() const noexcept { return has_more_; }  // call proceed() again before reading
  // The request at the front is complete, and to be answered after move_to(). There is no output.
  bool is_for_other_lane() const noexcept { return is_for_other_lane_; }
  bool is_idle() const noexcept { return codec_.is_idle(input_); }  // between two requests
  bool is_in_body() const noexcept { return codec_.is_in_body(); }
  // Of what is answered already.
  bool is_passing_body() const noexcept { return codec_.bytes_to_pass() > 0; }
  bool is_streaming() const noexcept { return stream_ != nullptr; }
  bool is_uploading() const noexcept { return upload_ != nullptr; }
  // Nothing can be done with more bytes before resume().
  bool is_waiting() const noexcept { return is_waiting_; }
  std::uint64_t body_bytes_received() const noexcept { return codec_.body_bytes_received(); }
  // Requests answered or refused on this connection.
  std::uint64_t answers_count() const noexcept { return answers_count_; }

 private:
  void clear_output() noexcept;
  void answer_all();
  bool waits_for_other_lane();
  bool belongs_here() const;
  void answer();
  void refuse(const Refusal& refusal);
  void begin_stream();
  bool proceed_stream();
  void begin_upload();
  bool proceed_upload();
  void end_upload(bool is_last);

  WorkerState* worker_;
  Codec codec_;
  InputBuffer input_;
  std::string output_;
  std::unique_ptr<Stream> stream_;  // the answer under way, of a body that comes in pieces
  bool is_stream_chunked_ = false;
  bool is_stream_last_ = false;  // the connection ends with it
  std::function<void()> wake_;
  std::unique_ptr<Upload> upload_;  // the answer under way that comes later
  Request upload_request_;          // what its answer has to know; no views
  bool is_upload_last_ = false;     // the connection ends with it
  bool is_upload_complete_ = false;
  bool is_waiting_ = false;
  std::uint64_t answers_count_ = 0;
  bool is_over_ = false;
  bool has_more_ = false;
  bool is_complete_ = false;  // the request at the front, which waits for the other lane
  bool is_for_other_lane_ = false;
};

}  // namespace beian::http
