// Why a request cannot be answered as it is written: the place and the reason.
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

// The reason phrase of a status that the gate uses; empty for any other. It is also the title of a
// problem [RFC 9457 §4.2.1].
std::string_view reason_of(unsigned status) noexcept;

// The step `/key` of a JSON Pointer [RFC 6901 §3]; a long or unprintable key is cut and escaped.
// For query parameters, seen as the members of one object, it is the whole pointer.
std::string pointer_step(std::string_view key);

}  // namespace beian::wire
