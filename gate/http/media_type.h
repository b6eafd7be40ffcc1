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

}  // namespace beian::http
