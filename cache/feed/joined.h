// Concatenates pieces of text, for messages and paths. gcc 12 falsely warns of overlap where a
// literal is put in front of a string (GCC bug 105651), and warnings are errors.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

namespace beian::cache {

inline std::string joined(std::initializer_list<std::string_view> pieces) {
  std::string text;
  for (const std::string_view piece : pieces) text += piece;
  return text;
}

}  // namespace beian::cache
