// Media types of requests and answers.
#pragma once

#include <string_view>

#include "gate/http/message.h"

namespace beian::http {

inline constexpr std::string_view kJson = "application/json";
inline constexpr std::string_view kJsonLines = "application/x-ndjson";

// Whether the body of `request` is JSON (with `are_lines`, JSON lines) and not compressed: it has
// no Content-Type, or one of those, and no other coding than `identity`.
bool holds_json(const Request& request, bool are_lines) noexcept;

// Whether the body is a package as it is, not compressed once more: it has no Content-Type, or
// that of bytes, of a ZIP archive or of an Android package.
bool holds_package(const Request& request) noexcept;
// Whether the body is compressed, or something else was done to it.
bool is_coded(const Request& request) noexcept;

}  // namespace beian::http
