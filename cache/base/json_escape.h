// The inside of JSON strings: which text is copied as it is and which is escaped; json_text.h has
// the rules. Pure; any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace beian {

// How many bytes at the beginning of `text` can be copied into a JSON string as they are: whole
// characters of well-formed UTF-8 that need no escape. All of `text` in nearly every case; a rare
// character (neither ASCII nor U+3000..U+CFFF) ends the count even when it needs no escape. About
// two instructions a byte, for ASCII and Chinese alike.
std::size_t clean_json_bytes(std::string_view text) noexcept;

// Appends `text` as the inside of a JSON string, without the quotes.
void append_json_text(std::string_view text, std::string* out);

}  // namespace beian
