// The raw check of a request head, before Beast's parser sees it: every byte and line end.
//
// Beast unfolds continued lines, takes white space and bare line feeds in silence and bounds
// nothing that we want bounded, which is what request smuggling lives on. So the bytes are judged
// here, line by line as they come in; what passes is a head that every reader understands the same
// way. What the fields mean (Host, framing, Expect) is head_rules.h.
//
// The verdict depends on the bytes only, never on how they were cut into reads: lines are judged in
// order, each when it is complete.
#pragma once

#include <cstddef>
#include <string_view>

#include "gate/http/message.h"
#include "gate/http/server_limits.h"

namespace beian::http {

enum class Progress { kNeedMore, kComplete, kRefused };

class HeadCheck {
 public:
  explicit HeadCheck(const ServerLimits& limits) : limits_(limits) {}

  // Judges what is new in `bytes`, which starts with the same bytes as at the previous call since
  // reset(). Linear in the new bytes; no allocation.
  Progress advance(std::string_view bytes);
  void reset();

  // After kComplete: the head is [start(), end()) of the bytes, with its empty line and without the
  // empty lines in front of it.
  std::size_t start() const noexcept { return start_; }
  std::size_t end() const noexcept { return line_start_; }
  // After kRefused.
  const Refusal& refusal() const noexcept { return refusal_; }

 private:
  Progress refuse(unsigned status, std::string_view detail);
  Progress judge_request_line(std::string_view line);
  Progress judge_unfinished(std::size_t bytes);

  const ServerLimits& limits_;
  std::size_t start_ = 0;       // of the request line
  std::size_t line_start_ = 0;  // of the first line not judged yet
  std::size_t scanned_ = 0;     // no line feed before it in the unjudged line
  std::size_t fields_count_ = 0;
  bool has_request_line_ = false;
  Refusal refusal_{};
};

// Empty when `line` (without its line end) is a well-formed field line; otherwise what is wrong.
std::string_view fault_of_field_line(std::string_view line) noexcept;

}  // namespace beian::http
