// The interface between the HTTP layer and the answers: a complete request, and the answer to it.
//
// The HTTP layer (codec, connection, listener) knows nothing about filings; a Service knows nothing
// about sockets. A Service belongs to one worker thread and is called only there.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "gate/http/output_gate.h"

namespace beian::http {

enum class Method : std::uint8_t { kGet, kHead, kPost, kPut, kPatch, kDelete, kOptions };
std::string_view name_of(Method method) noexcept;

struct Field {
  std::string_view name;   // as sent
  std::string_view value;  // without surrounding white space
};

// Views into the connection's input buffer: valid until answer() returns.
struct Request {
  Method method = Method::kGet;
  bool is_http_10 = false;
  bool expects_continue = false;  // it may wait for `100 Continue` before it sends its body
  std::string_view target;        // as sent
  std::string_view path;          // still percent-encoded
  std::string_view query;         // behind `?`, still percent-encoded
  std::string_view host;
  std::span<const Field> fields;
  // With chunks joined; empty if unwanted. limits::kBodyPaddingBytes behind it are readable memory,
  // so a JSON parser needs no copy.
  std::string_view body;
  std::string_view peer;                    // the peer's address, for logs
  std::span<const std::string> principals;  // names on the peer's certificate (principal.h), if any
  bool has_certificate = false;             // the peer has presented one that the gate accepts

  // The value of the first field of that name, ignoring case; empty if there is none.
  std::string_view field(std::string_view name) const noexcept;
  // All lines of a list field as one, joined by commas [RFC 9110 §5.3], so that a line added in
  // front cannot hide the others. A view of the head or of `storage`.
  std::string_view list_field(std::string_view name, std::string* storage) const;
  // Whether more than one line has that name. For a field that is not a list, nobody can say which
  // one counts.
  bool is_repeated(std::string_view name) const noexcept;
};

// Reused from answer to answer, so that the steady state allocates nothing. append_answer() adds
// Date, Server, Content-Length and Connection.
struct Response {
  unsigned status = 200;
  std::string content_type;  // empty: no body, no Content-Type
  std::string fields;        // "Name: value\r\n" each
  std::string body;
  bool must_close = false;
  bool passes_body = false;  // if the body is unwanted, skip it and keep the connection

  void reset();
  // REQUIRES: name and value hold no CR or LF (asserted).
  void add_field(std::string_view name, std::string_view value);
};

// A request that the HTTP layer itself refuses.
struct Refusal {
  unsigned status;          // one of kRefusalStatuses (server_stats.h)
  std::string_view detail;  // what is wrong, one English sentence, no user data
};

// An answer that is given while the body still comes in. Lives on the worker's thread until its
// request or its connection ends; the Service outlives it.
class Stream {
 public:
  virtual ~Stream() = default;

  // Takes the next bytes of the body, split anywhere, and appends to `out` what can be answered so
  // far. Stops early once `out` has limits::kOutputBytesHigh: backpressure from a peer that reads
  // slowly. Returns how many bytes it took, at least one. limits::kBodyPaddingBytes behind `bytes`
  // are readable memory.
  virtual std::size_t take(std::string_view bytes, std::string* out) = 0;
  // The body is complete: appends the end of the answer.
  virtual void finish(std::string* out) = 0;
};

// The answer to a body that other threads process: it comes some time after the body. Lives on the
// worker's thread until its answer is given or its connection ends; the Service outlives it.
class Upload {
 public:
  virtual ~Upload() = default;

  // Sets what to call, from any thread, whenever the functions below may get further than before.
  // Call this first. `wake` is not called after destruction.
  virtual void on_progress(std::function<void()> wake) = 0;
  // Takes the next bytes of the body, split anywhere. Returns how many it took; 0: none before
  // there is progress.
  virtual std::size_t take(std::string_view bytes) = 0;
  // The body is complete.
  virtual void finish() = 0;
  // Fills in the response once it is known, which may be before the end of the body, and returns
  // true; then nothing else may be called. False: not yet.
  virtual bool answer(Response* response) = 0;
  // Fills in the response when the HTTP layer gives up on the body.
  virtual void refuse(const Refusal& refusal, Response* response) = 0;
};

class Service {
 public:
  virtual ~Service() = default;

  // The largest body that this request may have; beyond it the codec answers 413. Called for POST,
  // PUT and PATCH once the head is complete, before the body. 0: no body is wanted. Then answer()
  // is called at once, and if a body was announced, the connection is closed with it unread, or it
  // is skipped if the response says so. A POST with a wanted body but no length is answered 411.
  virtual std::size_t body_bytes_max(const Request& head) const = 0;

  // Answers a complete request. No request makes it throw.
  virtual void answer(const Request& request, Response* response) = 0;

  // Begins the answer to a request whose body_bytes_max() is limits::kBodyUnbounded, at the end of
  // its head, so `request` has no body. On return `response` is the head of the answer. Null:
  // take_upload() has what was begun, or else `response` is the whole answer and the body is
  // unwanted as above.
  virtual std::unique_ptr<Stream> answer_stream(const Request& request, Response* response) {
    answer(request, response);
    return nullptr;
  }

  // Hands out the Upload that the last answer_stream() began instead of a Stream; null: none.
  virtual std::unique_ptr<Upload> take_upload() { return nullptr; }

  // Tells that what is answered from now until batch_answered() has waited since the worker woke
  // up, `waited` ago: others of the same round were served first.
  virtual void batch_begins(std::chrono::nanoseconds /*waited*/) {}

  // Whether a complete request is bulk, which must not delay others. A server with two lanes has it
  // answered on another thread, by the Service there.
  virtual bool is_bulk(const Request& /*request*/) const { return false; }
  // Sets where to read how many requests wait for that other lane; it outlives the Service.
  virtual void watch_bulk_lane(const std::atomic<std::size_t>* /*waiting*/) {}

  // What answers must wait for before they are sent; null: nothing. Called once, before the first
  // answer.
  virtual OutputGate* output_gate() { return nullptr; }

  // Tells that all answers since the last call are sent now, `each` after their requests were read.
  virtual void batch_answered(std::chrono::nanoseconds /*each*/) {}

  // Renders the body of a refusal (problem+json). `request` holds what was parsed so far.
  virtual void refuse(const Request& request, const Refusal& refusal, Response* response) = 0;
};

}  // namespace beian::http
