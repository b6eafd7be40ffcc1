#include <memory>
#include <string>

#include "cache/base/bytes.h"
#include "cache/base/sha256.h"
#include "gate/cli/console.h"
#include "gate/cli/exit_code.h"
#include "gate/cli/verbs.h"
#include "gate/http/api_key.h"

namespace beian::cli {
namespace {

// The key is shown here and never again; the configuration's entry does not reveal it.
int make_key(std::uint64_t days) {
  const auto key = http::make_api_key();
  if (!key) return fail(key.error());
  std::string entry = "{ id = \"" + std::string(*http::id_of_api_key(*key)) + "\", sha256 = \"" +
                      to_hex(sha256(*key)) + "\"";
  if (days > 0)
    entry += ", expires = \"" + format_instant(now_in_seconds() + std::chrono::days(days)) + "\"";
  print_talk("for the gate, in `keys` of a caller: " + entry + " }");
  print_talk("for the caller, to be kept secret:");
  print_out(*key + "\n");
  return kAllAllowed;
}

}  // namespace

void add_keys(Verb program) {
  Verb keys = program.verb("keys", "API keys of callers");
  keys.require_verb();
  Verb verb = keys.verb("new",
                        "Make a key; what configuration needs goes to "
                        "standard error, the key to standard output");
  auto days = std::make_shared<std::uint64_t>(0);
  verb.option("--expires-days", days.get(), "not good after that; default: no end")
      .in_range(1, 3650);
  verb.run([=] { return make_key(*days); });
}

}  // namespace beian::cli
