// Reads a request head line by line as it arrives: validates every byte and parses in one pass.
//
// What request smuggling relies on (folded lines, stray white space, bare line feeds) is refused,
// never repaired. What passes is a head that every reader understands the same way;
// tests/fuzz/head_fuzz.cc compares with Beast. What the fields mean (Host, framing, Connection,
// Expect) is in head_rules.h.
//
// The result depends on the bytes only, never on how they were split into reads: lines are judged
// in order, each once it is complete. No allocation. One reader per connection, on its thread.
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

  // Judges what is new in `bytes`, which must begin with the bytes of the previous call since
  // reset(). Linear in the new bytes.
  Progress advance(std::string_view bytes);
  void reset();

  // After kComplete: the head is [start(), end()) of the bytes, including the empty line that ends
  // it but not the empty lines before it.
  std::size_t start() const noexcept { return start_; }
  std::size_t end() const noexcept { return line_start_; }
  // nullopt for a method unknown to this server.
  std::optional<Method> method() const noexcept { return method_; }
  bool is_http_10() const noexcept { return is_http_10_; }
  // Views into the bytes, which now start at `base`.
  std::string_view target(const char* base) const noexcept;
  // Fills `fields` from the front and returns that part. REQUIRES: it has limits::kHeadFieldsMax
  // places.
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
  std::size_t line_start_ = 0;  // of the first line not yet judged
  std::size_t scanned_ = 0;     // no line feed between line_start_ and here
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
