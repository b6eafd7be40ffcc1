// API keys as text: `bgk_ID_SECRETCHECK`. ID names the key in configuration and logs (16
// hexadecimal digits), SECRET is 256 random bits (64), CHECK the first 8 digits of the SHA-256 of
// all before it, so that a key that was cut or mistyped is told from one that nobody gave out, and
// scanners of repositories know one when they see it. Only the SHA-256 of the whole text is stored
// anywhere.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "cache/base/result.h"

namespace beian::http {

inline constexpr std::size_t kApiKeyIdBytes = 16;
inline constexpr std::size_t kApiKeyBytes = 4 + kApiKeyIdBytes + 1 + 64 + 8;

// A new key from the system's random source. kInternal when that fails.
[[nodiscard]] Result<std::string> make_api_key();

// The id in a text of the shape of a key; nullopt for any other. The check digits are not looked
// at.
std::optional<std::string_view> id_of_api_key(std::string_view text) noexcept;
// Whether `text` can be the id of a key.
bool is_api_key_id(std::string_view text) noexcept;
// Whether the check digits are right. REQUIRES: id_of_api_key(text).
bool has_right_check(std::string_view text);

}  // namespace beian::http
