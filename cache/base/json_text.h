// Writes JSON strings. The only place where text from outside becomes part of an answer. Pure; any
// thread.
#pragma once

#include <string>
#include <string_view>

namespace beian {

// Appends `text` as a JSON string with its quotes. Escapes what JSON demands, and U+2028 and
// U+2029, which JavaScript and line-based readers take for line ends. Each byte that is not UTF-8
// becomes U+FFFD. Clean text is copied in runs; allocates only when `*out` grows.
void append_json_string(std::string_view text, std::string* out);

}  // namespace beian
