#include "cache/redis/options.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include "cache/base/bytes.h"
#include "cache/base/secret_file.h"
#include "cache/base/spelling.h"

namespace beian::cache {
namespace {

Error bad_url(std::string what) {
  return make_error(ErrorKind::kUsage, "Redis URL: " + std::move(what));
}

constexpr std::uint16_t kPort = 6379;

struct Scheme {
  std::string_view text;
  RedisTopology topology;
  bool is_tls;
  bool is_unix;
};

constexpr Scheme kSchemes[] = {
    {"redis://", RedisTopology::kSingle, false, false},
    {"rediss://", RedisTopology::kSingle, true, false},
    {"redis+unix://", RedisTopology::kSingle, false, true},
    {"redis+sentinel://", RedisTopology::kSentinel, false, false},
    {"rediss+sentinel://", RedisTopology::kSentinel, true, false},
    {"redis+cluster://", RedisTopology::kCluster, false, false},
    {"rediss+cluster://", RedisTopology::kCluster, true, false},
};

const Scheme* scheme_of(std::string_view url) noexcept {
  const auto* found = std::ranges::find_if(
      kSchemes, [&](const Scheme& scheme) { return url.starts_with(scheme.text); });
  return found == std::end(kSchemes) ? nullptr : found;
}

template <class Number>
std::optional<Number> parse_number(std::string_view text, Number most) {
  Number value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value > most) return std::nullopt;
  return value;
}

std::optional<std::string> percent_decode(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    if (i + 2 >= text.size()) return std::nullopt;
    const int high = hex_digit(text[i + 1]);
    const int low = hex_digit(text[i + 2]);
    if (high < 0 || low < 0) return std::nullopt;
    out += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return out;
}

// Removes from `*rest` what stands before `mark`, and `mark` itself; everything when there is no
// mark. Returns what stood before it.
std::string_view take_until(std::string_view* rest, char mark) {
  const std::size_t at = rest->find(mark);
  const std::string_view part = rest->substr(0, at);
  *rest = at == std::string_view::npos ? std::string_view{} : rest->substr(at + 1);
  return part;
}

Error not_encoded() {
  return bad_url("user and password are percent-encoded: %XX");
}

// Whether a password containing / or ? may have cut the authority short: then no part may be shown.
bool is_password_cut(std::string_view authority, std::string_view path, std::string_view query) {
  const auto has_at = [](std::string_view text) {
    return text.find('@') != std::string_view::npos;
  };
  return authority.find(':') != std::string_view::npos && !has_at(authority) &&
         (has_at(path) || has_at(query));
}

Result<void> parse_user(std::string_view text, RedisOptions* options) {
  const bool has_password = text.find(':') != std::string_view::npos;
  const auto user = percent_decode(take_until(&text, ':'));
  const auto password = percent_decode(text);
  if (!user || !password) return not_encoded();
  options->user = *user;
  if (has_password) options->password = *password;
  return {};
}

Result<void> parse_authority(std::string_view text, RedisOptions* options) {
  if (const std::size_t at = text.rfind('@'); at != std::string_view::npos) {
    if (auto user = parse_user(text.substr(0, at), options); !user) return user;
    text.remove_prefix(at + 1);
  }
  if (text.empty()) return bad_url("a host is missing");
  while (!text.empty()) {
    const auto endpoint = parse_endpoint(take_until(&text, ','), kPort);
    if (!endpoint) return bad_url(endpoint.error().message);
    options->endpoints.push_back(*endpoint);
  }
  if (options->endpoints.size() > limits::kRedisEndpointsMax) return bad_url("too many hosts");
  if (options->topology == RedisTopology::kSingle && options->endpoints.size() > 1)
    return bad_url("several hosts are for redis+sentinel:// and redis+cluster://");
  return {};
}

Result<void> set_database(std::string_view text, RedisOptions* options) {
  const auto number = parse_number<unsigned>(text, 65'535);
  if (!number) return bad_url("not a database number: " + printable(text));
  options->database = *number;
  return {};
}

// What follows the hosts: the master's name, or a database number.
Result<void> parse_path(std::string_view text, RedisOptions* options) {
  if (options->topology == RedisTopology::kSentinel) {
    const auto name = percent_decode(text);
    if (!name || name->empty()) return bad_url("the master's name is missing: …HOST:PORT/MASTER");
    options->master_name = *name;
    return {};
  }
  if (text.empty()) return {};
  return set_database(text, options);
}

Result<void> set_time(std::string_view key, std::string_view text, std::chrono::milliseconds* out) {
  const auto number = parse_number<std::int64_t>(text, limits::kRedisDeadlineMsMax);
  if (!number || *number < 1)
    return bad_url(std::string(key) + " is milliseconds, 1 to " +
                   std::to_string(limits::kRedisDeadlineMsMax));
  *out = std::chrono::milliseconds{*number};
  return {};
}

constexpr std::string_view kKeys[] = {
    "user",   "password_file", "ca_file",    "cert_file",  "key_file", "server_name",
    "prefix", "database",      "connect_ms", "command_ms", "idle_ms",  "read_from_replica"};

Result<void> set_value(std::string_view key, const std::string& value, RedisOptions* options) {
  std::string* const texts[] = {&options->user,         &options->password_file,
                                &options->tls.ca_file,  &options->tls.cert_file,
                                &options->tls.key_file, &options->tls.server_name,
                                &options->prefix};
  const auto* const known = std::ranges::find(kKeys, key);
  const auto index = static_cast<std::size_t>(known - std::begin(kKeys));
  if (index < std::size(texts)) {
    if (value.empty()) return bad_url(std::string(key) + " is empty");
    *texts[index] = value;
    return {};
  }
  if (key == "database") return set_database(value, options);
  if (key == "connect_ms") return set_time(key, value, &options->connect_deadline);
  if (key == "command_ms") return set_time(key, value, &options->command_deadline);
  if (key == "idle_ms") return set_time(key, value, &options->idle_deadline);
  if (key == "read_from_replica") {
    if (value != "true" && value != "false") return bad_url("read_from_replica is true or false");
    options->read_from_replica = value == "true";
    return {};
  }
  const std::string_view nearest = nearest_word(key, kKeys);
  return bad_url("unknown key " + printable(key) +
                 (nearest.empty() ? "" : "; did you mean " + std::string(nearest) + "?"));
}

Result<void> parse_query(std::string_view text, RedisOptions* options) {
  while (!text.empty()) {
    std::string_view value = take_until(&text, '&');
    const std::string_view key = take_until(&value, '=');
    const auto decoded = percent_decode(value);
    if (!decoded) return bad_url("the value of " + printable(key) + " is not percent-encoded");
    if (auto set = set_value(key, *decoded, options); !set) return set;
  }
  return {};
}

// What is wrong with the options as a whole, as a phrase; empty: nothing.
std::string fault_of(const RedisOptions& options) {
  if (!is_redis_prefix(options.prefix)) return "prefix is 1 to 64 of A-Z a-z 0-9 . _ -";
  if (options.tls.cert_file.empty() != options.tls.key_file.empty())
    return "cert_file and key_file go together";
  const bool names_tls = !options.tls.ca_file.empty() || !options.tls.cert_file.empty() ||
                         !options.tls.server_name.empty();
  if (names_tls && !options.is_tls)
    return "ca_file, cert_file, key_file and server_name need rediss://";
  if (options.topology == RedisTopology::kCluster && options.database != 0)
    return "a Cluster has database 0 only";
  if (options.topology == RedisTopology::kSingle && options.read_from_replica)
    return "read_from_replica is for Sentinel and Cluster; name the replica as HOST instead";
  if (!options.user.empty() && options.password.empty() && options.password_file.empty())
    return "user " + printable(options.user) + " has no password; give password_file";
  return {};
}

// The settings of `beside` that apply unless the URL says otherwise.
RedisOptions begin_with(const RedisOptions* beside) {
  RedisOptions options;
  if (beside == nullptr) return options;
  options = *beside;
  options.user.clear();
  options.password_file.clear();
  return options;
}

}  // namespace

std::string RedisOptions::describe() const {
  const bool is_unix = endpoints.size() == 1 && !endpoints[0].unix_path.empty();
  const auto* const scheme = std::ranges::find_if(kSchemes, [&](const Scheme& known) {
    return known.topology == topology && known.is_tls == is_tls && known.is_unix == is_unix;
  });
  std::string text(scheme == std::end(kSchemes) ? kSchemes[0].text : scheme->text);
  if (!user.empty()) text += user + "@";
  for (std::size_t i = 0; i < endpoints.size(); ++i)
    text += (i == 0 ? "" : ",") + cache::describe(endpoints[i]);
  if (!master_name.empty()) text += "/" + master_name;
  if (database != 0 && !is_unix) text += "/" + std::to_string(database);
  return printable(text);
}

bool is_redis_url(std::string_view text) noexcept {
  return (text.starts_with("redis") && text.find("://") != std::string_view::npos);
}

std::string without_password(std::string_view url) {
  const Scheme* const scheme = scheme_of(url);
  if (scheme == nullptr || scheme->is_unix) return std::string(url);
  const std::string_view authority =
      url.substr(0, url.find_first_of("/?", scheme->text.size())).substr(scheme->text.size());
  const std::size_t end = authority.rfind('@');
  const std::size_t begin = authority.find(':');
  if (end == std::string_view::npos || begin == std::string_view::npos || begin > end)
    return std::string(url);
  const std::string_view before = url.substr(0, scheme->text.size() + begin + 1);
  return std::string(before) + "***" + std::string(url.substr(scheme->text.size() + end));
}

bool is_redis_prefix(std::string_view text) noexcept {
  return !text.empty() && text.size() <= limits::kRedisPrefixBytesMax &&
         std::ranges::all_of(text, [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '.' || c == '_' || c == '-';
         });
}

Result<RedisOptions> parse_redis_url(std::string_view url, const RedisOptions* beside) {
  const Scheme* const scheme = scheme_of(url);
  if (scheme == nullptr) {
    return bad_url(
        "it begins with redis://, rediss://, redis+unix://, redis+sentinel:// or redis+cluster:// "
        "(rediss+… with TLS)");
  }
  if (url.size() > limits::kRedisUrlBytesMax) return bad_url("too long");
  RedisOptions options = begin_with(beside);
  options.topology = scheme->topology;
  options.is_tls = scheme->is_tls;
  std::string_view query = url.substr(scheme->text.size());
  std::string_view rest = take_until(&query, '?');
  if (scheme->is_unix) {
    const auto path = percent_decode(rest);
    if (!path || !path->starts_with('/')) return bad_url("redis+unix:// wants an absolute path");
    options.endpoints.push_back({{}, 0, *path});
    if (auto parsed = parse_query(query, &options); !parsed) return parsed.error();
  } else {
    const std::string_view authority = take_until(&rest, '/');
    auto parsed = parse_authority(authority, &options);
    if (parsed) parsed = parse_path(rest, &options);
    if (parsed) parsed = parse_query(query, &options);
    if (!parsed && is_password_cut(authority, rest, query)) return not_encoded();
    if (!parsed) return parsed.error();
  }
  if (beside != nullptr && options.user.empty() && options.password.empty() &&
      options.password_file.empty()) {
    options.user = beside->user;
    options.password_file = beside->password_file;
  }
  const std::string fault = fault_of(options);
  if (fault.empty()) return options;
  return beside == nullptr
             ? bad_url(fault)
             : make_error(ErrorKind::kUsage, "Redis URL and the settings beside it: " + fault);
}

Result<void> load_password(RedisOptions* options) {
  if (options->password_file.empty()) return {};
  auto password = read_secret(options->password_file, limits::kRedisPasswordBytesMax, "password");
  if (!password) return password.error();
  options->password = std::move(*password);
  return {};
}

}  // namespace beian::cache
