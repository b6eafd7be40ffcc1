// What the package desk counts (package_desk.h). A value.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <string_view>

namespace beian::http {

// How inspections end; the words are those of the metrics.
enum class PackageResult : std::uint8_t {
  kRead,        // 200
  kUnreadable,  // 400: not a package, or a damaged one
  kMalformed,   // 400: the multipart body is malformed
  kTooLarge,    // 413
  kNoRoom,      // 503: the disk failed, or memory ran out
  kGivenUp,     // the peer left, or was too slow
};
inline constexpr std::array<std::string_view, 6> kPackageResultWords = {
    "read", "unreadable", "malformed", "too_large", "no_room", "given_up"};

struct PackageStats {
  std::array<std::uint64_t, kPackageResultWords.size()> results{};
  std::uint64_t in_flight = 0;
  std::uint64_t bytes = 0;                     // of packages received whole
  std::chrono::nanoseconds inspecting_time{};  // of all inspections together
  std::uint64_t bytes_max = 0;
  std::uint64_t concurrent_max = 0;
};

}  // namespace beian::http
