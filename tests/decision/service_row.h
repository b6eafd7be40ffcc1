// A feed row for tests of which filing is found by what.
#pragma once

#include <string>
#include <string_view>

namespace beian::test {

// A service with `fields`, of the subject of `number`.
inline std::string service(int id, std::string_view number, std::string_view fields) {
  std::string out = "{'record':'service','id':" + std::to_string(id) + ",'number':'";
  out.append(number).append("',").append(fields).append("}\n");
  for (char& c : out)
    if (c == '\'') c = '"';
  return out;
}

}  // namespace beian::test
