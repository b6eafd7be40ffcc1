// Reads a request head line by line as it comes in: every byte judged, taken apart in one pass.
//
// What request smuggling lives on, continued lines, white space where none belongs, bare line
// feeds, is refused and never mended; what passes is a head that every reader understands the same
// way (tests/fuzz/head_fuzz.cc holds it against Beast). What the fields mean (Host, framing,
// Connection, Expect) is head_rules.h.
//
// The verdict depends on the bytes only, never on how they were cut into reads: lines are judged in
// order, each when it is complete. No allocation. One reader serves one connection, on its thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "gate/http/message.h"
#include "gate/http/server_limits.h"

namespace beian::http {

enum class Progress { kNeedMore, kComplete, kRefused };

class HeadReader {
 public:
  explicit HeadReader(const ServerLimits& limits) : limits_(limits) {}

  // Judges what is new in `bytes`, which starts with the same bytes as at the previous call since
  // reset(). Linear in the new bytes.
  Progress advance(std::string_view bytes);
  void reset();

  // After kComplete: the head is [start(), end()) of the bytes, with its empty line and without the
  // empty lines in front of it.
  std::size_t start() const noexcept { return start_; }
  std::size_t end() const noexcept { return line_start_; }
  // nullopt for a method that this server has never heard of.
  std::optional<Method> method() const noexcept { return method_; }
  bool is_http_10() const noexcept { return is_http_10_; }
  // Views into the bytes, which start at `base` by now.
  std::string_view target(const char* base) const noexcept;
  // Fills the front of `fields`. REQUIRES: it has limits::kHeadFieldsMax places.
  std::span<const Field> fields(const char* base, std::span<Field> fields) const noexcept;

  // After kRefused.
  const Refusal& refusal() const noexcept { return refusal_; }

 private:
  // Offsets from the start of the bytes, which may move between two reads.
  struct FieldPlace {
    std::uint16_t name;
    std::uint16_t name_bytes;
    std::uint16_t value;
    std::uint16_t value_bytes;
  };
  static_assert(limits::kHeadBytesMax <= 0xFFFF);

  Progress refuse(unsigned status, std::string_view detail);
  Progress read_request_line(std::string_view line);
  Progress read_field_line(std::string_view line);
  Progress judge_unfinished(std::size_t bytes);

  const ServerLimits& limits_;
  std::size_t start_ = 0;       // of the request line
  std::size_t line_start_ = 0;  // of the first line not judged yet
  std::size_t scanned_ = 0;     // no line feed before it in the unjudged line
  std::size_t target_ = 0;
  std::size_t target_bytes_ = 0;
  std::size_t fields_count_ = 0;
  bool has_request_line_ = false;
  bool is_http_10_ = false;
  std::optional<Method> method_;
  Refusal refusal_{};
  std::array<FieldPlace, limits::kHeadFieldsMax> places_;
};

// Empty when `line` (without its line end) is a well-formed field line; otherwise what is wrong.
std::string_view fault_of_field_line(std::string_view line) noexcept;

}  // namespace beian::http
