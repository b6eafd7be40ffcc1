#include <array>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cache/base/bytes.h"
#include "cache/base/limits.h"
#include "gate/audit/json_state.h"
#include "gate/cli/config.h"
#include "gate/cli/console.h"
#include "gate/cli/exit_code.h"
#include "gate/cli/gate_flags.h"
#include "gate/cli/http_client.h"
#include "gate/cli/registry_source.h"
#include "gate/cli/verbs.h"
#include "gate/decision/evaluate.h"
#include "gate/http/gate_service.h"

namespace beian::cli {
namespace {

struct CheckOptions {
  std::deque<std::pair<std::string, std::vector<std::string>>> fields;  // flat name, values
  std::string registry;
  GateFlags gate;
  std::string lang = "zh-CN";
  std::string config;
  bool is_strict = false;
};

// The fields as a query string: each flag means what that parameter of GET /v1/check means.
std::string query_of(const CheckOptions& options) {
  std::string query = "lang=" + options.lang + (options.is_strict ? "&strict=true" : "");
  for (const auto& [name, values] : options.fields)
    for (const std::string& value : values) query += "&" + name + "=" + percent_encode(value);
  return query;
}

struct Exchange {
  std::string query;
  std::string body;  // empty: a GET
};

Result<ClientResponse> ask_gate(const GateFlags& flags, const Exchange& exchange) {
  auto gate = open_gate(flags);
  if (!gate) return gate.error();
  return (*gate)->request("/v1/check?" + exchange.query, exchange.body, "application/json");
}

// Uses the service that answers over HTTP, without a socket, so that both give the same answers.
Result<ClientResponse> ask_here(const CheckOptions& options, const Exchange& exchange) {
  auto config = load_config(options.config);
  if (!config) return config.error();
  if (!options.registry.empty()) config->registry.path = options.registry;
  auto state = load_state(*config, now_in_seconds());
  if (!state) return state.error();
  tell_of_built_in(config->registry, "--registry, --url or --config");
  state->callers = nullptr;  // keys are for who asks over the network
  http::GateService service(std::move(*state), &system_now, random_seed());
  http::Request request;
  request.method = exchange.body.empty() ? http::Method::kGet : http::Method::kPost;
  request.path = "/v1/check";
  request.query = exchange.query;
  request.body = exchange.body;
  http::Response response;
  service.answer(request, &response);
  return ClientResponse{response.status, std::move(response.body)};
}

// The decision in an answer; nullopt if there is none: then something else answers at that address.
std::optional<Effect> effect_of(std::string_view answer) {
  audit::StateFault fault;
  audit::StateDocument document;
  const auto decision = document.parse(answer, &fault);
  const auto effect = decision ? parse_effect(decision->text_or("decision", "")) : std::nullopt;
  return effect == Effect::kNote ? std::nullopt : effect;
}

// What a refusal says, with the field concerned; an answer that is not a problem of ours (a proxy's
// page, say) is quoted as it is.
std::string refusal_text(const ClientResponse& answer) {
  audit::StateFault fault;
  audit::StateDocument document;
  const auto problem = document.parse(answer.body, &fault);
  if (!problem || !problem->has("detail"))
    return "status " + std::to_string(answer.status) + ": " + printable(answer.body);
  const std::string pointer(problem->text_or("pointer", ""));
  return (pointer.empty() ? "" : printable(pointer) + ": ") +
         printable(problem->text_or("detail", ""));
}

int check_one(const CheckOptions& options) {
  Exchange exchange{query_of(options), {}};
  bool has_fields = false;
  // `detail` says how much to answer, so it is not a field of the check.
  for (const auto& [name, values] : options.fields)
    has_fields |= name != "detail" && !values.empty();
  if (!has_fields) {
    if (is_terminal_in())
      return fail(make_error(ErrorKind::kUsage,
                             "give the check as flags (see --help) or as JSON on standard input"));
    auto body = read_standard_input(limits::kBodyBytesMax);
    if (!body) return fail(body.error());
    exchange.body = std::move(*body);
    if (exchange.body.empty())
      return fail(make_error(ErrorKind::kBadInput, "standard input holds no check request"));
  }
  const auto answer =
      options.gate.url.empty() ? ask_here(options, exchange) : ask_gate(options.gate, exchange);
  if (!answer) return fail(answer.error());
  if (answer->status != 200) {
    const std::string_view advice =
        answer->status == 414 ? " As JSON on standard input the check may be longer." : "";
    return fail(make_error(refusal_kind(answer->status),
                           "the check was refused: " + refusal_text(*answer).append(advice)));
  }
  const auto effect = effect_of(answer->body);
  if (!effect) {
    print_talk(options.gate.url +
               " answers with something that is no decision: is that a beian-gate? " +
               printable(answer->body));
    return kUnavailable;
  }
  print_out(answer->body + "\n");
  return exit_code_of(*effect);
}

// A flag of `check`; it means what the parameter `name` of GET /v1/check means.
struct Flag {
  enum class Takes { kText, kTexts, kBoolean };
  const char* flag;
  const char* name;
  Takes takes;
  const char* help;
};
constexpr auto kText = Flag::Takes::kText;
constexpr auto kTexts = Flag::Takes::kTexts;
constexpr auto kBoolean = Flag::Takes::kBoolean;

constexpr std::array kFlags = {
    Flag{"--number", "number", kText, "filing number, in any typography"},
    Flag{"--operation", "operation", kText,
         "required with flags: distribute, connect or preinstall"},
    Flag{"--kind", "kind", kText, "app, mini_program or quick_app"},
    Flag{"--name", "name", kText, "name of the app"},
    Flag{"--platform", "platform", kText, "android, ios, harmonyos, …"},
    Flag{"--package", "package", kText, "package name or Bundle ID"},
    Flag{"--app-version", "version", kText, "version of the app"},
    Flag{"--fingerprint", "fingerprint", kTexts,
         "MD5, SHA-1 or SHA-256 of the signing certificate; may repeat"},
    Flag{"--public-key", "public_key", kTexts,
         "RSA modulus, public key or certificate; may repeat"},
    Flag{"--sponsor", "sponsor", kText, "name of the sponsor"},
    Flag{"--certificate-number", "certificate_number", kText, "the sponsor's certificate number"},
    Flag{"--domain", "domain", kTexts, "domain that the app uses; may repeat"},
    Flag{"--ip", "ip", kTexts, "address that the app uses; may repeat"},
    Flag{"--category", "category", kTexts, "content category; may repeat"},
    Flag{"--provider", "provider", kText, "who gives the access"},
    Flag{"--host-platform", "host_platform", kText, "running platform of a mini-program"},
    Flag{"--offline", "offline", kBoolean, "declared to be stand-alone; alone it says true"},
    Flag{"--network-permission", "network_permission", kBoolean, "asks for the network"},
    Flag{"--operator-overseas", "operator_overseas", kBoolean, "run by an overseas subject"},
    Flag{"--servers-overseas", "servers_overseas", kBoolean, "served from overseas only"},
    Flag{"--first-published", "first_published", kText, "YYYY-MM-DD"},
    Flag{"--displayed-number", "displayed_number", kText, "the number that the app shows"},
    Flag{"--as-of", "as_of", kText, "judge by the dates of this day, YYYY-MM-DD"},
    Flag{"--min-serial", "min_serial", kText, "a registry older than this serial cannot tell"},
    Flag{"--detail", "detail", kText, "full, the default, or brief"},
    Flag{"--id", "id", kText, "comes back in the answer"},
};

void add_field(const Flag& flag, CheckOptions* options, Verb verb) {
  auto& field = options->fields.emplace_back(flag.name, std::vector<std::string>{});
  if (flag.takes == kTexts) {
    verb.texts(flag.flag, &field.second, flag.help);
    return;
  }
  const auto keep = [values = &field.second,
                     is_boolean = flag.takes == kBoolean](const std::string& text) {
    values->push_back(is_boolean && text.empty() ? "true" : text);
  };
  const Option option = verb.each(flag.flag, keep, flag.help);
  if (flag.takes == kBoolean) option.without_value().named("[true|false]");
}

}  // namespace

void add_check(Verb program) {
  Verb verb =
      program.verb("check", "Check one app, from flags or from a JSON request on standard input");
  auto options = std::make_shared<CheckOptions>();
  for (const Flag& flag : kFlags) add_field(flag, options.get(), verb);
  verb.flag("--strict", &options->is_strict, "refuse unknown fields");
  verb.option("--lang", &options->lang, "zh-CN, the default, or en").one_of({"zh-CN", "en"});
  const Option registry = verb.option("--registry", &options->registry,
                                      "snapshot file; without it, the built-in registry");
  const Option config =
      verb.option("--config", &options->config, "gate.toml, for policy and guidance");
  const Option url =
      add_gate_flags(verb, "ask a running gate, such as http://127.0.0.1:8080", &options->gate)
          .excludes(registry)
          .excludes(config);
  add_api_key_flag(verb, url, &options->gate);
  verb.run([=] { return check_one(*options); });
}

}  // namespace beian::cli
