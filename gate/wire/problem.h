// A request that cannot be answered because of how it is written: the place and the reason.
#pragma once

#include <string>
#include <string_view>

namespace beian::wire {

struct Problem {
  unsigned status = 400;
  std::string_view slug = "invalid-request";  // last part of the problem type
  std::string detail;                         // one sentence
  std::string pointer;                        // JSON Pointer or parameter name; empty: the whole
};

}  // namespace beian::wire
