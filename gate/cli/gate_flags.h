// Command-line handling shared by the verbs that query a running gate.
#pragma once

#include <memory>
#include <string>

#include "cache/base/result.h"
#include "cache/redis/endpoint.h"
#include "gate/cli/command_line.h"
#include "gate/cli/http_client.h"

namespace beian::cli {

struct GateFlags {
  std::string url;
  bool shows_api_key = false;  // set by add_api_key_flag()
  std::string api_key_file;
  cache::TlsOptions tls;
};

// Adds --url and the flags that go with it: --ca-file, --cert-file and --key-file. Returns --url.
Option add_gate_flags(Verb verb, const std::string& url_help, GateFlags* flags);
// Adds --api-key-file, which needs `url`.
void add_api_key_flag(Verb verb, const Option& url, GateFlags* flags);

// A client for the gate that the flags name; it does not connect yet. Without --api-key-file, the
// key is taken from BEIAN_GATE_API_KEY in the environment, if that is set. Errors: kUsage,
// kBadInput (not a key of ours), kUnavailable (a file).
[[nodiscard]] Result<std::unique_ptr<HttpClient>> open_gate(const GateFlags& flags);

}  // namespace beian::cli
