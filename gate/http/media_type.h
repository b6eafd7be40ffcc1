// Media types of requests and answers.
#pragma once

#include <string_view>

#include "gate/http/message.h"

namespace beian::http {

inline constexpr std::string_view kJson = "application/json";
inline constexpr std::string_view kJsonLines = "application/x-ndjson";

// Whether the body of `request` is JSON (with `are_lines`, JSON lines) and not compressed: no
// Content-Type or one of these, and no Content-Encoding but `identity`.
bool holds_json(const Request& request, bool are_lines) noexcept;

// Whether the body is a bare package, without Content-Encoding: it has no Content-Type, or that of
// bytes, of a ZIP archive or of an Android package.
bool holds_package(const Request& request) noexcept;
// Whether the body has a Content-Encoding other than `identity`.
bool is_coded(const Request& request) noexcept;

}  // namespace beian::http
