#include "gate/http/principal.h"

#include <algorithm>

#include "gate/http/ascii.h"

namespace beian::http {
namespace {

bool is_name_byte(char c) noexcept {
  return c > ' ' && c < 0x7F && c != '"' && c != '\\';
}

}  // namespace

std::optional<std::string> parse_principal(std::string_view text) {
  const auto* const kind = std::ranges::find_if(
      kPrincipalKinds, [text](std::string_view prefix) { return text.starts_with(prefix); });
  if (kind == std::end(kPrincipalKinds) || text.size() == kind->size() ||
      !std::ranges::all_of(text, is_name_byte))
    return std::nullopt;
  std::string name(text);
  if (*kind == "DNS:") std::transform(name.begin() + 4, name.end(), name.begin() + 4, lower);
  return name;
}

}  // namespace beian::http
