// API keys as text: `bgk_ID_SECRETCHECK`. ID (16 hexadecimal digits) names the key in configuration
// and logs, SECRET (64 digits) is 256 random bits, CHECK is the first 8 digits of the SHA-256 of
// all before it. CHECK tells a truncated or mistyped key from one that was never issued, and lets
// secret scanners recognize a key. Only the SHA-256 of the whole text is ever stored.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "cache/base/result.h"

namespace beian::http {

inline constexpr std::size_t kApiKeyIdBytes = 16;
inline constexpr std::size_t kApiKeyBytes = 4 + kApiKeyIdBytes + 1 + 64 + 8;

// Makes a new key from the system's random source. Errors: kInternal when that fails.
[[nodiscard]] Result<std::string> make_api_key();

// The id in a text shaped like a key; nullopt for any other. Does not verify the check digits.
std::optional<std::string_view> id_of_api_key(std::string_view text) noexcept;
// Whether `text` is shaped like the id of a key.
bool is_api_key_id(std::string_view text) noexcept;
// Whether the check digits are right. REQUIRES: id_of_api_key(text).
bool has_right_check(std::string_view text);

}  // namespace beian::http
