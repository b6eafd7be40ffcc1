// Writing JSON by appending: texts with what must be escaped escaped, members with their commas.
#pragma once

#include <string>
#include <string_view>

namespace beian::cache {

// `text` in quotes. UTF-8 stays as it is.
void append_json_text(std::string_view text, std::string* out);

// Appends `,` unless `out` ends in an opening bracket, then `"name":`.
void append_json_name(std::string_view name, std::string* out);
// Appends `,` unless `out` ends in an opening bracket.
void append_json_comma(std::string* out);

}  // namespace beian::cache
