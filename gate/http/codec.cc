#include "gate/http/codec.h"

#include "cache/base/result.h"
#include "gate/http/chunk_check.h"

namespace beian::http {
namespace {

// Room reserved at once for a body of known length; more memory is taken only as bytes arrive.
constexpr std::uint64_t kReservedBytesMax = 1024 * 1024;

// A blank request with what all requests of a connection have in common.
Request of_same_peer(const Request& request) {
  Request next;
  next.peer = request.peer;
  next.principals = request.principals;
  next.has_certificate = request.has_certificate;
  return next;
}

bool may_want_body(Method method) noexcept {
  return method == Method::kPost || method == Method::kPut || method == Method::kPatch;
}

}  // namespace

Codec::Codec(const ServerLimits& limits) : limits_(limits), head_(limits_) {
  BEIAN_ASSERT(limits.head_fields_max <= fields_.size());
}

void Codec::start_connection(std::string_view peer) {
  request_ = {};
  request_.peer = peer;
  start_request();
}

void Codec::start_request() {
  request_ = of_same_peer(request_);
  head_.reset();
  base_ = nullptr;
  phase_ = Phase::kHead;
  keeps_alive_ = true;
  is_continue_due_ = false;
  is_body_streamed_ = is_body_unread_ = false;
  body_bytes_ = 0;
  body_bytes_received_ = 0;
}

void Codec::next(InputBuffer* input) {
  input->consume(head_end_ + body_bytes_);
  start_request();
}

bool Codec::may_pass_body() const noexcept {
  const bool is_unread = is_body_unread_ || is_body_streamed_;
  return keeps_alive_ && is_unread && !framing_.is_chunked && !request_.expects_continue &&
         framing_.length <= limits_.linger_bytes_max;
}

void Codec::pass_body(InputBuffer* input) {
  drop_head(input);
  phase_ = Phase::kPassing;
  body_bytes_left_ = framing_.length;
  passed(0);  // it may be empty
}

void Codec::drop_head(InputBuffer* input) {
  input->consume(head_end_);
  head_end_ = 0;
  forget_head();
}

// Keeps only what does not point into the input.
void Codec::forget_head() noexcept {
  base_ = nullptr;
  const Request last = std::exchange(request_, of_same_peer(request_));
  request_.method = last.method;
  request_.is_http_10 = last.is_http_10;
}

void Codec::passed(std::size_t bytes) noexcept {
  body_bytes_received_ += bytes;
  body_bytes_left_ -= bytes;
  if (body_bytes_left_ == 0) start_request();
}

Progress Codec::refuse(const Refusal& refusal) {
  refusal_ = refusal;
  base_ = nullptr;
  keeps_alive_ = false;
  is_continue_due_ = false;
  return Progress::kRefused;
}

Progress Codec::advance(InputBuffer* input, const Service& service) {
  if (phase_ == Phase::kPassing) {
    const auto here =
        static_cast<std::size_t>(std::min<std::uint64_t>(input->size(), body_bytes_left_));
    input->consume(here);
    passed(here);
    if (phase_ == Phase::kPassing || input->empty()) return Progress::kNeedMore;
  }
  if (phase_ == Phase::kHead) {
    const Progress head = advance_head(input, service);
    if (head != Progress::kComplete || phase_ == Phase::kHead) return head;
  } else {
    input_moved(input->data());
  }
  return phase_ == Phase::kLengthBody ? advance_length_body(input) : advance_chunked_body(input);
}

Progress Codec::advance_head(InputBuffer* input, const Service& service) {
  const Progress read = head_.advance({input->data(), input->size()});
  // Set even if the head is refused or stays incomplete: the answer to a HEAD has no body.
  request_.method = head_.method().value_or(Method::kGet);
  if (read == Progress::kNeedMore) return read;
  if (read == Progress::kRefused) return refuse(head_.refusal());
  head_end_ = head_.end();
  const Progress judged = judge_head(input->data(), service);
  is_continue_due_ = is_continue_due_ && input->size() == head_end_;
  if (phase_ == Phase::kLengthBody) {
    input->reserve(head_end_ + static_cast<std::size_t>(
                                   std::min<std::uint64_t>(framing_.length, kReservedBytesMax)));
    input_moved(input->data());
  }
  return judged;
}

void Codec::show_head(const char* base) {
  base_ = base;
  request_.method = head_.method().value_or(Method::kGet);
  request_.is_http_10 = head_.is_http_10();
  request_.target = head_.target(base);
  request_.fields = head_.fields(base, fields_);
}

Progress Codec::judge_head(const char* base, const Service& service) {
  show_head(base);
  if (!head_.method()) return refuse({501, "The method is not known here."});
  const bool is_http_10 = request_.is_http_10;
  const HeadFacts facts = facts_of(request_.fields);
  framing_ = {};
  if (auto fault = judge_target_and_host(facts, &request_)) return refuse(*fault);
  if (auto fault = judge_framing(facts, is_http_10, &framing_)) return refuse(*fault);
  if (auto fault = judge_connection(facts, is_http_10, &keeps_alive_)) return refuse(*fault);
  if (auto fault = judge_credentials(facts)) return refuse(*fault);
  if (auto fault = judge_expect(facts, is_http_10)) return refuse(*fault);

  request_.expects_continue = facts.has_expect && !is_http_10;
  body_bytes_max_ = may_want_body(request_.method) ? service.body_bytes_max(request_) : 0;
  if (body_bytes_max_ == 0) {
    is_body_unread_ = framing_.has_body();
    return Progress::kComplete;
  }
  if (!framing_.is_chunked && !framing_.has_length) {
    return request_.method == Method::kPost
               ? refuse({411, "A POST needs Content-Length or the transfer coding `chunked`."})
               : Progress::kComplete;
  }
  if (framing_.length > body_bytes_max_) return refuse({413, "The body is too large."});
  if (framing_.is_chunked && !chunks_.start({base_ + head_.start(), head_end_ - head_.start()})) {
    return refuse({400, "A field of the head is malformed."});
  }
  is_body_streamed_ = body_bytes_max_ == limits::kBodyUnbounded;
  if (!is_body_streamed_ && !framing_.has_body()) return Progress::kComplete;
  is_continue_due_ = request_.expects_continue;
  if (is_body_streamed_) return Progress::kComplete;
  phase_ = framing_.is_chunked ? Phase::kChunkedBody : Phase::kLengthBody;
  is_first_chunk_ = true;
  chunk_bytes_left_ = 0;
  return Progress::kComplete;
}

// The buffer moved while the body came in: makes the views of the same head anew.
void Codec::show_head_again(const char* base) {
  show_head(base);
  const auto fault = judge_target_and_host(facts_of(request_.fields), &request_);
  BEIAN_ASSERT(!fault);
  request_.body = {base + head_end_, body_bytes_};
}

Progress Codec::advance_length_body(InputBuffer* input) {
  body_bytes_received_ = input->size() - head_end_;
  if (body_bytes_received_ < framing_.length) return Progress::kNeedMore;
  body_bytes_ = static_cast<std::size_t>(framing_.length);
  body_bytes_received_ = framing_.length;
  request_.body = {input->data() + head_end_, body_bytes_};
  return Progress::kComplete;
}

void Codec::begin_pieces(InputBuffer* input) {
  drop_head(input);
  phase_ = Phase::kPieces;
  is_first_chunk_ = true;
  chunk_bytes_left_ = framing_.is_chunked ? 0 : framing_.length;
  are_pieces_complete_ = !framing_.has_body();
}

Progress Codec::next_piece(InputBuffer* input, std::string_view* piece) {
  *piece = {};
  if (framing_.is_chunked && chunk_bytes_left_ == 0 && !are_pieces_complete_) {
    const Progress passed = pass_chunk_line(input);
    if (passed != Progress::kComplete) return passed;
  }
  if (are_pieces_complete_) {
    next(input);
    return Progress::kComplete;
  }
  if (input->empty()) return Progress::kNeedMore;
  *piece = {input->data(),
            static_cast<std::size_t>(std::min<std::uint64_t>(input->size(), chunk_bytes_left_))};
  return Progress::kComplete;
}

// Takes a chunk line off the input, once check_chunk_line() and then Beast have accepted it. The
// last chunk ends the body.
Progress Codec::pass_chunk_line(InputBuffer* input) {
  const std::string_view bytes{input->data(), input->size()};
  if (bytes.empty()) return Progress::kNeedMore;
  const ChunkLine line = check_chunk_line(bytes, is_first_chunk_, limits_);
  if (line.progress == Progress::kNeedMore) return line.progress;
  if (line.progress == Progress::kRefused) return refuse(line.refusal);
  if (!chunks_.put_line(bytes.substr(0, line.bytes))) return refuse({400, "A chunk is malformed."});
  is_first_chunk_ = false;
  chunk_bytes_left_ = line.size;
  are_pieces_complete_ = line.size == 0;
  input->consume(line.bytes);
  return Progress::kComplete;
}

void Codec::consume_piece(InputBuffer* input, std::size_t bytes) {
  BEIAN_ASSERT(bytes <= chunk_bytes_left_ && bytes <= input->size());
  if (framing_.is_chunked) {
    const bool is_taken = chunks_.put_bytes({input->data(), bytes}, input->data());
    BEIAN_ASSERT(is_taken);
  }
  input->consume(bytes);
  chunk_bytes_left_ -= bytes;
  if (!framing_.is_chunked) are_pieces_complete_ = chunk_bytes_left_ == 0;
}

// Joins the chunks that have arrived directly behind the head, over their size lines. What is not
// yet consumed moves up, so size lines never accumulate.
Progress Codec::advance_chunked_body(InputBuffer* input) {
  char* const base = input->data();
  std::size_t at = head_end_ + body_bytes_;
  Progress progress = Progress::kNeedMore;
  while (progress == Progress::kNeedMore && at < input->size()) {
    std::string_view rest{base + at, input->size() - at};
    bool is_taken = false;
    if (chunk_bytes_left_ == 0) {
      const ChunkLine line = check_chunk_line(rest, is_first_chunk_, limits_);
      if (line.progress == Progress::kNeedMore) break;
      if (line.progress == Progress::kRefused) return refuse(line.refusal);
      if (line.size > body_bytes_max_ - body_bytes_) return refuse({413, "The body is too large."});
      rest = rest.substr(0, line.bytes);
      is_first_chunk_ = false;
      chunk_bytes_left_ = line.size;
      if (line.size == 0) progress = Progress::kComplete;
      is_taken = chunks_.put_line(rest);
    } else {
      rest = rest.substr(
          0, static_cast<std::size_t>(std::min<std::uint64_t>(rest.size(), chunk_bytes_left_)));
      is_taken = chunks_.put_bytes(rest, base + head_end_ + body_bytes_);
      chunk_bytes_left_ -= rest.size();
      body_bytes_ += rest.size();
    }
    if (!is_taken) return refuse({400, "A chunk is malformed."});
    at += rest.size();
    body_bytes_received_ += rest.size();
  }
  input->erase(head_end_ + body_bytes_, at - (head_end_ + body_bytes_));
  request_.body = {base + head_end_, body_bytes_};
  return progress;
}

}  // namespace beian::http
