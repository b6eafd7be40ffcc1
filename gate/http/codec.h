// Requests out of bytes: one request after the other from a connection's input buffer.
//
// HeadReader takes heads apart, the rules of head_rules.h decide what is refused, and Beast decodes
// chunked bodies. No I/O, no clock, and no allocation after construction: chunks are joined in
// place, everything a Request shows is a view into the input buffer.
//
// One codec serves one connection, on its thread. The limits must outlive it.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <utility>

#include "gate/http/chunk_decoder.h"
#include "gate/http/head_reader.h"
#include "gate/http/head_rules.h"
#include "gate/http/input_buffer.h"
#include "gate/http/message.h"
#include "gate/http/server_limits.h"

namespace beian::http {

class Codec {
 public:
  explicit Codec(const ServerLimits& limits);
  Codec(const Codec&) = delete;
  Codec& operator=(const Codec&) = delete;

  // For the next connection that reuses this codec. `peer` must stay until the one after it.
  void start_connection(std::string_view peer);
  // Who the other end has shown to be; must stay until the next connection.
  void set_principals(std::span<const std::string> principals, bool has_certificate) {
    request_.principals = principals;
    request_.has_certificate = has_certificate;
  }

  // Goes on with the request at the front of `input`. `service` names the body's bound when the
  // head is complete.
  //   kNeedMore   read more and call again
  //   kComplete   request() may be answered, then call next()
  //   kRefused    refusal() is to be sent; nothing behind it may be parsed, so no further call
  Progress advance(InputBuffer* input, const Service& service);

  // Consumes the answered request.
  void next(InputBuffer* input);

  // After kComplete, when a body that nobody wants is on its way: whether it will come, and ends
  // where the next request begins. Its sender may have asked whether to send it; chunks would have
  // to be parsed; and what is too long is not waited for.
  bool may_pass_body() const noexcept;
  // Instead of next(): the body is dropped as it comes, by advance() or by passed().
  void pass_body(InputBuffer* input);
  // How much of it has still to come.
  std::uint64_t bytes_to_pass() const noexcept {
    return phase_ == Phase::kPassing ? body_bytes_left_ : 0;
  }
  // So many of them never got into the input.
  void passed(std::size_t bytes) noexcept;

  // After kComplete: the request's body is not here but comes piece by piece, since the service
  // named limits::kBodyUnbounded. Instead of next(): begin_pieces(), which drops the head and with
  // it the views of request(), then next_piece() and consume_piece() until a piece is empty.
  bool is_body_streamed() const noexcept { return is_body_streamed_; }
  void begin_pieces(InputBuffer* input);
  //   kNeedMore   read more and call again
  //   kComplete   `piece` is what is here of the body; empty at its end: the next request may begin
  //   kRefused    the framing is broken: refusal() says how, and nothing behind it may be parsed
  // A piece is valid until the next read.
  Progress next_piece(InputBuffer* input, std::string_view* piece);
  // The first `bytes` of the last piece were taken.
  void consume_piece(InputBuffer* input, std::size_t bytes);

  // The input's bytes are at `base` now, and so is what request() shows. To be called whenever they
  // may have moved.
  void input_moved(const char* base) {
    if (base_ != nullptr && base != base_) show_head_again(base);
  }
  // The input is dropped: nothing of it is shown any more.
  void forget_head() noexcept;

  // Views into the input buffer. After kRefused: what was understood so far, until the next read.
  // While a body comes in pieces or is passed over there are none.
  const Request& request() const noexcept { return request_; }
  const Refusal& refusal() const noexcept { return refusal_; }

  // Whether the connection may carry another request, by the request alone. False also when a body
  // follows that nobody wanted: it is not read.
  bool keeps_alive() const noexcept { return keeps_alive_ && !is_body_unread_; }

  // True once per request: the peer waits for `100 Continue` and its body is wanted.
  bool take_continue() noexcept { return std::exchange(is_continue_due_, false); }

  bool is_idle(const InputBuffer& input) const noexcept {
    return phase_ == Phase::kHead && input.empty();
  }
  bool is_in_body() const noexcept { return phase_ != Phase::kHead; }
  // Of the body so far, for its rate.
  std::uint64_t body_bytes_received() const noexcept { return body_bytes_received_; }

 private:
  void start_request();
  void drop_head(InputBuffer* input);
  enum class Phase { kHead, kLengthBody, kChunkedBody, kPieces, kPassing };

  Progress refuse(const Refusal& refusal);
  Progress advance_head(InputBuffer* input, const Service& service);
  Progress judge_head(const char* base, const Service& service);
  void show_head(const char* base);
  void show_head_again(const char* base);
  Progress advance_length_body(InputBuffer* input);
  Progress advance_chunked_body(InputBuffer* input);
  Progress pass_chunk_line(InputBuffer* input);

  const ServerLimits& limits_;
  HeadReader head_;
  ChunkDecoder chunks_;
  std::array<Field, limits::kHeadFieldsMax> fields_;

  Phase phase_ = Phase::kHead;
  Request request_;
  Refusal refusal_{};
  Framing framing_;
  const char* base_ = nullptr;  // where the head is that request_ shows; null: none to be followed
  std::size_t head_end_ = 0;
  std::size_t body_bytes_ = 0;  // joined so far, right behind the head
  std::size_t body_bytes_max_ = 0;
  std::uint64_t chunk_bytes_left_ = 0;     // of a streamed body of known length: of all of it
  std::uint64_t body_bytes_left_ = 0;      // to be passed over
  std::uint64_t body_bytes_received_ = 0;  // with chunk lines
  bool is_first_chunk_ = true;
  bool is_body_streamed_ = false;
  bool is_body_unread_ = false;  // it was announced, and nobody wants it
  bool are_pieces_complete_ = false;
  bool keeps_alive_ = true;
  bool is_continue_due_ = false;
};

}  // namespace beian::http
