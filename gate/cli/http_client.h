// Sends requests to a running gate, for the verbs that take --url. Blocking, but every step has a
// deadline.
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

// The gate's address, and the credentials.
struct GateAccess {
  std::string url;        // http://HOST[:PORT] or https://HOST[:PORT], IPv6 in brackets
  cache::TlsOptions tls;  // for https:// only
  std::string api_key;    // empty: none is sent
  std::chrono::milliseconds step_deadline{
      10'000};  // to connect, to send, for each read; six for all reads
};

struct ClientResponse {
  unsigned status = 0;
  std::string body;
  std::chrono::seconds retry_after{1};  // from the field, if it is in seconds
};

class HttpClient {
 public:
  // Reads the certificates but does not connect yet. Errors: kUsage (the URL, or TLS files with
  // http://), kUnavailable and kBadInput (a file).
  [[nodiscard]] static Result<std::unique_ptr<HttpClient>> open(GateAccess access);
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  // A GET if the body is empty, else a POST. `target` is in origin form, with its query.
  // Connections are kept alive and reused, one for each concurrent request. Any thread. Errors:
  // kUnavailable (cannot connect, or no answer within the deadlines), kUntrusted (a certificate,
  // theirs or ours).
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
  std::vector<std::unique_ptr<Line>> idle_;  // guarded by mutex_
};

// The error for an answer other than 200: kBadInput if the request itself was refused, else
// kUnavailable, since the gate may answer next time, and whatever redirects is not a gate.
ErrorKind refusal_kind(unsigned status) noexcept;

// Percent-encodes everything but unreserved characters, for a query string.
std::string percent_encode(std::string_view text);

}  // namespace beian::cli
