// Writes JSON on one line by appending to a string; takes care of brackets and commas. Not a
// formatter, not a DOM.
//
// Values are escaped; keys are our own literals and are not. One thread.
#pragma once

#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>

#include "cache/base/json_text.h"

namespace beian {

class JsonWriter {
 public:
  explicit JsonWriter(std::string* out) : out_(out) {}

  void begin_object() { open('{'); }
  void end_object() { close('}'); }
  void begin_array() { open('['); }
  void end_array() { close(']'); }

  void key(std::string_view name) {
    comma();
    *out_ += '"';
    *out_ += name;
    out_->append("\":", 2);
    is_after_key_ = true;
  }

  void string(std::string_view value) {
    comma();
    append_json_string(value, out_);
  }
  // One of our own words (an enumerator's name, a pointer): printable ASCII that needs no escape.
  void word(std::string_view value) {
    comma();
    *out_ += '"';
    *out_ += value;
    *out_ += '"';
  }
  void boolean(bool value) { raw(value ? "true" : "false"); }
  void null() { raw("null"); }
  void integer(std::int64_t value) { number(value); }
  void unsigned_integer(std::uint64_t value) { number(value); }
  // Text that is already JSON.
  void raw(std::string_view json) {
    comma();
    *out_ += json;
  }

  void field(std::string_view name, std::string_view value) {
    key(name);
    string(value);
  }
  void word_field(std::string_view name, std::string_view value) {
    key(name);
    word(value);
  }
  void unsigned_field(std::string_view name, std::uint64_t value) {
    key(name);
    unsigned_integer(value);
  }
  template <class Optional>
  void optional_field(std::string_view name, const Optional& value) {
    key(name);
    value ? string(*value) : null();
  }

  std::string* out() const noexcept { return out_; }

 private:
  void open(char bracket) {
    comma();
    *out_ += bracket;
    is_first_ = true;
  }
  void close(char bracket) {
    *out_ += bracket;
    is_first_ = false;
  }
  void comma() {
    if (!is_first_ && !is_after_key_) *out_ += ',';
    is_first_ = is_after_key_ = false;
  }
  template <class Integer>
  void number(Integer value) {
    comma();
    char digits[24];
    const auto [end, error] = std::to_chars(digits, digits + sizeof digits, value);
    out_->append(digits, end);
  }

  std::string* out_;
  bool is_first_ = true;
  bool is_after_key_ = false;
};

}  // namespace beian
