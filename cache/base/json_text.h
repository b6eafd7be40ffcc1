// JSON strings, written. The only place where text from outside becomes part of an answer.
// Pure; any thread.
#pragma once

#include <string>
#include <string_view>

namespace beian {

// Appends `text` as a JSON string with its quotes. Escaped: what JSON demands, and U+2028, U+2029,
// which JavaScript and line-wise readers take for line ends. Each byte that is not UTF-8 becomes
// U+FFFD. Clean text is copied in runs; allocation only by growth of `*out`.
void append_json_string(std::string_view text, std::string* out);

}  // namespace beian
