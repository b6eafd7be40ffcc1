#include "gate/http/head_check.h"

#include <array>
#include <cstring>

#include "gate/http/ascii.h"

namespace beian::http {
namespace {

// `HTTP/` digit `.` digit.
bool is_version(std::string_view text) noexcept {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  return text.size() == 8 && text.starts_with("HTTP/") && is_digit(text[5]) && text[6] == '.' &&
         is_digit(text[7]);
}

// A name that some reader in front of us might take for a framing field: `Content_Length`.
bool imitates_framing(std::string_view name) noexcept {
  if (name.find('_') == std::string_view::npos) return false;
  const auto imitates = [&](std::string_view real) {
    if (name.size() != real.size()) return false;
    for (std::size_t i = 0; i < name.size(); ++i) {
      if (lower(name[i] == '_' ? '-' : name[i]) != real[i]) return false;
    }
    return true;
  };
  return imitates("content-length") || imitates("transfer-encoding");
}

}  // namespace

std::string_view fault_of_field_line(std::string_view line) noexcept {
  if (line[0] == ' ' || line[0] == '\t') return "A field line starts with white space.";
  std::size_t at = 0;
  while (at < line.size() && is(kTokenByte, line[at])) ++at;
  if (at == 0 || at == line.size() || line[at] != ':') {
    return "A field name holds a byte that is not allowed, or no colon follows it.";
  }
  if (!all_are(kValueByte, line.substr(at + 1))) return "A field value holds a control byte.";
  if (imitates_framing(line.substr(0, at))) return "A field name imitates a framing field.";
  return {};
}

void HeadCheck::reset() {
  start_ = line_start_ = scanned_ = fields_count_ = 0;
  has_request_line_ = false;
}

Progress HeadCheck::refuse(unsigned status, std::string_view detail) {
  refusal_ = {status, detail};
  return Progress::kRefused;
}

Progress HeadCheck::advance(std::string_view bytes) {
  for (;;) {
    const void* found = scanned_ < bytes.size()
                            ? std::memchr(bytes.data() + scanned_, '\n', bytes.size() - scanned_)
                            : nullptr;
    if (found == nullptr) {
      scanned_ = bytes.size();
      return judge_unfinished(bytes.size());
    }
    const auto feed = static_cast<std::size_t>(static_cast<const char*>(found) - bytes.data());
    if (feed >= limits_.head_bytes_max) return judge_unfinished(feed + 1);
    if (feed == line_start_ || bytes[feed - 1] != '\r') {
      return refuse(400, "A line of the head ends without a carriage return.");
    }
    const std::string_view line = bytes.substr(line_start_, feed - 1 - line_start_);
    line_start_ = scanned_ = feed + 1;
    if (line.empty()) {
      if (has_request_line_) return Progress::kComplete;
      start_ = line_start_;  // empty lines before the request are ignored [RFC 9112 §2.2]
    } else if (!has_request_line_) {
      if (judge_request_line(line) == Progress::kRefused) return Progress::kRefused;
    } else {
      if (++fields_count_ > limits_.head_fields_max) {
        return refuse(431, "The head has too many fields.");
      }
      const std::string_view fault = fault_of_field_line(line);
      if (!fault.empty()) return refuse(400, fault);
    }
  }
}

// `bytes` are here and the line that started last is not complete within them.
Progress HeadCheck::judge_unfinished(std::size_t bytes) {
  if (bytes <= limits_.head_bytes_max) return Progress::kNeedMore;
  if (!has_request_line_) return refuse(414, "The request line is too long.");
  return refuse(431, "The head is too large.");
}

Progress HeadCheck::judge_request_line(std::string_view line) {
  has_request_line_ = true;
  std::size_t at = 0;
  while (at < line.size() && is(kTokenByte, line[at])) ++at;
  if (at == 0 || at == line.size() || line[at] != ' ') {
    return refuse(400, "The request line does not start with a method and one space.");
  }
  const std::size_t target = ++at;
  while (at < line.size() && is(kTargetByte, line[at])) ++at;
  if (at == target || at == line.size() || line[at] != ' ') {
    return refuse(400, "The target is empty, holds a byte that is not allowed or has no version.");
  }
  const std::size_t target_bytes = at - target;
  const std::string_view version = line.substr(at + 1);
  if (!is_version(version) || version[5] == '0') {
    return refuse(400, "The request line does not end in an HTTP version.");
  }
  if (version != "HTTP/1.1" && version != "HTTP/1.0") {
    return refuse(505, "Only HTTP/1.1 and HTTP/1.0 are spoken here.");
  }
  if (target_bytes > limits_.target_bytes_max) return refuse(414, "The target is too long.");
  return Progress::kNeedMore;
}

}  // namespace beian::http
