// How the texts that identify an app are spelt. Requests and policy exceptions go through the same
// functions, so that both mean the same app.
//
// Pure; any thread. Only is_blank(), for a name that begins oddly, and the host platform functions
// may allocate.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace beian {

// `text` without leading and trailing white space, which nobody means: a package copied with a
// blank after it is still that package.
std::string_view without_margins(std::string_view text) noexcept;

// Whether a name consists of nothing but blanks, of any kind: it names nobody, so it counts as not
// given.
bool folds_to_nothing(std::string_view name);
inline bool is_blank(std::string_view name) {
  if (name.empty()) return true;
  // Nearly every name begins with a letter or, between U+4000 and U+9FFF, an ideograph.
  const auto first = static_cast<unsigned char>(name.front());
  if ((first > ' ' && first < 0x7F) || (first >= 0xE4 && first <= 0xE9)) return false;
  return folds_to_nothing(name);
}

// The platform as the registry spells it: a lower-case word. The usual ones are recognised in any
// case (iOS, HarmonyOS). nullopt for other words with capitals.
std::optional<std::string_view> platform_word(std::string_view text) noexcept;

// Which of the well-known host platforms of mini-programs and quick apps is meant, by any of its
// words: wechat, WeChat, 微信. nullopt: none of them.
std::optional<std::size_t> host_platform_index(std::string_view text) noexcept;

// Whether two words mean the same host platform. nullopt: nobody can tell.
//
// Policy: no authority lays down these words, so two of them mean different platforms only when
// both are known. "quickapp" is not the platform of a single maker, and an atomic service of
// HarmonyOS is filed like a quick app: these two may be the same.
std::optional<bool> is_same_host(std::string_view a, std::string_view b) noexcept;

}  // namespace beian
