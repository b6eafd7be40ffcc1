// Which language an answer is in.
#pragma once

#include <cstdint>
#include <string_view>

namespace beian::wire {

enum class Language : std::uint8_t { kZh, kEn };

// `zh-CN` unless the Accept-Language header or ?lang= text prefers English.
Language choose_language(std::string_view accept_language) noexcept;

}  // namespace beian::wire
