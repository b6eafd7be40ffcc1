#include "gate/cli/callers_config.h"

#include <array>
#include <functional>
#include <set>

#include "cache/base/bytes.h"
#include "gate/cli/config.h"
#include "gate/http/api_key.h"
#include "gate/http/principal.h"
#include "gate/log/limits.h"

namespace beian::cli {
namespace {

constexpr std::array<std::string_view, 8> kCallerKeys = {
    "name",      "keys",    "certificate_names", "operations",
    "endpoints", "profile", "checks_per_second", "burst"};
constexpr std::array<std::string_view, 3> kKeyKeys = {"id", "sha256", "expires"};
constexpr std::int64_t kRateMax = 1'000'000;  // checks per second, and also in a burst
constexpr std::string_view kPath = "callers";
constexpr std::string_view kEndpoints = "check, bulk, authz, lookup, packages or operations";
static_assert(http::kScopeWords.size() == 6, "each is told");

class CallersReader {
 public:
  explicit CallersReader(TomlReader* reader) : reader_(*reader) {}

  http::CallerSettings read(const toml::table& table) {
    reader_.check_keys(table, kPath, kCallerKeys);
    http::CallerSettings caller;
    if (const auto name = reader_.text(table, kPath, "name", Presence::kRequired)) {
      caller.name = *name;
      // The log records the name verbatim; an empty one there means that nobody authenticated.
      if (name->empty() || name->size() > log::kCallerBytesMax)
        reader_.fail(table, "callers.name",
                     "must be 1 to " + std::to_string(log::kCallerBytesMax) + " bytes");
      else if (!names_.insert(caller.name).second)
        reader_.fail(table, "callers.name", printable(quote_toml(caller.name)) + " is there twice");
    }
    read_certificate_names(table, &caller);
    read_keys(table, &caller);
    read_words(table, "operations", "distribute, connect or preinstall", &parse_operation,
               &caller.operations);
    read_words(table, "endpoints", kEndpoints, &http::parse_scope, &caller.endpoints);
    if (const auto profile = reader_.text(table, kPath, "profile", Presence::kOptional))
      caller.profile = *profile;
    caller.checks_per_second = rate(table, "checks_per_second");
    caller.burst = rate(table, "burst");
    if (caller.burst > 0 && caller.checks_per_second == 0)
      reader_.fail(table, "callers.burst", "needs checks_per_second");
    return caller;
  }

 private:
  void read_certificate_names(const toml::table& table, http::CallerSettings* caller) {
    constexpr std::string_view kNamesPath = "callers.certificate_names";
    const auto* names = reader_.array(table, kPath, "certificate_names", Presence::kOptional);
    if (names == nullptr) return;
    for (const toml::node& node : *names) {
      const auto name = node.value<std::string>();
      const auto principal = name ? http::parse_principal(*name) : std::nullopt;
      if (!principal)
        reader_.fail(node, kNamesPath,
                     "must hold texts such as \"DNS:store.example\", "
                     "\"URI:spiffe://store.example/pipeline\" or \"email:a@b.example\"");
      else if (!principals_.insert(*principal).second)
        reader_.fail(node, kNamesPath, "\"" + *name + "\" is there twice");
      else
        caller->certificate_names.push_back(*principal);
    }
  }

  void read_keys(const toml::table& table, http::CallerSettings* caller) {
    const auto presence =
        caller->certificate_names.empty() ? Presence::kRequired : Presence::kOptional;
    const auto* keys = reader_.array(table, kPath, "keys", presence);
    if (keys == nullptr) return;
    if (keys->empty() || keys->size() > http::kCallerKeysMax)
      reader_.fail(*keys, "callers.keys", "must be one key, or the old one and the new one");
    for (const toml::node& node : *keys) {
      const auto* key = node.as_table();
      if (key == nullptr)
        reader_.fail(node, "callers.keys", "must hold tables; `beian-gate keys new` prints one");
      else
        caller->keys.push_back(read_key(*key));
    }
  }

