// Domains as they come from forms, URLs and proxies. Internationalized names go through libidn2
// (UTS 46, non-transitional); plain ones never touch it.
#include <idn2.h>

#include <algorithm>
#include <memory>

#include "cache/base/limits.h"
#include "cache/filing/identity.h"

namespace beian {
namespace {

constexpr std::size_t kDomainBytesMax = 253;  // RFC 1035 as text without the last dot
constexpr std::size_t kLabelBytesMax = 63;

bool is_blank(char c) noexcept {
  return c == ' ' || (c >= '\t' && c <= '\r');
}
bool is_ascii_digit(char c) noexcept {
  return c >= '0' && c <= '9';
}

std::string_view trimmed(std::string_view text) noexcept {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

// `https://example.cn:443/path` -> `example.cn`; nullopt when what follows the colon is not a port.
std::optional<std::string_view> host_of(std::string_view text) noexcept {
  if (const std::size_t scheme = text.find("://"); scheme != std::string_view::npos)
    text.remove_prefix(scheme + 3);
  text = text.substr(0, text.find_first_of("/?#"));
  if (const std::size_t colon = text.find(':'); colon != std::string_view::npos) {
    const std::string_view port = text.substr(colon + 1);
    if (port.size() > 5 || !std::ranges::all_of(port, is_ascii_digit)) return std::nullopt;
    text = text.substr(0, colon);
  }
  return text;
}

std::optional<std::string> to_ascii(std::string_view host) {
  std::string out(host);
  const auto is_ascii = [](char c) { return static_cast<unsigned char>(c) < 0x80; };
  if (std::ranges::all_of(host, is_ascii)) {
    for (char& c : out)
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return out;
  }
  if (!is_utf8(host) || host.find('\0') != std::string_view::npos) return std::nullopt;
  char* ascii = nullptr;
  const int status = idn2_to_ascii_8z(out.c_str(), &ascii, IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL);
  const std::unique_ptr<char, decltype(&idn2_free)> owner(ascii, &idn2_free);
  if (status != IDN2_OK) return std::nullopt;
  return std::string(ascii);
}

// Letters, digits, inner hyphens; underscores too, which real host names have.
bool is_label(std::string_view label) noexcept {
  if (label.empty() || label.size() > kLabelBytesMax) return false;
  if (label.front() == '-' || label.back() == '-') return false;
  return std::ranges::all_of(label, [](char c) {
    return (c >= 'a' && c <= 'z') || is_ascii_digit(c) || c == '-' || c == '_';
  });
}

bool is_domain(std::string_view domain) noexcept {
  if (domain.empty() || domain.size() > kDomainBytesMax) return false;
  while (true) {
    const std::size_t dot = domain.find('.');
    const std::string_view label = domain.substr(0, dot);
    if (!is_label(label)) return false;
    // A last label of digits makes it an address, however damaged: no top-level domain is a number.
    if (dot == std::string_view::npos) return !std::ranges::all_of(label, is_ascii_digit);
    domain.remove_prefix(dot + 1);
  }
}

}  // namespace

std::optional<std::string> normalize_domain(std::string_view text) {
  if (text.size() > limits::kTextFieldBytesMax) return std::nullopt;
  const auto host = host_of(trimmed(text));
  if (!host) return std::nullopt;
  auto domain = to_ascii(*host);
  if (!domain) return std::nullopt;
  if (domain->ends_with('.')) domain->pop_back();
  if (!is_domain(*domain)) return std::nullopt;
  return domain;
}

}  // namespace beian
