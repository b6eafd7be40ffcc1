#include "gate/http/codec.h"

#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/rfc7230.hpp>
#include <cstring>
#include <optional>

#include "cache/base/result.h"
#include "gate/http/chunk_check.h"

namespace beian::http {

namespace beast = boost::beast;

namespace {

std::string_view to_std(beast::string_view text) noexcept {
  return {text.data(), text.size()};
}

std::optional<Method> to_method(beast::http::verb verb) noexcept {
  switch (verb) {
    case beast::http::verb::get:
      return Method::kGet;
    case beast::http::verb::head:
      return Method::kHead;
    case beast::http::verb::post:
      return Method::kPost;
    case beast::http::verb::put:
      return Method::kPut;
    case beast::http::verb::patch:
      return Method::kPatch;
    case beast::http::verb::delete_:
      return Method::kDelete;
    case beast::http::verb::options:
      return Method::kOptions;
    default:
      return std::nullopt;
  }
}

bool may_want_body(Method method) noexcept {
  return method == Method::kPost || method == Method::kPut || method == Method::kPatch;
}

// What one message hands to the codec while Beast parses it.
class MessageParser final : public beast::http::basic_parser<true> {
 public:
  std::optional<Method> method;
  std::string_view target;
  bool is_http_10 = false;
  Field* fields_end = nullptr;  // one behind the last field filled in
  HeadFacts facts;
  bool is_head_done = false;
  char* body_end = nullptr;  // where the next chunk is joined

 private:
  using Error = boost::system::error_code;

  void on_request_impl(beast::http::verb verb, beast::string_view, beast::string_view target_text,
                       int version, Error&) override {
    method = to_method(verb);
    target = to_std(target_text);
    is_http_10 = version == 10;
  }

  void on_field_impl(beast::http::field id, beast::string_view name, beast::string_view text,
                     Error&) override {
    if (is_head_done) return;  // a trailer: checked, and ignored
    const std::string_view value = to_std(text);
    *fields_end++ = {to_std(name), value};
    switch (id) {
      case beast::http::field::host:
        ++facts.host_count;
        facts.host = value;
        break;
      case beast::http::field::content_length:
        ++facts.content_length_count;
        facts.content_length = value;
        break;
      case beast::http::field::transfer_encoding:
        ++facts.transfer_encoding_count;
        facts.transfer_encoding = value;
        break;
      case beast::http::field::expect:
        facts.has_expect = true;
        facts.expect = value;
        break;
      case beast::http::field::connection:
        facts.says_close |= beast::http::token_list{text}.exists("close");
        break;
      default:
        break;
    }
  }

  void on_header_impl(Error&) override { is_head_done = true; }

  std::size_t on_chunk_body_impl(std::uint64_t, beast::string_view bytes, Error&) override {
    BEIAN_ASSERT(body_end != nullptr);
    std::memmove(body_end, bytes.data(), bytes.size());
    body_end += bytes.size();
    return bytes.size();
  }

  // A body of known length is never put into the parser; the rest has nothing to tell us.
  std::size_t on_body_impl(beast::string_view bytes, Error&) override { return bytes.size(); }
  void on_response_impl(int, beast::string_view, int, Error&) override {}
  void on_body_init_impl(boost::optional<std::uint64_t> const&, Error&) override {}
  void on_chunk_header_impl(std::uint64_t, beast::string_view, Error&) override {}
  void on_finish_impl(Error&) override {}
};

}  // namespace

// Beast's parsers are for one message each; this one is built anew in place.
class Codec::Parser {
 public:
  void start(Field* fields) {
    message_.emplace();
    message_->header_limit(std::numeric_limits<std::uint32_t>::max());  // HeadCheck bounds it,
    message_->body_limit(boost::none);                                  // and the codec the body
    message_->fields_end = fields;
  }
  MessageParser& message() { return *message_; }

  // True when Beast is content with all of `bytes`.
  bool put(std::string_view bytes) {
    boost::system::error_code error;
    const std::size_t taken = message_->put({bytes.data(), bytes.size()}, error);
    return !error && taken == bytes.size();
  }

