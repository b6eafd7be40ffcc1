// What was built, as set by CMake.
#pragma once

#include <string_view>

namespace beian {

inline constexpr std::string_view kVersion = BEIAN_VERSION;
inline constexpr std::string_view kCompiler = BEIAN_COMPILER;

}  // namespace beian
