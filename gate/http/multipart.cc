#include "gate/http/multipart.h"

#include <algorithm>

#include "gate/http/ascii.h"

namespace beian::http {
namespace {

// Iterates over `; name=value`, the value a token or a quoted string [RFC 9110 §5.6.6].
class Parameters {
 public:
  explicit Parameters(std::string_view field) : rest_(field) {
    rest_.remove_prefix(std::min(rest_.find(';'), rest_.size()));
  }

  bool is_malformed() const noexcept { return is_malformed_; }
  // False at the end, or when the field is malformed.
  bool next(std::string_view* name, std::string* value) {
    rest_ = trimmed(rest_);
    if (rest_.empty()) return false;
    is_malformed_ = rest_.front() != ';';
    if (is_malformed_) return false;
    rest_ = trimmed(rest_.substr(1));
    if (rest_.empty()) return false;  // a trailing semicolon is common
    const std::size_t equals = rest_.find('=');
    is_malformed_ = equals == std::string_view::npos || equals == 0 ||
                    !all_are(kTokenByte, rest_.substr(0, equals));
    if (is_malformed_) return false;
    *name = rest_.substr(0, equals);
    rest_.remove_prefix(equals + 1);
    is_malformed_ = rest_.starts_with('"') ? !take_quoted(value) : !take_token(value);
    return !is_malformed_;
  }

 private:
  bool take_token(std::string* value) {
    std::size_t end = 0;
    while (end < rest_.size() && is(kTokenByte, rest_[end])) ++end;
    value->assign(rest_.substr(0, end));
    rest_.remove_prefix(end);
    return end > 0;
  }
  bool take_quoted(std::string* value) {
    value->clear();
    for (std::size_t i = 1; i < rest_.size(); ++i) {
      if (rest_[i] == '"') {
        rest_.remove_prefix(i + 1);
        return true;
      }
      if (rest_[i] == '\\' && ++i == rest_.size()) break;
      *value += rest_[i];
    }
    return false;
  }

  std::string_view rest_;
  bool is_malformed_ = false;
};

std::string_view type_of(std::string_view field) noexcept {
  return trimmed(field.substr(0, field.find(';')));
}

// What matters in the head of a part.
struct PartHead {
  bool is_malformed = false;
  bool is_file = false;
  bool is_encoded = false;  // base64 or the like, which is deprecated [RFC 7578 §4.7]
};

PartHead read_part_head(std::string_view head) {
  PartHead out;
  bool has_disposition = false;
  while (!head.empty()) {
    const std::string_view line = head.substr(0, head.find("\r\n"));
    head.remove_prefix(std::min(line.size() + 2, head.size()));
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos || colon == 0 ||
        !all_are(kTokenByte, line.substr(0, colon))) {
      out.is_malformed = true;
      return out;
    }
    const std::string_view name = line.substr(0, colon);
    const std::string_view value = trimmed(line.substr(colon + 1));
    if (equal_ignoring_case(name, "Content-Disposition")) {
      out.is_malformed |= has_disposition || !equal_ignoring_case(type_of(value), "form-data");
      has_disposition = true;
      out.is_file = parameter_of(value, "filename") || parameter_of(value, "filename*");
    } else if (equal_ignoring_case(name, "Content-Transfer-Encoding")) {
      out.is_encoded = !equal_ignoring_case(value, "binary") &&
                       !equal_ignoring_case(value, "8bit") && !equal_ignoring_case(value, "7bit");
    }
  }
  out.is_malformed |= !has_disposition;
  return out;
}

}  // namespace

std::optional<std::string> parameter_of(std::string_view field, std::string_view name) {
  Parameters parameters(field);
  std::optional<std::string> found;
  std::string_view one;
  std::string value;
  while (parameters.next(&one, &value)) {
    if (!equal_ignoring_case(one, name)) continue;
    if (found) return std::nullopt;
    found = value;
  }
  return parameters.is_malformed() ? std::nullopt : found;
}

std::optional<std::string> multipart_boundary(std::string_view content_type) {
  if (!equal_ignoring_case(type_of(content_type), "multipart/form-data")) return std::nullopt;
  auto boundary = parameter_of(content_type, "boundary");
  const bool is_good = boundary && !boundary->empty() && boundary->size() <= kBoundaryBytesMax &&
                       boundary->back() != ' ' &&
                       std::ranges::all_of(*boundary, [](char c) { return c >= 0x20 && c < 0x7F; });
  return is_good ? boundary : std::nullopt;
}

