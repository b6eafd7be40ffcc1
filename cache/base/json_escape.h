// The inside of JSON strings: what stands there as it is, and what is escaped. json_text.h says
// which is which. Pure; any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace beian {

// How many bytes at the beginning of `text` stand in a JSON string as they are: well-formed UTF-8
// that needs no escape, whole characters. All of it for nearly every text; a character that is
// seldom met ends the count, though it may be clean. About two instructions a byte, be it ASCII or
// Chinese.
std::size_t clean_json_bytes(std::string_view text) noexcept;

// Appends the inside of the string, without its quotes.
void append_json_text(std::string_view text, std::string* out);

}  // namespace beian
