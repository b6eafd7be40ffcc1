// File name extensions.
//
// Pure; any thread.
#pragma once

#include <algorithm>
#include <string_view>

namespace beian {

// Whether `name` ends in `extension` (`.csv`, in lower case), ignoring case.
inline bool has_extension(std::string_view name, std::string_view extension) noexcept {
  if (name.size() < extension.size()) return false;
  name.remove_prefix(name.size() - extension.size());
  return std::ranges::equal(name, extension, [](char in_name, char small) {
    return (in_name >= 'A' && in_name <= 'Z' ? in_name + 32 : in_name) == small;
  });
}

}  // namespace beian