// `pending_` starts with a line end because the first delimiter may open the body without one.
MultipartReader::MultipartReader(std::string_view boundary)
    : delimiter_("\r\n--" + std::string(boundary)), pending_("\r\n") {}

Result<void> MultipartReader::feed(std::string_view bytes, const Sink& sink) {
  if (!result_) return result_;
  pending_ += bytes;
  bool goes_on = true;
  while (goes_on && result_) {
    switch (state_) {
      case State::kBetween:
      case State::kFile:
        goes_on = pass_to_delimiter(sink);
        break;
      case State::kDelimiterEnd:
        goes_on = read_delimiter_end();
        break;
      case State::kHead:
        goes_on = read_head();
        break;
      case State::kDone:  // what follows is ignored
        at_ = pending_.size();
        goes_on = false;
        break;
    }
  }
  pending_.erase(0, at_);
  at_ = 0;
  return result_;
}

Result<void> MultipartReader::finish() const {
  if (!result_) return result_;
  if (state_ != State::kDone)
    return make_error(ErrorKind::kBadInput, "the multipart body ends before its last boundary");
  if (!has_file_)
    return make_error(ErrorKind::kBadInput,
                      "no part of the multipart body is a file: none has a filename");
  return {};
}

// Passes what can no longer be part of a delimiter to the sink, or drops it between files.
bool MultipartReader::pass_to_delimiter(const Sink& sink) {
  const std::size_t found = pending_.find(delimiter_, at_);
  const bool is_found = found != std::string::npos;
  const std::size_t kept = delimiter_.size() - 1;
  std::size_t end = found;
  if (!is_found) end = std::max(at_, pending_.size() > kept ? pending_.size() - kept : 0);
  if (state_ == State::kFile && end > at_)
    result_ = sink(std::string_view(pending_).substr(at_, end - at_));
  at_ = is_found ? end + delimiter_.size() : end;
  if (is_found) state_ = State::kDelimiterEnd;
  return is_found;
}

// Two hyphens end the body; otherwise the rest of the line must be blank, and a part head follows.
bool MultipartReader::read_delimiter_end() {
  if (pending_.size() - at_ < 2) return false;
  if (pending_.compare(at_, 2, "--") == 0) {
    state_ = State::kDone;
    return true;
  }
  const std::size_t end = pending_.find("\r\n", at_);
  const std::string_view padding = std::string_view(pending_).substr(
      at_, std::min(end, pending_.ends_with('\r') ? pending_.size() - 1 : pending_.size()) - at_);
  if (padding.find_first_not_of(" \t") != std::string_view::npos ||
      padding.size() > kPartHeadBytesMax) {
    fail("something stands behind a boundary of the multipart body");
    return false;
  }
  if (end == std::string::npos) return false;
  at_ = end;  // not behind it: with an empty head it begins the CRLF CRLF that read_head() wants
  state_ = State::kHead;
  return true;
}

bool MultipartReader::read_head() {
  const std::size_t end = pending_.find("\r\n\r\n", at_);
  const std::size_t size = (end == std::string::npos ? pending_.size() : end) - at_;
  if (size > kPartHeadBytesMax) {
    fail("the head of a part of the multipart body is too long");
    return false;
  }
  if (end == std::string::npos) return false;
  const std::size_t begin = std::min(at_ + 2, end);
  const PartHead head = read_part_head(std::string_view(pending_).substr(begin, end - begin));
  at_ = end + 4;
  if (head.is_malformed) fail("the head of a part of the multipart body is malformed");
  if (head.is_encoded) fail("a part of the multipart body has a Content-Transfer-Encoding");
  if (head.is_file && has_file_) fail("the multipart body holds more than one file; send one");
  if (++parts_ > kPartsMax) fail("the multipart body has too many parts");
  has_file_ |= head.is_file;
  state_ = head.is_file ? State::kFile : State::kBetween;
  return result_.has_value();
}

void MultipartReader::fail(std::string message) {
  if (result_) result_ = make_error(ErrorKind::kBadInput, std::move(message));
}

}  // namespace beian::http
