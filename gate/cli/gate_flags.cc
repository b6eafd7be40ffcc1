#include "gate/cli/gate_flags.h"

#include <cstdlib>
#include <string_view>

#include "cache/base/secret_file.h"
#include "cache/redis/endpoint.h"
#include "gate/cli/console.h"
#include "gate/http/api_key.h"
#include "gate/http/listen_socket.h"

namespace beian::cli {
namespace {

constexpr const char* kApiKeyVariable = "BEIAN_GATE_API_KEY";
constexpr std::size_t kKeyFileBytesMax = 4096;

// Empty: none given.
Result<std::string> api_key_of(const GateFlags& flags) {
  std::string key;
  if (!flags.shows_api_key) return key;
  std::string origin = flags.api_key_file;
  if (!origin.empty()) {
    auto read = read_secret(origin, kKeyFileBytesMax, "API key");
    if (!read) return read.error();
    key = std::move(*read);
  } else if (const char* const value = std::getenv(kApiKeyVariable); value != nullptr) {
    key = value;
    origin = kApiKeyVariable;
  }
  if (key.empty()) return key;
  if (!http::id_of_api_key(key) || !http::has_right_check(key))
    return make_error(ErrorKind::kBadInput,
                      origin +
                          ": that is no API key, or a letter of it is wrong; it is what "
                          "`beian-gate keys new` printed");
  return key;
}

bool is_read_along(std::string_view url) {
  constexpr std::string_view kInClear = "http://";
  if (!url.starts_with(kInClear)) return false;
  const std::string_view rest = url.substr(kInClear.size());
  const auto gate = cache::parse_endpoint(rest.substr(0, rest.find_first_of("/?#")), 80);
  return !gate || !http::is_local({gate->host, gate->port});
}

}  // namespace

Option add_gate_flags(Verb verb, const std::string& url_help, GateFlags* flags) {
  const Option url = verb.option("--url", &flags->url, url_help);
  url.named("URL");
  verb.option("--ca-file", &flags->tls.ca_file,
              "PEM: authorities whose certificates the gate may show; without it, the system's")
      .named("FILE")
      .needs(url);
  verb.option("--cert-file", &flags->tls.cert_file,
              "PEM: the certificate to show to a gate that wants one; with --key-file")
      .named("FILE")
      .needs(url);
  verb.option("--key-file", &flags->tls.key_file, "PEM: the key of --cert-file")
      .named("FILE")
      .needs(url);
  return url;
}

void add_api_key_flag(Verb verb, const Option& url, GateFlags* flags) {
  flags->shows_api_key = true;
  verb.option("--api-key-file", &flags->api_key_file,
              "the API key is its first line; without it, that of the environment's "
              "BEIAN_GATE_API_KEY")
      .named("FILE")
      .needs(url);
}

Result<std::unique_ptr<HttpClient>> open_gate(const GateFlags& flags) {
  auto key = api_key_of(flags);
  if (!key) return key.error();
  GateAccess access;
  access.url = flags.url;
  access.tls = flags.tls;
  access.api_key = std::move(*key);
  if (!access.api_key.empty() && is_read_along(flags.url))
    print_talk("the API key goes to " + flags.url + " in clear; https:// keeps it secret");
  return HttpClient::open(std::move(access));
}

}  // namespace beian::cli
