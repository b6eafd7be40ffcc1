// What the verbs that ask a running gate take from the command line in the same way.
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

// --url, and --ca-file, --cert-file and --key-file, which go with it. Returns --url.
Option add_gate_flags(Verb verb, const std::string& url_help, GateFlags* flags);
// --api-key-file. `url`: what it goes with.
void add_api_key_flag(Verb verb, const Option& url, GateFlags* flags);

// The gate that the flags name. Without --api-key-file the key is what the environment has in
// BEIAN_GATE_API_KEY, if anything. Errors: kUsage, kBadInput (no key of ours), kUnavailable (a
// file).
[[nodiscard]] Result<std::unique_ptr<HttpClient>> open_gate(const GateFlags& flags);

}  // namespace beian::cli
