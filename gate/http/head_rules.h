// What the fields of a well-formed head mean: target and Host, framing, Connection, Expect; and
// that there is at most one Authorization.
//
// Stricter than RFC 9112 wherever two readers of one message could disagree about its end or its
// addressee; tests/http/messages*.cc have the cases.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "gate/http/message.h"

namespace beian::http {

// What the fields say that govern how a request is read.
struct HeadFacts {
  unsigned host_count = 0;
  unsigned content_length_count = 0;
  unsigned transfer_encoding_count = 0;
  unsigned authorization_count = 0;
  std::string_view host;
  std::string_view content_length;
  std::string_view transfer_encoding;
  bool has_expect = false;
  bool expects_else = false;     // something other than `100-continue`, on any line
  bool says_close = false;       // Connection lists `close`
  bool says_keep_alive = false;  // Connection lists `keep-alive`
  bool is_connection_malformed = false;
};
HeadFacts facts_of(std::span<const Field> fields) noexcept;

struct Framing {
  bool is_chunked = false;
  bool has_length = false;
  std::uint64_t length = 0;

  bool has_body() const noexcept { return is_chunked || length > 0; }
};

// Splits `request->target` into path and query and sets `host`; all are views into the head.
// Refuses a target of the wrong form, and a Host that is missing, repeated, malformed or different
// from the target's.
std::optional<Refusal> judge_target_and_host(const HeadFacts& facts, Request* request);

// Refuses any Transfer-Encoding but a single `chunked`, any Content-Length but a single one of 1 to
// 19 digits, and both together.
std::optional<Refusal> judge_framing(const HeadFacts& facts, bool is_http_10, Framing* framing);

// Sets whether the connection may carry another request: with HTTP/1.1 unless Connection says
// `close`, with HTTP/1.0 only if it says `keep-alive` and not `close` [RFC 9112 §9.3]. Refuses a
// Connection that is not a list of tokens.
std::optional<Refusal> judge_connection(const HeadFacts& facts, bool is_http_10, bool* keeps_alive);

// Refuses two lines of Authorization: a proxy in front may have judged by the other one.
std::optional<Refusal> judge_credentials(const HeadFacts& facts);

// 417 for any expectation but `100-continue`; HTTP/1.0 has none [RFC 9110 §10.1.1].
std::optional<Refusal> judge_expect(const HeadFacts& facts, bool is_http_10);

}  // namespace beian::http
