#include "gate/decision/identity_text.h"

#include <algorithm>
#include <array>

namespace beian {
namespace {

constexpr std::array<std::string_view, 3> kUsualPlatforms = {"android", "ios", "harmonyos"};

bool is_upper(char c) noexcept {
  return c >= 'A' && c <= 'Z';
}

}  // namespace

std::string_view without_margins(std::string_view text) noexcept {
  const auto is_blank = [](char c) { return c == ' ' || (c >= '\t' && c <= '\r'); };
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

std::optional<std::string_view> platform_word(std::string_view text) noexcept {
  for (const std::string_view known : kUsualPlatforms)
    if (text == known) return text;
  if (std::ranges::none_of(text, is_upper)) return text;
  for (const std::string_view known : kUsualPlatforms) {
    const auto equal = [](char a, char b) { return a == (is_upper(b) ? b + 32 : b); };
    if (std::ranges::equal(known, text, equal)) return known;
  }
  return std::nullopt;
}

}  // namespace beian
