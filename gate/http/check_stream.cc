#include "gate/http/check_stream.h"

#include <algorithm>

#include "cache/base/json_writer.h"
#include "cache/base/limits.h"

namespace beian::http {
namespace {

bool is_blank_line(std::string_view line) noexcept {
  return line.find_first_not_of(" \t\r") == std::string_view::npos;
}

}  // namespace

std::size_t CheckStream::take(std::string_view bytes, std::string* out) {
  std::size_t taken = 0;
  std::size_t expected = 0;  // rows ahead that expect() has seen
  while (taken < bytes.size() && out->size() < limits::kOutputBytesHigh) {
    const std::string_view rest = bytes.substr(taken);
    const std::size_t end = rest.find('\n');
    if (end == std::string_view::npos) {
      keep(rest);
      return bytes.size();
    }
    if (expected == 0) {
      answers_->expect(rest);
      expected = RowAnswers::kRowsAhead;
    }
    --expected;
    taken += end + 1;
    if (partial_.empty() && !is_line_too_long_) {
      take_line(rest.substr(0, end), out);
    } else {
      keep(rest.substr(0, end));
      partial_.append(limits::kBodyPaddingBytes, '\0');
      take_line({partial_.data(), partial_.size() - limits::kBodyPaddingBytes}, out);
      partial_.clear();
    }
  }
  return taken;
}

void CheckStream::finish(std::string* out) {
  if (!partial_.empty() || is_line_too_long_) take("\n", out);
  JsonWriter json(out);
  json.begin_object();
  json.key("summary");
  json.begin_object();
  const auto count = [&json](std::string_view name, std::uint64_t value) {
    json.unsigned_field(name, value);
  };
  count("rows", rows_);
  for (const Effect effect : {Effect::kAllow, Effect::kDeny, Effect::kReview, Effect::kUnknown})
    count(name_of(effect), decisions_[static_cast<std::size_t>(effect)]);
  count("problems", problems_);
  std::string registry;
  answers_->describe_registry(&registry);
  json.key("registry");
  json.raw(registry);
  json.end_object();
  json.end_object();
  *out += '\n';
}

void CheckStream::take_line(std::string_view line, std::string* out) {
  if (line.ends_with('\r')) line.remove_suffix(1);  // part of the line end, not of the row
  const bool is_long =
      std::exchange(is_line_too_long_, false) || line.size() > limits::kStreamLineBytesMax;
  if (!is_long && is_blank_line(line)) return;
  ++rows_;
  std::optional<Effect> effect;
  if (is_long)
    answers_->refuse_long(out);
  else
    effect = answers_->answer(line, out);
  *out += '\n';
  if (effect)
    ++decisions_[static_cast<std::size_t>(*effect)];
  else
    ++problems_;
}

// Keeps the beginning of a line until the rest arrives. One byte over the limit is allowed, for it
// may be the CR of the line end. Of a line that is too long nothing is kept.
void CheckStream::keep(std::string_view part) {
  is_line_too_long_ |= partial_.size() + part.size() > limits::kStreamLineBytesMax + 1;
  if (is_line_too_long_)
    partial_.clear();
  else
    partial_ += part;
}

}  // namespace beian::http
