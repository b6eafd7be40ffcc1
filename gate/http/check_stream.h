// `POST /v1/checks:stream`: lines of check requests in, lines of decisions out, in order, while the
// requests still arrive. Constant memory whatever the length.
//
// A line that cannot be answered gets a problem line, and the stream continues. The last line is
// the summary; an answer without it was cut off. Lives on the worker's thread.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "gate/decision/finding.h"
#include "gate/http/message.h"

namespace beian::http {

// Answers the rows; implemented by the Service. One thread.
class RowAnswers {
 public:
  // How many rows expect() looks at.
  static constexpr std::size_t kRowsAhead = 16;

  virtual ~RowAnswers() = default;

  // A hint: `text` begins with the next rows, as many as have arrived, at least one. What the first
  // kRowsAhead of them will look up can be prefetched.
  virtual void expect(std::string_view text) { static_cast<void>(text); }
  // Appends the answer to one row, without a line end. Returns the effect of its decision, or
  // nullopt when the answer is a problem. limits::kBodyPaddingBytes behind `row` are readable.
  virtual std::optional<Effect> answer(std::string_view row, std::string* out) = 0;
  // Appends the problem for a row longer than limits::kStreamLineBytesMax.
  virtual void refuse_long(std::string* out) = 0;
  // Appends the registry's state as a JSON object, for the summary.
  virtual void describe_registry(std::string* out) = 0;
};

class CheckStream final : public Stream {
 public:
  explicit CheckStream(std::unique_ptr<RowAnswers> answers) : answers_(std::move(answers)) {}

  std::size_t take(std::string_view bytes, std::string* out) override;
  void finish(std::string* out) override;

 private:
  void take_line(std::string_view line, std::string* out);
  void keep(std::string_view part);

  const std::unique_ptr<RowAnswers> answers_;
  std::string partial_;            // the beginning of a line whose end has not arrived
  bool is_line_too_long_ = false;  // the rest of the line is dropped
  std::uint64_t rows_ = 0;         // blank lines do not count
  std::uint64_t problems_ = 0;
  std::array<std::uint64_t, kEffectCount> decisions_{};
};

}  // namespace beian::http
