#include <algorithm>
#include <functional>
#include <utility>

#include "cache/base/bytes.h"
#include "cache/base/toml_reader.h"
#include "cache/filing/parse.h"
#include "gate/cli/callers_config.h"
#include "gate/cli/config.h"
#include "gate/cli/config_keys.h"
#include "gate/http/listen_socket.h"

namespace beian::cli {
namespace {

// Reads the given keys on top of the configuration; collects all errors.
class KeyReader {
 public:
  KeyReader(const toml::table& root, TomlReader* reader) : table_(&root), reader_(*reader) {}

  // To be called after all keys of the root: reports unknown keys.
  void end() { reader_.check_keys(*table_, path_, known_); }

  template <class Walk>
  void table(std::string_view name, const Walk& walk) {
    known_.push_back(name);
    const toml::table* const inner = reader_.subtable(*table_, path_, name, Presence::kOptional);
    if (inner == nullptr) return;
    const toml::table* const outer = std::exchange(table_, inner);
    std::string path = std::exchange(path_, join_key(path_, name));
    auto known = std::exchange(known_, {});
    walk();
    end();
    table_ = outer;
    path_ = std::move(path);
    known_ = std::move(known);
  }

  void text(std::string_view key, std::string* out) {
    known_.push_back(key);
    if (const auto value = reader_.text(*table_, path_, key, Presence::kOptional)) *out = *value;
  }

  void boolean(std::string_view key, bool* out) {
    known_.push_back(key);
    if (const auto value = reader_.boolean(*table_, path_, key, Presence::kOptional)) *out = *value;
  }

  template <class Number>
  void integer(std::string_view key, std::int64_t low, std::int64_t high, Number* out) {
    known_.push_back(key);
    const auto value = reader_.integer(*table_, path_, key, Presence::kOptional);
    if (!value) return;
    if (*value >= low && *value <= high)
      *out = static_cast<Number>(*value);
    else
      fail(key, "must be " + std::to_string(low) + " to " + std::to_string(high) + ", not " +
                    std::to_string(*value));
  }

  template <class Duration>
  void duration(std::string_view key, std::int64_t low, std::int64_t high, Duration* out) {
    std::int64_t count = out->count();
    integer(key, low, high, &count);
    *out = Duration{count};
  }

  template <class Words, class Value>
  void word(std::string_view key, const Words& words, Value* out) {
    known_.push_back(key);
    const auto value = reader_.text(*table_, path_, key, Presence::kOptional);
    if (!value) return;
    const auto found = std::ranges::find(words, *value, &Word<Value>::text);
    if (found != words.end()) {
      *out = found->value;
      return;
    }
    std::string choice;
    for (const auto& word : words)
      choice += (choice.empty() ? "\"" : " or \"") + std::string(word.text) + "\"";
    fail(key, "must be " + choice);
  }

  void texts(std::string_view key, std::string_view what, std::vector<std::string>* out) {
    list(key, what, [&](const toml::node&, std::string text) { out->push_back(std::move(text)); });
  }

  void filings(std::string_view key, std::vector<FilingNumber>* out) {
    list(key, "must hold filing numbers with their serials",
         [&](const toml::node& node, const std::string& text) {
           const ParsedNumber parsed = parse_number(text);
           if (parsed.is_number() && !parsed.number.is_subject())
             out->push_back(parsed.number);
           else
             reader_.fail(node, join_key(path_, key),
                          (parsed.is_number() ? "the serial is missing, such as -1A: "
                                              : "no filing number: ") +
                              printable(text));
         });
  }

  void callers(std::string_view key, std::vector<http::CallerSettings>* out) {
    known_.push_back(key);
    *out = read_callers(*table_, &reader_);
  }

 private:
  void fail(std::string_view key, std::string_view what) {
    reader_.fail(*table_->get(key), join_key(path_, key), what);
  }

  // Calls `take` for each text in the array at `key`; `what` is the error for any other element.
  template <class Take>
  void list(std::string_view key, std::string_view what, const Take& take) {
    known_.push_back(key);
    const auto* array = reader_.array(*table_, path_, key, Presence::kOptional);
    if (array == nullptr) return;
    for (const toml::node& node : *array) {
      if (const auto text = node.value<std::string>())
        take(node, *text);
      else
        reader_.fail(node, join_key(path_, key), what);
    }
  }

  const toml::table* table_;  // the table being walked, and the path to it
  std::string path_;
  std::vector<std::string_view> known_;
  TomlReader& reader_;
};

class KeyPrinter {
 public:
  std::string take() { return std::move(text_); }

  template <class Walk>
  void table(std::string_view name, const Walk& walk) {
    std::string path = std::exchange(path_, join_key(path_, name));
    text_.append("\n[").append(path_).append("]\n");
    walk();
    path_ = std::move(path);
  }

