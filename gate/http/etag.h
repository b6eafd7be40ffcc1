// Entity tags of answers [RFC 9110 §8.8.3]. Pure; any thread.
#pragma once

#include <string_view>

namespace beian::http {

// Whether the value of `If-None-Match`, a list, matches `etag` (quoted); weak tags and `*` match
// too [RFC 9110 §13.1.2].
bool matches_etag(std::string_view if_none_match, std::string_view etag) noexcept;

}  // namespace beian::http
