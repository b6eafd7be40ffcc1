// A request that cannot be answered because of how it is written: the place and the reason.
#pragma once

#include <string>
#include <string_view>

namespace beian::wire {

struct Problem {
  unsigned status = 400;
  std::string_view slug = "invalid-request";  // last part of the problem type
  std::string detail;                         // one sentence
  std::string pointer;                        // JSON Pointer; empty: the whole request
};

// The reason phrase of a status that the gate answers with, which is the title of its problems
// [RFC 9457 §4.2.1]; empty for any other.
std::string_view reason_of(unsigned status) noexcept;

// The step `/key` of a JSON Pointer [RFC 6901 §3]; a long or unprintable key is cut and escaped. Of
// query parameters, taken as the members of one object, it is the whole pointer.
std::string pointer_step(std::string_view key);

}  // namespace beian::wire
