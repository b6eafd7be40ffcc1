// Parses JSON from outside as a whole, with simdjson's DOM: every byte is validated before any
// value is read. Also the words in which problems say what is wrong with it.
#pragma once

#include <simdjson.h>

#include <string>
#include <string_view>

#include "cache/base/limits.h"
#include "gate/wire/fields.h"
#include "gate/wire/problem.h"

namespace beian::wire {

// "a string", "an object" and so on.
std::string_view type_name(simdjson::dom::element_type type) noexcept;
// For an id, which may be either.
inline constexpr std::string_view kWantedId =
    "must be a string, or an integer from -2^63 to 2^63-1";
// "must be …, not …": what is wrong with a value of a type that the field cannot have.
std::string type_fault(SlotType wanted, simdjson::dom::element_type given);

// One document at a time, valid until the next. Its memory grows with what it reads and is kept.
// One thread.
class JsonParser {
 public:
  // Values nested deeper are refused.
  explicit JsonParser(std::size_t depth_max) : depth_max_(depth_max) {}

  // Returns false after explaining as `invalid-json`, without a pointer.
  bool parse(std::string_view json, simdjson::dom::element* root, Problem* problem);

 private:
  const std::size_t depth_max_;
  simdjson::dom::parser parser_{limits::kBatchBytesMax + 1};
};

}  // namespace beian::wire
