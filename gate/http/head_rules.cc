#include "gate/http/head_rules.h"

#include <charconv>

#include "gate/http/ascii.h"

namespace beian::http {
namespace {

constexpr std::size_t kLengthDigitsMax = 19;  // 10^19 - 1 fits into 64 bits
constexpr unsigned kPortMax = 65'535;

// Parses one to `digits_max` decimal digits and nothing else.
std::optional<std::uint64_t> parse_digits(std::string_view text, std::size_t digits_max) noexcept {
  if (text.empty() || text.size() > digits_max) return std::nullopt;
  std::uint64_t value = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc{} || stop != end) return std::nullopt;
  return value;
}

// `host`, `host:port`, `[IPv6]` or `[IPv6]:port`, and nothing else that a URL's authority may hold.
bool is_host(std::string_view text) noexcept {
  std::size_t name_end = 0;
  if (text.starts_with('[')) {
    const std::size_t bracket = text.find(']');
    if (bracket == std::string_view::npos || bracket < 3) return false;
    for (const char c : text.substr(1, bracket - 1)) {
      if (!is(kHexByte, c) && c != ':' && c != '.') return false;
    }
    name_end = bracket + 1;
  } else {
    while (name_end < text.size() && is(kHostByte, text[name_end])) ++name_end;
    if (name_end == 0) return false;
  }
  if (name_end == text.size()) return true;
  if (text[name_end] != ':') return false;
  const std::string_view port = text.substr(name_end + 1);
  if (port.empty()) return true;
  const auto number = parse_digits(port, 5);
  return number.has_value() && *number <= kPortMax;
}

// Splits `http://authority/path?query` behind the authority; nullopt for any other form.
struct AbsoluteTarget {
  std::string_view authority;
  std::string_view rest;
};
std::optional<AbsoluteTarget> split_absolute(std::string_view target) noexcept {
  const std::size_t scheme_end = target.find("://");
  if (scheme_end == std::string_view::npos) return std::nullopt;
  const std::string_view scheme = target.substr(0, scheme_end);
  if (!equal_ignoring_case(scheme, "http") && !equal_ignoring_case(scheme, "https")) {
    return std::nullopt;
  }
  const std::string_view behind = target.substr(scheme_end + 3);
  const std::size_t end = std::min(behind.find_first_of("/?"), behind.size());
  return AbsoluteTarget{behind.substr(0, end), behind.substr(end)};
}

void split_path_and_query(std::string_view target, Request* request) {
  const std::size_t mark = std::min(target.find('?'), target.size());
  request->path = target.substr(0, mark);
  request->query = target.substr(std::min(mark + 1, target.size()));
}

Refusal bad(std::string_view detail) {
  return {400, detail};
}

// Reads options such as `close, te`; empty list elements are ignored [RFC 9110 §5.6.1].
void read_connection(std::string_view options, HeadFacts* facts) noexcept {
  while (!options.empty()) {
    const std::size_t comma = std::min(options.find(','), options.size());
    const std::string_view option = trimmed(options.substr(0, comma));
    options.remove_prefix(std::min(comma + 1, options.size()));
    facts->says_close |= equal_ignoring_case(option, "close");
    facts->says_keep_alive |= equal_ignoring_case(option, "keep-alive");
    facts->is_connection_malformed |= !all_are(kTokenByte, option);
  }
}

}  // namespace

HeadFacts facts_of(std::span<const Field> fields) noexcept {
  HeadFacts facts;
  for (const auto& [name, value] : fields) {
    switch (name.size()) {
      case 4:
        if (!equal_ignoring_case(name, "Host")) break;
        ++facts.host_count;
        facts.host = value;
        break;
      case 6:
        if (!equal_ignoring_case(name, "Expect")) break;
        facts.has_expect = true;
        facts.expects_else |= !equal_ignoring_case(value, "100-continue");
        break;
      case 10:
        if (equal_ignoring_case(name, "Connection")) read_connection(value, &facts);
        break;
      case 13:
        if (equal_ignoring_case(name, "Authorization")) ++facts.authorization_count;
        break;
      case 14:
        if (!equal_ignoring_case(name, "Content-Length")) break;
        ++facts.content_length_count;
        facts.content_length = value;
        break;
      case 17:
        if (!equal_ignoring_case(name, "Transfer-Encoding")) break;
        ++facts.transfer_encoding_count;
        facts.transfer_encoding = value;
        break;
      default:
        break;
    }
  }
  return facts;
}

std::optional<Refusal> judge_target_and_host(const HeadFacts& facts, Request* request) {
  if (facts.host_count > 1) return bad("Host is given more than once.");
  if (facts.host_count == 0 && !request->is_http_10) return bad("Host is missing.");
  if (facts.host_count == 1 && !is_host(facts.host)) return bad("Host is not a host and port.");
  request->host = facts.host;

  if (request->target.starts_with('/')) {
    split_path_and_query(request->target, request);
    return std::nullopt;
  }
  if (request->target == "*") {
    if (request->method != Method::kOptions) return bad("The target `*` is for OPTIONS only.");
    request->path = request->target;
    return std::nullopt;
  }
  const auto absolute = split_absolute(request->target);
  if (!absolute) return bad("The target is neither a path nor an http URL.");
  if (!is_host(absolute->authority)) return bad("The target's authority is not a host and port.");
  if (facts.host_count == 1 && !equal_ignoring_case(absolute->authority, facts.host)) {
    return bad("The target names another host than Host.");
  }
  request->host = absolute->authority;
  split_path_and_query(absolute->rest, request);
  if (request->path.empty()) request->path = request->method == Method::kOptions ? "*" : "/";
  return std::nullopt;
}

std::optional<Refusal> judge_framing(const HeadFacts& facts, bool is_http_10, Framing* framing) {
  if (facts.content_length_count > 1) return bad("Content-Length is given more than once.");
  if (facts.content_length_count == 1) {
    const auto length = parse_digits(facts.content_length, kLengthDigitsMax);
    if (!length) return bad("Content-Length is not a number of at most 19 digits.");
    framing->has_length = true;
    framing->length = *length;
  }
  if (facts.transfer_encoding_count == 0) return std::nullopt;
  if (facts.transfer_encoding_count > 1) return bad("Transfer-Encoding is given more than once.");
  if (framing->has_length) return bad("Content-Length and Transfer-Encoding are both given.");
  if (is_http_10) return bad("HTTP/1.0 has no Transfer-Encoding.");
  if (!equal_ignoring_case(facts.transfer_encoding, "chunked")) {
    return Refusal{501, "Only the transfer coding `chunked` is spoken here."};
  }
  framing->is_chunked = true;
  return std::nullopt;
}

std::optional<Refusal> judge_connection(const HeadFacts& facts, bool is_http_10,
                                        bool* keeps_alive) {
  if (facts.is_connection_malformed) return bad("Connection is not a list of options.");
  *keeps_alive = !facts.says_close && (!is_http_10 || facts.says_keep_alive);
  return std::nullopt;
}

std::optional<Refusal> judge_credentials(const HeadFacts& facts) {
  if (facts.authorization_count > 1) return bad("Authorization is given more than once.");
  return std::nullopt;
}

std::optional<Refusal> judge_expect(const HeadFacts& facts, bool is_http_10) {
  if (!facts.expects_else || is_http_10) return std::nullopt;
  return Refusal{417, "The only expectation met here is `100-continue`."};
}

}  // namespace beian::http
