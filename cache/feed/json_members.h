// Appends members of a JSON object, with their commas. json_text.h appends the values.
#pragma once

#include <string>
#include <string_view>

#include "cache/base/json_text.h"

namespace beian::cache {

// Appends `,` unless `out` ends in an opening bracket, then `"name":`.
void append_json_name(std::string_view name, std::string* out);
// Appends `,` unless `out` ends in an opening bracket.
void append_json_comma(std::string* out);

}  // namespace beian::cache
