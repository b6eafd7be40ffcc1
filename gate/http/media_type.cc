#include "gate/http/media_type.h"

#include <algorithm>
#include <array>

#include "gate/http/ascii.h"

namespace beian::http {
namespace {

bool is_json_lines(std::string_view type) noexcept {
  constexpr std::array<std::string_view, 4> kTypes = {
      kJsonLines, "application/ndjson", "application/jsonl", "application/json-lines"};
  return std::ranges::any_of(kTypes, [&](auto one) { return equal_ignoring_case(one, type); });
}

}  // namespace

bool holds_json(const Request& request, bool are_lines) noexcept {
  const std::string_view coding = request.field("Content-Encoding");
  if (!coding.empty() && !equal_ignoring_case(coding, "identity")) return false;
  const std::string_view content_type = request.field("Content-Type");
  const std::string_view type = content_type.substr(0, content_type.find(';'));
  const auto ends = type.find_last_not_of(" \t");
  const std::string_view trimmed = type.substr(0, ends == std::string_view::npos ? 0 : ends + 1);
  if (are_lines) return trimmed.empty() || is_json_lines(trimmed);
  return trimmed.empty() || equal_ignoring_case(trimmed, kJson) ||
         (trimmed.size() > 5 && equal_ignoring_case(trimmed.substr(trimmed.size() - 5), "+json"));
}

}  // namespace beian::http
