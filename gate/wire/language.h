// Which language an answer is in.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace beian::wire {

enum class Language : std::uint8_t { kZh, kEn };

// zh-CN, unless the Accept-Language header prefers English.
Language choose_language(std::string_view accept_language) noexcept;

// The language of one tag, as in ?lang=: `zh-CN`, `en`, and other regions of the two. nullopt for
// any other.
std::optional<Language> parse_language(std::string_view tag) noexcept;

}  // namespace beian::wire
