// Appends to a string through a pointer into room made ahead: for answers of many small pieces,
// where appending to the string would cost more than the piece. Not a JsonWriter: the caller writes
// commas and keys, mostly as parts of its literals.
//
//   out:  | what was there | written …   at_ | room … end_ |
//
// 1. Every write first makes sure of its room, so no caller counts bytes.
// 2. Until the pen is destroyed the string belongs to it alone; then it ends where the pen stopped.
//
// One thread.
#pragma once

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "cache/base/json_escape.h"
#include "cache/base/print_time.h"

namespace beian {

class Pen {
 public:
  explicit Pen(std::string* out) : out_(out) { point_behind(out->size()); }
  ~Pen() { out_->resize(size()); }
  Pen(const Pen&) = delete;
  Pen& operator=(const Pen&) = delete;

  // A literal of ours, as it is. The compiler knows its length, so it is a few moves.
  template <std::size_t kSize>
  void literal(const char (&text)[kSize]) {
    make_room(kSize);
    std::memcpy(at_, text, kSize - 1);
    at_ += kSize - 1;
  }
  // Text that needs no escape, as it is.
  void text(std::string_view text) {
    if (text.empty()) return;  // its pointer may be null
    make_room(text.size());
    std::memcpy(at_, text.data(), text.size());
    at_ += text.size();
  }
  // Text from outside, as the inside of a JSON string (json_text.h).
  void json_text(std::string_view text) {
    const std::size_t clean = clean_json_bytes(text);
    this->text(text.substr(0, clean));
    if (clean < text.size()) odd_json_text(text.substr(clean));
  }
  void json_string(std::string_view text) {
    literal("\"");
    json_text(text);
    literal("\"");
  }
  void unsigned_integer(std::uint64_t value) {
    make_room(kIntegerBytesMax);
    at_ = std::to_chars(at_, end_, value).ptr;
  }
  void day(Day day) {
    make_room(kInstantBytesMax);
    at_ = print_day(day, at_);
  }
  void instant(Instant time) {
    make_room(kInstantBytesMax);
    at_ = print_instant(time, at_);
  }
  // Calls `print(pointer)`, which writes at most `bytes_max` bytes there and returns their end.
  template <class Print>
  void printed(std::size_t bytes_max, Print print) {
    make_room(bytes_max);
    at_ = print(at_);
  }

  // Length of the string so far, including what was there before.
  std::size_t size() const noexcept { return static_cast<std::size_t>(at_ - out_->data()); }
  // Everything behind the first `size` bytes. Valid until the next write.
  std::string_view since(std::size_t size) const noexcept {
    return std::string_view(out_->data(), this->size()).substr(size);
  }
  // Takes back all but the first `size` bytes. REQUIRES: size <= size().
  void cut(std::size_t size) noexcept { at_ = out_->data() + size; }

 private:
  // A short answer fits in the first room; a long one grows a few times.
  static constexpr std::size_t kRoomBytes = 1024;
  static constexpr std::size_t kIntegerBytesMax = 20;

  void make_room(std::size_t bytes) {
    if (static_cast<std::size_t>(end_ - at_) < bytes) [[unlikely]]
      grow(bytes);
  }
  void grow(std::size_t bytes);
  void odd_json_text(std::string_view text);
  void point_behind(std::size_t size) noexcept {
    at_ = out_->data() + size;
    end_ = out_->data() + out_->size();
  }

  std::string* out_;
  char* at_;
  char* end_;
};

}  // namespace beian