  void text(std::string_view key, const std::string* value) { line(key, quote_toml(*value)); }
  void boolean(std::string_view key, const bool* value) { line(key, *value ? "true" : "false"); }
  template <class Number>
  void integer(std::string_view key, std::int64_t, std::int64_t, const Number* value) {
    line(key, std::to_string(*value));
  }
  template <class Duration>
  void duration(std::string_view key, std::int64_t, std::int64_t, const Duration* value) {
    line(key, std::to_string(value->count()));
  }
  template <class Words, class Value>
  void word(std::string_view key, const Words& words, const Value* value) {
    line(key, quote_toml(std::ranges::find(words, *value, &Word<Value>::value)->text));
  }
  void texts(std::string_view key, std::string_view, const std::vector<std::string>* values) {
    list(key, *values, std::identity{});
  }
  void filings(std::string_view key, const std::vector<FilingNumber>* values) {
    list(key, *values, &canonical);
  }
  void callers(std::string_view, const std::vector<http::CallerSettings>* callers) {
    text_ += print_callers(*callers);
  }

 private:
  template <class Values, class Text>
  void list(std::string_view key, const Values& values, const Text& text) {
    std::string out = "[";
    for (const auto& value : values) out += (out.size() == 1 ? "" : ", ") + quote_toml(text(value));
    line(key, out + "]");
  }
  void line(std::string_view key, std::string_view value) {
    text_.append(key).append(" = ").append(value).append("\n");
  }

  std::string path_;
  std::string text_;
};

// Checks that involve more than one key.
class Checks {
 public:
  Checks(const Config& config, const toml::table& root, TomlReader* reader)
      : config_(config), root_(root), reader_(*reader) {}

  void run() {
    address("listen", config_.listen);
    if (!config_.admin_listen.empty()) address("admin.listen", config_.admin_listen);
    tls();
    registry();
    log();
    if (config_.packages.folder.empty()) fail("packages.folder", "must be a folder");
  }

 private:
  void address(std::string_view key, const std::string& address) {
    const auto parsed = http::parse_listen_address(address);
    if (!parsed) fail(key, parsed.error().message);
  }

  void tls() {
    const http::TlsFiles& tls = config_.tls;
    const bool are_named_by_certificates = std::ranges::any_of(
        config_.callers, [](const auto& caller) { return !caller.certificate_names.empty(); });
    if (are_named_by_certificates && tls.client_ca.empty())
      fail("callers.certificate_names", "needs tls.client_ca");
    if (tls.certificate.empty() != tls.key.empty())
      fail("tls", "needs both certificate and key, or neither");
    if (!tls.client_ca.empty() && !tls.is_on())
      fail("tls.client_ca", "needs certificate and key too");
    if (!tls.client_crl.empty() && tls.client_ca.empty())
      fail("tls.client_crl", "needs client_ca too");
  }

  void registry() {
    const RegistrySource& registry = config_.registry;
    if (registry.thresholds.expired_after < registry.thresholds.stale_after)
      fail("registry.expired_after_seconds", "must not be below registry.stale_after_seconds");
    const bool is_prefix = cache::is_redis_prefix(registry.redis.prefix);
    if (!is_prefix)
      fail("registry.redis.prefix", "must be 1 to " + std::to_string(limits::kRedisPrefixBytesMax) +
                                        " of A-Z a-z 0-9 . _ -");
    if (registry.url.empty()) return;
    if (!registry.path.empty()) fail("registry.url", "is instead of registry.file, not besides");
    if (const auto alone = cache::parse_redis_url(registry.url); !alone)
      fail("registry.url", alone.error().message);
    else if (const auto together = redis_options(registry); is_prefix && !together)
      fail("registry.redis", together.error().message);
  }

  void log() {
    const LogConfig& log = config_.log;
    constexpr std::string_view kNoLog = "needs log.folder: without one there is no log at all";
    if (log.folder.empty() && log.durability == log::Durability::kBeforeAnswer)
      fail("log.durability", kNoLog);
    if (log.folder.empty() && !log.sign_key_file.empty()) fail("log.sign_key", kNoLog);
    if (!log.is_private) return;
    if (log.digest_key_file.empty()) fail("log.privacy", "digest needs log.digest_key");
    if (log.is_request_kept)
      fail("log.keep_request", "would keep in plain what log.privacy = \"digest\" hides");
  }

  // Fails at `key` or, if it is absent, at the nearest table that would contain it.
  void fail(std::string_view key, std::string_view what) {
    const toml::node* node = nullptr;
    for (std::string_view path = key; node == nullptr && !path.empty();) {
      node = root_.at_path(path).node();
      const std::size_t dot = path.rfind('.');
      path = path.substr(0, dot == std::string_view::npos ? 0 : dot);
    }
    reader_.fail(node != nullptr ? *node : root_, key, what);
  }

  const Config& config_;
  const toml::table& root_;
  TomlReader& reader_;
};

}  // namespace

Result<Config> parse_config(std::string_view text, std::string_view name) {
  TomlReader reader(name);
  Config config;
  if (const auto root = reader.parse(text)) {
    KeyReader keys(*root, &reader);
    walk_config(keys, &config);
    keys.end();
    Checks(config, *root, &reader).run();
  }
  if (!reader.ok()) return reader.error();
  return config;
}

std::string print_config(const Config& config) {
  Config shown = config;
  shown.registry.url = cache::without_password(shown.registry.url);
  KeyPrinter keys;
  walk_config(keys, &shown);
  return keys.take();
}

std::string quote_toml(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<std::uint8_t>(c);
    if (byte < 0x20 || byte == 0x7F) {
      out.append("\\u00").append(to_hex(ByteView(&byte, 1)));
      continue;
    }
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + "\"";
}

}  // namespace beian::cli
