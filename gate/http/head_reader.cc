#include "gate/http/head_reader.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "cache/base/result.h"
#include "gate/http/ascii.h"

namespace beian::http {
namespace {

constexpr std::array kMethods = {Method::kGet,   Method::kHead,   Method::kPost,   Method::kPut,
                                 Method::kPatch, Method::kDelete, Method::kOptions};

std::optional<Method> to_method(std::string_view word) noexcept {
  const auto found = std::ranges::find(kMethods, word, &name_of);
  return found == kMethods.end() ? std::nullopt : std::optional(*found);
}

// `HTTP/` digit `.` digit.
bool is_version(std::string_view text) noexcept {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  return text.size() == 8 && text.starts_with("HTTP/") && is_digit(text[5]) && text[6] == '.' &&
         is_digit(text[7]);
}

std::size_t token_bytes(std::string_view text) noexcept {
  std::size_t count = 0;
  while (count < text.size() && is(kTokenByte, text[count])) ++count;
  return count;
}

// A name such as `Content_Length`, which some proxy in front of us might take for a framing field.
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

// What is wrong with a field line whose first `name_bytes` bytes are the name; empty: nothing.
std::string_view fault_of(std::string_view line, std::size_t name_bytes) noexcept {
  if (line[0] == ' ' || line[0] == '\t') return "A field line starts with white space.";
  if (name_bytes == 0 || name_bytes == line.size() || line[name_bytes] != ':') {
    return "A field name holds a byte that is not allowed, or no colon follows it.";
  }
  if (!is_field_text(line.substr(name_bytes + 1))) return "A field value holds a control byte.";
  if (imitates_framing(line.substr(0, name_bytes))) return "A field name imitates a framing field.";
  return {};
}

}  // namespace

std::string_view fault_of_field_line(std::string_view line) noexcept {
  return fault_of(line, token_bytes(line));
}

void HeadReader::reset() {
  start_ = line_start_ = scanned_ = fields_count_ = 0;
  has_request_line_ = false;
  method_.reset();
}

std::string_view HeadReader::target(const char* base) const noexcept {
  return {base + target_, target_bytes_};
}

std::span<const Field> HeadReader::fields(const char* base,
                                          std::span<Field> fields) const noexcept {
  for (std::size_t i = 0; i < fields_count_; ++i) {
    const FieldPlace& place = places_[i];
    fields[i] = {{base + place.name, place.name_bytes}, {base + place.value, place.value_bytes}};
  }
  return fields.first(fields_count_);
}

Progress HeadReader::refuse(unsigned status, std::string_view detail) {
  refusal_ = {status, detail};
  return Progress::kRefused;
}

Progress HeadReader::advance(std::string_view bytes) {
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
    if (line.empty()) {
      line_start_ = scanned_ = feed + 1;
      if (has_request_line_) return Progress::kComplete;
      start_ = line_start_;  // empty lines before the request are ignored [RFC 9112 §2.2]
      continue;
    }
    const Progress read = has_request_line_ ? read_field_line(line) : read_request_line(line);
    if (read == Progress::kRefused) return read;
    line_start_ = scanned_ = feed + 1;
  }
}

// Judges a head of `bytes` bytes so far whose last line is incomplete.
Progress HeadReader::judge_unfinished(std::size_t bytes) {
  if (bytes <= limits_.head_bytes_max) return Progress::kNeedMore;
  if (!has_request_line_) return refuse(414, "The request line is too long.");
  return refuse(431, "The head is too large.");
}

Progress HeadReader::read_request_line(std::string_view line) {
  has_request_line_ = true;
  std::size_t at = token_bytes(line);
  if (at == 0 || at == line.size() || line[at] != ' ') {
    return refuse(400, "The request line does not start with a method and one space.");
  }
  method_ = to_method(line.substr(0, at));
  const std::size_t target = ++at;
  while (at < line.size() && is(kTargetByte, line[at])) ++at;
  if (at == target || at == line.size() || line[at] != ' ') {
    return refuse(400, "The target is empty, holds a byte that is not allowed or has no version.");
  }
  target_ = line_start_ + target;
  target_bytes_ = at - target;
  const std::string_view version = line.substr(at + 1);
  if (!is_version(version) || version[5] == '0') {
    return refuse(400, "The request line does not end in an HTTP version.");
  }
  is_http_10_ = version == "HTTP/1.0";
  if (!is_http_10_ && version != "HTTP/1.1") {
    return refuse(505, "Only HTTP/1.1 and HTTP/1.0 are spoken here.");
  }
  if (target_bytes_ > limits_.target_bytes_max) return refuse(414, "The target is too long.");
  return Progress::kNeedMore;
}

Progress HeadReader::read_field_line(std::string_view line) {
  if (fields_count_ == limits_.head_fields_max) {
    return refuse(431, "The head has too many fields.");
  }
  const std::size_t name_bytes = token_bytes(line);
  const std::string_view fault = fault_of(line, name_bytes);
  if (!fault.empty()) return refuse(400, fault);
  std::size_t begin = name_bytes + 1;
  std::size_t end = line.size();
  const auto is_blank = [&](std::size_t at) { return line[at] == ' ' || line[at] == '\t'; };
  while (begin < end && is_blank(begin)) ++begin;
  while (end > begin && is_blank(end - 1)) --end;
  const auto place = [](std::size_t offset) { return static_cast<std::uint16_t>(offset); };
  places_[fields_count_++] = {place(line_start_), place(name_bytes), place(line_start_ + begin),
                              place(end - begin)};
  return Progress::kNeedMore;
}

}  // namespace beian::http
