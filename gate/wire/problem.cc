#include "gate/wire/problem.h"

#include "cache/base/bytes.h"

namespace beian::wire {

std::string pointer_step(std::string_view key) {
  std::string out = "/";
  for (const char c : printable(key, 100)) {
    if (c == '~')
      out += "~0";
    else if (c == '/')
      out += "~1";
    else
      out += c;
  }
  return out;
}

}  // namespace beian::wire