  http::CallerKey read_key(const toml::table& table) {
    constexpr std::string_view kKeyPath = "callers.keys";
    reader_.check_keys(table, kKeyPath, kKeyKeys);
    http::CallerKey key;
    if (const auto id = reader_.text(table, kKeyPath, "id", Presence::kRequired)) {
      key.id = *id;
      if (!http::is_api_key_id(*id))
        reader_.fail(
            table, "callers.keys.id",
            "must be 16 hexadecimal digits in lower case, as `beian-gate keys new` has it");
      else if (!ids_.insert(key.id).second)
        reader_.fail(table, "callers.keys.id", key.id + " is there twice");
    }
    if (const auto hash = reader_.text(table, kKeyPath, "sha256", Presence::kRequired))
      if (from_hex(*hash, key.hash) != static_cast<std::ptrdiff_t>(key.hash.size()))
        reader_.fail(table, "callers.keys.sha256", "must be 64 hexadecimal digits");
    if (const auto expires = reader_.text(table, kKeyPath, "expires", Presence::kOptional)) {
      key.expires = parse_instant(*expires);
      if (!key.expires)
        reader_.fail(table, "callers.keys.expires", "must be an instant, 2026-01-02T03:00:00Z");
    }
    return key;
  }

  template <class Word, class Parse>
  void read_words(const toml::table& table, std::string_view key, std::string_view choice,
                  const Parse& parse, std::vector<Word>* out) {
    const auto* list = reader_.array(table, kPath, key, Presence::kOptional);
    if (list == nullptr) return;
    if (list->empty())
      reader_.fail(*list, join_key(kPath, key), "is empty: leave it out to allow all");
    for (const toml::node& node : *list) {
      const auto text = node.value<std::string_view>();
      const auto word = text ? parse(*text) : std::nullopt;
      if (word)
        out->push_back(*word);
      else
        reader_.fail(node, join_key(kPath, key), "must hold " + std::string(choice));
    }
  }

  std::uint32_t rate(const toml::table& table, std::string_view key) {
    const auto value = reader_.integer(table, kPath, key, Presence::kOptional);
    if (value && (*value < 1 || *value > kRateMax))
      reader_.fail(*table.get(key), join_key(kPath, key),
                   "must be 1 to " + std::to_string(kRateMax));
    else if (value)
      return static_cast<std::uint32_t>(*value);
    return 0;
  }

  TomlReader& reader_;
  std::set<std::string> names_;
  std::set<std::string> ids_;
  std::set<std::string> principals_;
};

template <class Words, class Name>
std::string list_of(const Words& words, const Name& name) {
  std::string out = "[";
  for (const auto& word : words) {
    if (out.size() > 1) out += ", ";
    out += quote_toml(name(word));
  }
  return out + "]";
}

std::string print_key(const http::CallerKey& key) {
  std::string out = "{ id = \"" + key.id + "\", sha256 = \"" + to_hex(key.hash) + "\"";
  if (key.expires) out += ", expires = \"" + format_instant(*key.expires) + "\"";
  return out + " }";
}

std::string print_caller(const http::CallerSettings& caller) {
  std::string out = "  { name = " + quote_toml(caller.name);
  if (!caller.keys.empty()) {
    out += ", keys = [";
    for (std::size_t i = 0; i < caller.keys.size(); ++i)
      out += (i > 0 ? ", " : "") + print_key(caller.keys[i]);
    out += "]";
  }
  if (!caller.certificate_names.empty())
    out += ", certificate_names = " + list_of(caller.certificate_names, std::identity{});
  if (!caller.operations.empty())
    out += ", operations = " + list_of(caller.operations, [](Operation o) { return name_of(o); });
  if (!caller.endpoints.empty())
    out += ", endpoints = " + list_of(caller.endpoints, [](http::Scope scope) {
             return http::kScopeWords[static_cast<std::size_t>(scope)];
           });
  if (!caller.profile.empty()) out += ", profile = " + quote_toml(caller.profile);
  if (caller.checks_per_second > 0)
    out += ", checks_per_second = " + std::to_string(caller.checks_per_second);
  if (caller.burst > 0) out += ", burst = " + std::to_string(caller.burst);
  return out + " },\n";
}

}  // namespace

std::vector<http::CallerSettings> read_callers(const toml::table& root, TomlReader* reader) {
  std::vector<http::CallerSettings> callers;
  const auto* list = reader->array(root, "", kPath, Presence::kOptional);
  if (list == nullptr) return callers;
  if (list->size() > http::kCallersMax)
    reader->fail(*list, kPath, "more than " + std::to_string(http::kCallersMax));
  CallersReader one(reader);
  for (const toml::node& node : *list) {
    const auto* table = node.as_table();
    if (table == nullptr)
      reader->fail(node, kPath, "must hold tables: [[callers]]");
    else
      callers.push_back(one.read(*table));
  }
  return callers;
}

std::string print_callers(const std::vector<http::CallerSettings>& callers) {
  std::string out;
  for (const http::CallerSettings& caller : callers) out += print_caller(caller);
  return "callers = [" + (out.empty() ? "" : "\n" + out) + "]\n";
}

}  // namespace beian::cli
