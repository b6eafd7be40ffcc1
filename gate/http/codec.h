// Parses requests, one after the other, out of a connection's input buffer.
//
// HeadReader parses heads, the rules of head_rules.h decide what is refused, and Beast decodes
// chunked bodies. No I/O, no clock, and no allocation after construction: chunks are joined in
// place, and everything a Request shows is a view into the input buffer.
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

  // Starts over for the next connection. `peer` must stay valid until the next call.
  void start_connection(std::string_view peer);
  // Sets the authenticated names of the peer; they must stay valid until the next connection.
  void set_principals(std::span<const std::string> principals, bool has_certificate) {
    request_.principals = principals;
    request_.has_certificate = has_certificate;
  }

  // Continues with the request at the front of `input`. Once the head is complete, `service` sets
  // the bound of the body.
  //   kNeedMore   read more and call again
  //   kComplete   answer request(), then call next()
  //   kRefused    send refusal(); nothing behind it may be parsed, so do not call again
  Progress advance(InputBuffer* input, const Service& service);

  // Consumes the answered request.
  void next(InputBuffer* input);

  // After kComplete of a request whose body is unwanted: whether the body can be skipped, so that
  // the connection stays open. Not if its sender expects `100 Continue` and may never send it, if
  // it is chunked and would have to be parsed, or if it is longer than limits.linger_bytes_max.
  bool may_pass_body() const noexcept;
  // Instead of next(): the body is dropped as it arrives, by advance() or by passed().
  void pass_body(InputBuffer* input);
  // How much of it is still to come.
  std::uint64_t bytes_to_pass() const noexcept {
    return phase_ == Phase::kPassing ? body_bytes_left_ : 0;
  }
  // Reports that `bytes` of it were dropped before they got into the input.
  void passed(std::size_t bytes) noexcept;

  // After kComplete: whether the body comes piece by piece, because the service set the bound
  // limits::kBodyUnbounded. Then, instead of next(), call begin_pieces(), which drops the head and
  // with it the views of request(), then next_piece() and consume_piece() until a piece is empty.
  bool is_body_streamed() const noexcept { return is_body_streamed_; }
  void begin_pieces(InputBuffer* input);
  //   kNeedMore   read more and call again
  //   kComplete   `piece` is what has arrived of the body; empty at the end of the body
  //   kRefused    the framing is broken: refusal() says how; nothing behind it may be parsed
  // A piece is valid until the next read.
  Progress next_piece(InputBuffer* input, std::string_view* piece);
  // Consumes the first `bytes` of the last piece.
  void consume_piece(InputBuffer* input, std::size_t bytes);

  // Call whenever the input's bytes may have moved: they are at `base` now, and request() is made
  // to point there.
  void input_moved(const char* base) {
    if (base_ != nullptr && base != base_) show_head_again(base);
  }
  // Call when the input is dropped: clears all views into it.
  void forget_head() noexcept;

  // Views into the input buffer. After kRefused: what was parsed so far, valid until the next read.
  // Without views while a body comes in pieces or is skipped.
  const Request& request() const noexcept { return request_; }
  const Refusal& refusal() const noexcept { return refusal_; }

  // Whether the connection may carry another request, as far as this request decides. False also
  // when an unwanted body follows: it is not read.
  bool keeps_alive() const noexcept { return keeps_alive_ && !is_body_unread_; }

  // True once per request if the peer waits for `100 Continue` and its body is wanted.
  bool take_continue() noexcept { return std::exchange(is_continue_due_, false); }

  bool is_idle(const InputBuffer& input) const noexcept {
    return phase_ == Phase::kHead && input.empty();
  }
  bool is_in_body() const noexcept { return phase_ != Phase::kHead; }
  // How much of the body has arrived, to measure its rate.
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
  const char* base_ = nullptr;  // of the head that request_ views; null: no views to update
  std::size_t head_end_ = 0;
  std::size_t body_bytes_ = 0;  // joined so far, directly behind the head
  std::size_t body_bytes_max_ = 0;
  std::uint64_t chunk_bytes_left_ = 0;  // of a streamed body with Content-Length: of the whole body
  std::uint64_t body_bytes_left_ = 0;   // to be skipped
  std::uint64_t body_bytes_received_ = 0;  // chunk lines included
  bool is_first_chunk_ = true;
  bool is_body_streamed_ = false;
  bool is_body_unread_ = false;  // announced, but unwanted
  bool are_pieces_complete_ = false;
  bool keeps_alive_ = true;
  bool is_continue_due_ = false;
};

}  // namespace beian::http
