// Addresses and ranges. Single addresses go through inet_pton and inet_ntop, which are strict.
#include <arpa/inet.h>

#include <algorithm>
#include <charconv>

#include "cache/filing/ipv4.h"

namespace beian {
namespace {

constexpr std::size_t kV4Offset = kMappedPrefix.size();

std::string_view without_spaces(std::string_view text) noexcept {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

// The first `prefix_bits` bits of `address`; the others are zeros, or ones.
IpAddress filled(IpAddress address, unsigned prefix_bits, bool with_ones) noexcept {
  for (unsigned i = 0; i < address.bytes.size(); ++i) {
    const unsigned kept_bits = prefix_bits <= i * 8 ? 0 : std::min(8U, prefix_bits - i * 8);
    const unsigned rest = 0xFFU >> kept_bits;
    const unsigned byte = with_ones ? address.bytes[i] | rest : address.bytes[i] & ~rest;
    address.bytes[i] = static_cast<std::uint8_t>(byte);
  }
  return address;
}

std::optional<IpRange> parse_block(std::string_view address_text,
                                   std::string_view prefix_text) noexcept {
  const auto address = parse_ip(address_text);
  if (!address) return std::nullopt;
  unsigned bits = 0;
  const char* const end = prefix_text.data() + prefix_text.size();
  const auto [stop, error] = std::from_chars(prefix_text.data(), end, bits);
  if (error != std::errc{} || stop != end || prefix_text.size() > 3) return std::nullopt;
  const bool is_dotted = address_text.find(':') == std::string_view::npos;
  if (bits > (is_dotted ? 32U : 128U)) return std::nullopt;
  if (is_dotted) bits += kV4Offset * 8;
  return IpRange{filled(*address, bits, false), filled(*address, bits, true)};
}

}  // namespace

std::optional<IpAddress> parse_ip(std::string_view text) noexcept {
  text = without_spaces(text);
  char terminated[INET6_ADDRSTRLEN + 1];
  if (text.size() >= sizeof terminated || text.find('\0') != std::string_view::npos)
    return std::nullopt;
  *std::copy(text.begin(), text.end(), terminated) = '\0';
  IpAddress address;
  if (inet_pton(AF_INET6, terminated, address.bytes.data()) == 1) return address;
  std::copy(kMappedPrefix.begin(), kMappedPrefix.end(), address.bytes.begin());
  if (inet_pton(AF_INET, terminated, address.bytes.data() + kV4Offset) == 1) return address;
  return std::nullopt;
}

std::string format_ip(const IpAddress& address) {
  char text[INET6_ADDRSTRLEN] = {};
  if (is_ipv4(address))
    inet_ntop(AF_INET, address.bytes.data() + kV4Offset, text, sizeof text);
  else
    inet_ntop(AF_INET6, address.bytes.data(), text, sizeof text);
  return text;
}

std::optional<IpRange> parse_ip_range(std::string_view text) noexcept {
  text = without_spaces(text);
  if (const std::size_t slash = text.find('/'); slash != std::string_view::npos)
    return parse_block(text.substr(0, slash), text.substr(slash + 1));
  const std::size_t hyphen = text.find('-');
  const auto first = parse_ip(text.substr(0, hyphen));
  const auto last = hyphen == std::string_view::npos ? first : parse_ip(text.substr(hyphen + 1));
  if (!first || !last || *last < *first || is_ipv4(*first) != is_ipv4(*last)) return std::nullopt;
  return IpRange{*first, *last};
}

std::string format_ip_range(const IpRange& range) {
  if (range.first == range.last) return format_ip(range.first);
  return format_ip(range.first) + "-" + format_ip(range.last);
}

}  // namespace beian