 private:
  std::optional<MessageParser> message_;
};

Codec::Codec(const ServerLimits& limits)
    : limits_(limits), head_check_(limits_), parser_(std::make_unique<Parser>()) {
  BEIAN_ASSERT(limits.head_fields_max <= fields_.size());
}

Codec::~Codec() = default;

void Codec::start_connection(std::string_view peer) {
  head_check_.reset();
  phase_ = Phase::kHead;
  request_ = {};
  request_.peer = peer;
  keeps_alive_ = true;
  is_continue_due_ = false;
  is_body_streamed_ = false;
  body_bytes_ = 0;
  body_bytes_received_ = 0;
}

void Codec::next(InputBuffer* input) {
  input->consume(head_end_ + body_bytes_);
  start_connection(request_.peer);
}

Progress Codec::refuse(const Refusal& refusal) {
  refusal_ = refusal;
  keeps_alive_ = false;
  is_continue_due_ = false;
  return Progress::kRefused;
}

Progress Codec::advance(InputBuffer* input, const Service& service) {
  if (phase_ == Phase::kHead) {
    const Progress head = advance_head(input, service);
    if (head != Progress::kComplete || phase_ == Phase::kHead) return head;
  } else if (input->data() != base_) {
    parse_head_again(input->data());
  }
  return phase_ == Phase::kLengthBody ? advance_length_body(input) : advance_chunked_body(input);
}

Progress Codec::advance_head(InputBuffer* input, const Service& service) {
  const Progress checked = head_check_.advance({input->data(), input->size()});
  if (checked == Progress::kNeedMore) return checked;
  if (checked == Progress::kRefused) return refuse(head_check_.refusal());
  base_ = input->data();
  head_start_ = head_check_.start();
  head_end_ = head_check_.end();

  parser_->start(fields_.data());
  if (!parser_->put({base_ + head_start_, head_end_ - head_start_})) {
    return refuse({400, "A field of the head is malformed."});
  }
  const Progress judged = judge_head(service);
  is_continue_due_ = is_continue_due_ && input->size() == head_end_;
  return judged;
}

void Codec::show_head() {
  const MessageParser& message = parser_->message();
  request_.method = message.method.value_or(Method::kGet);
  request_.is_http_10 = message.is_http_10;
  request_.target = message.target;
  request_.fields = {fields_.data(), message.fields_end};
}

// Beast judged the framing by now; what is left are the fields' rules and the body's bounds.
Progress Codec::judge_head(const Service& service) {
  show_head();
  MessageParser& message = parser_->message();
  const bool is_http_10 = message.is_http_10;
  if (!message.method) return refuse({501, "The method is not known here."});
  framing_ = {};
  if (auto fault = judge_target_and_host(message.facts, &request_)) return refuse(*fault);
  if (auto fault = judge_framing(message.facts, is_http_10, &framing_)) return refuse(*fault);
  if (auto fault = judge_expect(message.facts, is_http_10)) return refuse(*fault);
  // Of HTTP/1.0, Beast looks for `keep-alive` only; `close` beside it counts [RFC 9112 §9.3].
  keeps_alive_ = message.keep_alive() && !message.facts.says_close;

  body_bytes_max_ = may_want_body(request_.method) ? service.body_bytes_max(request_) : 0;
  if (body_bytes_max_ == 0) {
    // A body that nobody wants is not read; so the connection ends behind the answer.
    if (framing_.has_body()) keeps_alive_ = false;
    return Progress::kComplete;
  }
  if (!framing_.is_chunked && !framing_.has_length) {
    return request_.method == Method::kPost
               ? refuse({411, "A POST needs Content-Length or the transfer coding `chunked`."})
               : Progress::kComplete;
  }
  if (framing_.length > body_bytes_max_) return refuse({413, "The body is too large."});
  is_body_streamed_ = body_bytes_max_ == limits::kBodyUnbounded;
  if (is_body_streamed_) is_continue_due_ = message.facts.has_expect && !is_http_10;
  if (is_body_streamed_ || !framing_.has_body()) return Progress::kComplete;
  phase_ = framing_.is_chunked ? Phase::kChunkedBody : Phase::kLengthBody;
  is_continue_due_ = message.facts.has_expect && !is_http_10;
  is_first_chunk_ = true;
  chunk_bytes_left_ = 0;
  return Progress::kComplete;
}

// The buffer moved while the body came in: the same head again, for views that hold.
void Codec::parse_head_again(const char* base) {
  base_ = base;
  Parser again;
  again.start(fields_.data());
  const bool is_parsed = again.put({base_ + head_start_, head_end_ - head_start_});
  BEIAN_ASSERT(is_parsed);
  request_.target = again.message().target;
  const auto fault = judge_target_and_host(again.message().facts, &request_);
  BEIAN_ASSERT(!fault);
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
  input->consume(head_end_);
  head_end_ = 0;
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

// Beast sees what check_chunk_line() let through; a last chunk ends the body.
Progress Codec::pass_chunk_line(InputBuffer* input) {
  const std::string_view bytes{input->data(), input->size()};
  if (bytes.empty()) return Progress::kNeedMore;
  const ChunkLine line = check_chunk_line(bytes, is_first_chunk_, limits_);
  if (line.progress == Progress::kNeedMore) return line.progress;
  if (line.progress == Progress::kRefused) return refuse(line.refusal);
  if (!parser_->put(bytes.substr(0, line.bytes))) return refuse({400, "A chunk is malformed."});
  is_first_chunk_ = false;
  chunk_bytes_left_ = line.size;
  are_pieces_complete_ = line.size == 0;
  input->consume(line.bytes);
  return Progress::kComplete;
}

void Codec::consume_piece(InputBuffer* input, std::size_t bytes) {
  BEIAN_ASSERT(bytes <= chunk_bytes_left_ && bytes <= input->size());
  if (framing_.is_chunked) {
    parser_->message().body_end = input->data();  // where it is already
    const bool is_taken = parser_->put({input->data(), bytes});
    BEIAN_ASSERT(is_taken);
  }
  input->consume(bytes);
  chunk_bytes_left_ -= bytes;
  if (!framing_.is_chunked) are_pieces_complete_ = chunk_bytes_left_ == 0;
}

// Joins the chunks that are here right behind the head, over their own size lines; what is not
// consumed moves up, so that size lines never take memory.
Progress Codec::advance_chunked_body(InputBuffer* input) {
  char* const base = input->data();
  std::size_t at = head_end_ + body_bytes_;
  Progress progress = Progress::kNeedMore;
  while (progress == Progress::kNeedMore && at < input->size()) {
    std::string_view rest{base + at, input->size() - at};
    if (chunk_bytes_left_ == 0) {
      const ChunkLine line = check_chunk_line(rest, is_first_chunk_, limits_);
      if (line.progress == Progress::kNeedMore) break;
      if (line.progress == Progress::kRefused) return refuse(line.refusal);
      if (line.size > body_bytes_max_ - body_bytes_) return refuse({413, "The body is too large."});
      rest = rest.substr(0, line.bytes);
      is_first_chunk_ = false;
      chunk_bytes_left_ = line.size;
      if (line.size == 0) progress = Progress::kComplete;
    } else {
      rest = rest.substr(
          0, static_cast<std::size_t>(std::min<std::uint64_t>(rest.size(), chunk_bytes_left_)));
      chunk_bytes_left_ -= rest.size();
      parser_->message().body_end = base + head_end_ + body_bytes_;
      body_bytes_ += rest.size();
    }
    if (!parser_->put(rest)) return refuse({400, "A chunk is malformed."});
    at += rest.size();
    body_bytes_received_ += rest.size();
  }
  input->erase(head_end_ + body_bytes_, at - (head_end_ + body_bytes_));
  request_.body = {base + head_end_, body_bytes_};
  return progress;
}

}  // namespace beian::http
