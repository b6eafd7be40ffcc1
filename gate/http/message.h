// What the HTTP layer and the answers meet in: a complete request, and the answer to it.
//
// The HTTP layer (codec, connection, listener) knows nothing of filings; a Service knows nothing of
// sockets. A Service belongs to one worker thread and is only called there.
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
  bool expects_continue = false;  // it waits for `100 Continue` before it sends its body
  std::string_view target;        // as sent
  std::string_view path;          // still percent-encoded
  std::string_view query;         // behind `?`, still percent-encoded
  std::string_view host;
  std::span<const Field> fields;
  // Chunks already joined; empty when it was not wanted. limits::kBodyPaddingBytes behind it are
  // readable memory, so a JSON parser needs no copy.
  std::string_view body;
  std::string_view peer;                    // address of the other end, for logs
  std::span<const std::string> principals;  // names of its certificate (principal.h), if any
  bool has_certificate = false;             // it has shown one that the gate accepts

  // First field of that name (case is ignored), or empty.
  std::string_view field(std::string_view name) const noexcept;
  // The lines of a field that is a list as one, joined by commas [RFC 9110 §5.3]; whoever puts a
  // line in front must not hide the others. A view of the head, or of `storage`.
  std::string_view list_field(std::string_view name, std::string* storage) const;
  // Whether more than one line has that name: of a field that is no list, nobody can say which
  // counts.
  bool is_repeated(std::string_view name) const noexcept;
};

// Reused from answer to answer, so that steady state allocates nothing. Date, Server,
// Content-Length and Connection are added by the codec.
struct Response {
  unsigned status = 200;
  std::string content_type;  // empty: no body, no Content-Type
  std::string fields;        // "Name: value\r\n" each
  std::string body;
  bool must_close = false;
  bool passes_body = false;  // where the body is not wanted: the connection may outlive it

  void reset();
  // REQUIRES: name and value hold no CR or LF (asserted).
  void add_field(std::string_view name, std::string_view value);
};

// A request that the HTTP layer itself refuses.
struct Refusal {
  unsigned status;          // one of kRefusalStatuses (server_stats.h)
  std::string_view detail;  // what is wrong, one English sentence, no user data
};

// The answer to a body that is answered while it comes in. Lives on the worker's thread, and ends
// with its request or its connection; the Service outlives it.
class Stream {
 public:
  virtual ~Stream() = default;

  // Takes bytes of the body, in order and cut anywhere, and appends to `out` what can be answered
  // by now. Stops early once `out` has limits::kOutputBytesHigh, so that a slow reader slows the
  // writer. Returns how many bytes it took: at least one. limits::kBodyPaddingBytes behind `bytes`
  // are readable memory.
  virtual std::size_t take(std::string_view bytes, std::string* out) = 0;
  // The body is complete: appends the end of the answer.
  virtual void finish(std::string* out) = 0;
};

// The answer to a body that somebody else than the worker reads: it comes after the body, and not
// at once. Lives on the worker's thread, and ends with its answer or its connection; the Service
// outlives it.
class Upload {
 public:
  virtual ~Upload() = default;

  // Sets what to call, from any thread, whenever the calls below may get further than they did.
  // Comes before them; nothing is called once this is gone.
  virtual void on_progress(std::function<void()> wake) = 0;
  // Takes bytes of the body, in order and cut anywhere. Returns how many it took; 0: none until
  // there is progress.
  virtual std::size_t take(std::string_view bytes) = 0;
  // The body is complete.
  virtual void finish() = 0;
  // Fills in the response as soon as it is known, which may be before the end of the body; then
  // nothing else is called. False: not yet.
  virtual bool answer(Response* response) = 0;
  // Fills in the response to a body that the HTTP layer gives up.
  virtual void refuse(const Refusal& refusal, Response* response) = 0;
};

class Service {
 public:
  virtual ~Service() = default;

  // Called when the head is complete, before the body: the largest body that this request may
  // have; beyond it the codec answers 413. 0 for requests without a wanted body: answer() then
  // comes at once, and a body that was announced ends the connection unread, or is passed over when
  // the response says so. Asked for POST, PUT and PATCH only. A POST with a wanted body and no
  // length is answered 411.
  virtual std::size_t body_bytes_max(const Request& head) const = 0;

  // Answers a complete request. Never throws for the request's sake.
  virtual void answer(const Request& request, Response* response) = 0;

  // Begins the answer to a request whose body_bytes_max() was limits::kBodyUnbounded, at the end of
  // its head; only method, target and fields are there. `response` then is a head without a body.
  // Null: take_upload() has what was begun, or the response is the whole answer, and the body
  // unread as above.
  virtual std::unique_ptr<Stream> answer_stream(const Request& request, Response* response) {
    answer(request, response);
    return nullptr;
  }

  // The Upload that answer_stream() has begun instead of a Stream, once; null: it began none.
  virtual std::unique_ptr<Upload> take_upload() { return nullptr; }

  // What is answered until batch_answered() has been here since the worker woke up, `waited` ago:
  // others of the same round had their turn first.
  virtual void batch_begins(std::chrono::nanoseconds /*waited*/) {}

  // Whether a complete request is bulk, which must not keep others waiting. Servers with two lanes
  // answer it on another thread, by the Service there.
  virtual bool is_bulk(const Request& /*request*/) const { return false; }
  // How many requests wait for that other lane, from now on; it outlives the Service.
  virtual void watch_bulk_lane(const std::atomic<std::size_t>* /*waiting*/) {}

  // What answers have to wait for before they leave; null: nothing. Asked once, before the first
  // answer.
  virtual OutputGate* output_gate() { return nullptr; }

  // All that was answered since the last call leaves now, `each` after its bytes had come.
  virtual void batch_answered(std::chrono::nanoseconds /*each*/) {}

  // Renders the body of a refusal (problem+json). `request` holds what was understood so far.
  virtual void refuse(const Request& request, const Refusal& refusal, Response* response) = 0;
};

}  // namespace beian::http
