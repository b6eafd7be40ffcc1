#include "gate/http/message.h"

#include <utility>

#include "cache/base/result.h"
#include "gate/http/ascii.h"

namespace beian::http {
namespace {

bool holds_line_end(std::string_view text) noexcept {
  return text.find('\r') != std::string_view::npos || text.find('\n') != std::string_view::npos;
}

}  // namespace

std::string_view name_of(Method method) noexcept {
  switch (method) {
    case Method::kGet:
      return "GET";
    case Method::kHead:
      return "HEAD";
    case Method::kPost:
      return "POST";
    case Method::kPut:
      return "PUT";
    case Method::kPatch:
      return "PATCH";
    case Method::kDelete:
      return "DELETE";
    case Method::kOptions:
      return "OPTIONS";
  }
  return "";
}

std::string_view Request::field(std::string_view name) const noexcept {
  for (const Field& candidate : fields) {
    if (equal_ignoring_case(candidate.name, name)) return candidate.value;
  }
  return {};
}

std::string_view Request::list_field(std::string_view name, std::string* storage) const {
  std::string_view all;
  bool is_found = false;
  for (const Field& candidate : fields) {
    if (!equal_ignoring_case(candidate.name, name)) continue;
    if (std::exchange(is_found, true)) {
      if (all.data() != storage->data()) storage->assign(all);
      storage->append(", ").append(candidate.value);
      all = *storage;
    } else {
      all = candidate.value;
    }
  }
  return all;
}

bool Request::is_repeated(std::string_view name) const noexcept {
  std::size_t count = 0;
  for (const Field& candidate : fields) count += equal_ignoring_case(candidate.name, name) ? 1 : 0;
  return count > 1;
}

void Response::reset() {
  status = 200;
  content_type.clear();
  fields.clear();
  body.clear();
  must_close = passes_body = false;
}

void Response::add_field(std::string_view name, std::string_view value) {
  BEIAN_ASSERT(!holds_line_end(name) && !holds_line_end(value));
  fields.append(name).append(": ").append(value).append("\r\n");
}

}  // namespace beian::http
