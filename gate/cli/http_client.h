// Requests to a running gate, for the verbs that take --url. Blocking: every step ends by itself or
// by its deadline.
#pragma once

#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "cache/base/result.h"
#include "cache/redis/endpoint.h"

namespace beian::cli {

// Where the gate is, and who asks.
struct GateAccess {
  std::string url;        // http://HOST[:PORT] or https://HOST[:PORT], IPv6 in brackets
  cache::TlsOptions tls;  // of https:// alone
  std::string api_key;    // empty: none is shown
  std::chrono::milliseconds step_deadline{
      10'000};  // to connect, to send, for each read; six for all reads
};

struct ClientResponse {
  unsigned status = 0;
  std::string body;
  std::chrono::seconds retry_after{1};  // the field's, where it tells seconds
};

class HttpClient {
 public:
  // Reads the certificates; nothing is connected yet. Errors: kUsage (the URL, files for TLS beside
  // http://), kUnavailable and kBadInput (a file).
  [[nodiscard]] static Result<std::unique_ptr<HttpClient>> open(GateAccess access);
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  // A GET without a body, else a POST. `target` is in origin form, with its query. Connections are
  // kept and used again, one for each thread that asks at a time. Any thread. Errors: kUnavailable
  // (cannot reach, no answer within the deadlines), kUntrusted (a certificate, theirs or ours).
  [[nodiscard]] Result<ClientResponse> request(std::string_view target, const std::string& body,
                                               std::string_view content_type);

  const std::string& url() const noexcept { return access_.url; }

 private:
  struct Line;  // one connection
  HttpClient(GateAccess access, std::string authority, cache::Endpoint endpoint, bool is_tls);
  [[nodiscard]] Result<std::unique_ptr<Line>> connect();
  std::unique_ptr<Line> take_idle();
  std::string head_and_body(std::string_view target, const std::string& body,
                            std::string_view content_type) const;
  [[nodiscard]] Result<ClientResponse> exchange(const std::string& message,
                                                std::unique_ptr<Line> line);
  Error no_answer(const Error& error) const;
  Error no_http(const std::string& why) const;

  const GateAccess access_;
  const std::string authority_;  // as in the URL, for Host
  const cache::Endpoint endpoint_;
  const bool is_tls_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Line>> idle_;  // by mutex_
};

// What an answer that is not 200 means for who asked: kBadInput where the request was refused, else
// kUnavailable, since a gate may answer the next time, and what redirects is none.
ErrorKind refusal_kind(unsigned status) noexcept;

// For a query string: everything but unreserved characters becomes %XX.
std::string percent_encode(std::string_view text);

}  // namespace beian::cli
