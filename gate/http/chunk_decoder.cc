#include "gate/http/chunk_decoder.h"

#include <boost/beast/http/basic_parser.hpp>
#include <cstring>
#include <limits>
#include <optional>

#include "cache/base/result.h"

namespace beian::http {

namespace beast = boost::beast;

namespace {

class MessageParser final : public beast::http::basic_parser<true> {
 public:
  MessageParser() {
    header_limit(std::numeric_limits<std::uint32_t>::max());  // HeadReader bounds it,
    body_limit(boost::none);                                  // and the codec the body
  }
  char* to = nullptr;  // where the bytes of the chunk go

 private:
  using Error = boost::system::error_code;

  std::size_t on_chunk_body_impl(std::uint64_t, beast::string_view bytes, Error&) override {
    BEIAN_ASSERT(to != nullptr);
    std::memmove(to, bytes.data(), bytes.size());
    to += bytes.size();
    return bytes.size();
  }

  // Nothing else is of interest here.
  std::size_t on_body_impl(beast::string_view bytes, Error&) override { return bytes.size(); }
  void on_request_impl(beast::http::verb, beast::string_view, beast::string_view, int,
                       Error&) override {}
  void on_response_impl(int, beast::string_view, int, Error&) override {}
  void on_field_impl(beast::http::field, beast::string_view, beast::string_view, Error&) override {}
  void on_header_impl(Error&) override {}
  void on_body_init_impl(boost::optional<std::uint64_t> const&, Error&) override {}
  void on_chunk_header_impl(std::uint64_t, beast::string_view, Error&) override {}
  void on_finish_impl(Error&) override {}
};

}  // namespace

// A Beast parser serves a single message, so each message gets a new one, built in place.
class ChunkDecoder::Parser {
 public:
  void start() { message_.emplace(); }
  void join_at(char* to) { message_->to = to; }

  // True when Beast accepts all of `bytes`.
  bool put(std::string_view bytes) {
    boost::system::error_code error;
    const std::size_t taken = message_->put({bytes.data(), bytes.size()}, error);
    return !error && taken == bytes.size();
  }

 private:
  std::optional<MessageParser> message_;
};

ChunkDecoder::ChunkDecoder() : parser_(std::make_unique<Parser>()) {}
ChunkDecoder::~ChunkDecoder() = default;

bool ChunkDecoder::start(std::string_view head) {
  parser_->start();
  return parser_->put(head);
}

bool ChunkDecoder::put_line(std::string_view line) {
  return parser_->put(line);
}

bool ChunkDecoder::put_bytes(std::string_view bytes, char* to) {
  parser_->join_at(to);
  return parser_->put(bytes);
}

}  // namespace beian::http
