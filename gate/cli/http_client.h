// One HTTP request to a gate: for `check --url` and `healthcheck`. Blocking.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "cache/base/result.h"

namespace beian::cli {

struct ClientResponse {
  unsigned status = 0;
  std::string body;
  std::chrono::seconds retry_after{1};  // the field's, where it tells seconds
};

// `url`: http://HOST[:PORT], IPv6 in brackets. A GET without a body, else a POST. Connecting to
// each address of HOST may take ten seconds, and so may each read and write; a name is resolved as
// the system has it. Errors: kUsage (url), kUnavailable (cannot reach, no answer).
[[nodiscard]] Result<ClientResponse> http_request(const std::string& url, const std::string& target,
                                                  const std::string& body,
                                                  std::string_view content_type);

// For a query string: everything but unreserved characters becomes %XX.
std::string percent_encode(std::string_view text);

}  // namespace beian::cli
