// What the fields of a well-formed head mean together: target and Host, framing, Expect.
//
// Stricter than RFC 9112 asks wherever two readers of one message could differ about its end or its
// addressee; robustness lines are quoted at each rule's test.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "gate/http/message.h"

namespace beian::http {

// What the fields that decide how a request is read say.
struct HeadFacts {
  unsigned host_count = 0;
  unsigned content_length_count = 0;
  unsigned transfer_encoding_count = 0;
  std::string_view host;
  std::string_view content_length;
  std::string_view transfer_encoding;
  bool has_expect = false;
  bool expects_else = false;  // than `100-continue`, in whichever of its lines
  bool says_close = false;    // among the options of Connection, as the next
  bool says_keep_alive = false;
  bool is_connection_malformed = false;
};
HeadFacts facts_of(std::span<const Field> fields) noexcept;

struct Framing {
  bool is_chunked = false;
  bool has_length = false;
  std::uint64_t length = 0;

  bool has_body() const noexcept { return is_chunked || length > 0; }
};

// Splits `request->target` into path and query and sets `host`; both are views into the head.
// Refuses a target whose form does not fit, and a Host that is missing, doubled, malformed or
// another one than the target names.
std::optional<Refusal> judge_target_and_host(const HeadFacts& facts, Request* request);

// Refuses every Transfer-Encoding but one `chunked`, every Content-Length but one of 1 to 19
// digits, and both together.
std::optional<Refusal> judge_framing(const HeadFacts& facts, bool is_http_10, Framing* framing);

// Whether the connection may carry another request: on HTTP/1.1 unless it says `close`, on HTTP/1.0
// only when it says `keep-alive` and not `close` [RFC 9112 §9.3]. Refuses a Connection that is no
// list of tokens.
std::optional<Refusal> judge_connection(const HeadFacts& facts, bool is_http_10, bool* keeps_alive);

// 417 for any expectation but `100-continue`; HTTP/1.0 has none [RFC 9110 §10.1.1].
std::optional<Refusal> judge_expect(const HeadFacts& facts, bool is_http_10);

}  // namespace beian::http
