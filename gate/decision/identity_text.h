// How what an app is known by is spelt: requests and policy exceptions go through the same
// functions, so that both mean the same app.
//
// Pure; any thread; no allocation, but of is_blank() for a name that begins oddly.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace beian {

// `text` without white space at its ends, which nobody means: a package that was copied with a
// blank behind it is still that package.
std::string_view without_margins(std::string_view text) noexcept;

// Whether a name is nothing but blanks, of whatever kind: that names nobody, so nothing is given.
bool folds_to_nothing(std::string_view name);
inline bool is_blank(std::string_view name) {
  if (name.empty()) return true;
  // Nearly every name begins with a letter or, between U+4000 and U+9FFF, an ideograph.
  const auto first = static_cast<unsigned char>(name.front());
  if ((first > ' ' && first < 0x7F) || (first >= 0xE4 && first <= 0xE9)) return false;
  return folds_to_nothing(name);
}

// A platform as the registry spells it: a lower-case word; the usual ones are known in any case
// (iOS, HarmonyOS). nullopt for other words with capitals.
std::optional<std::string_view> platform_word(std::string_view text) noexcept;

// Which of the usual running platforms of mini-programs and quick apps is meant, by any of the
// words for it: wechat, WeChat, 微信. nullopt: another one.
std::optional<std::size_t> host_platform_index(std::string_view text) noexcept;

// Whether two words mean one running platform. nullopt: nobody can tell.
//
// Policy: nobody lays down these words, so that others are another platform only where both are
// known. "quickapp" names the platform of no one maker, and an atomic service of HarmonyOS is filed
// as a quick app is: these two may be the same.
std::optional<bool> is_same_host(std::string_view a, std::string_view b) noexcept;

}  // namespace beian
