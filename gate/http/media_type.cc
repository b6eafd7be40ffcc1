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

// The Content-Type without its parameters.
std::string_view type_of(const Request& request) noexcept {
  const std::string_view content_type = request.field("Content-Type");
  return trimmed(content_type.substr(0, content_type.find(';')));
}

}  // namespace

bool is_coded(const Request& request) noexcept {
  return std::ranges::any_of(request.fields, [](const Field& field) {
    return equal_ignoring_case(field.name, "Content-Encoding") && !field.value.empty() &&
           !equal_ignoring_case(field.value, "identity");
  });
}

bool holds_json(const Request& request, bool are_lines) noexcept {
  if (is_coded(request)) return false;
  const std::string_view type = type_of(request);
  if (are_lines) return type.empty() || is_json_lines(type);
  return type.empty() || equal_ignoring_case(type, kJson) ||
         (type.size() > 5 && equal_ignoring_case(type.substr(type.size() - 5), "+json"));
}

bool holds_package(const Request& request) noexcept {
  constexpr std::array<std::string_view, 4> kTypes = {
      "application/octet-stream", "application/vnd.android.package-archive", "application/zip",
      "application/x-zip-compressed"};
  if (is_coded(request)) return false;
  const std::string_view type = type_of(request);
  return type.empty() ||
         std::ranges::any_of(kTypes, [&](auto one) { return equal_ignoring_case(one, type); });
}

}  // namespace beian::http
