// How long verifying a snapshot beside answers may use left-over time only (cache/base/aside.h): as
// long as it would take with a tenth of a processor. So a busy machine serves a new registry at
// most twice as late as if the verification had merely given way from the start.
#pragma once

#include <chrono>
#include <cstdint>

namespace beian::cache {

inline constexpr std::chrono::milliseconds kVerifyPatienceMin{1'000};
inline constexpr std::chrono::milliseconds kVerifyPatienceAMiB{30};

constexpr std::chrono::milliseconds verify_patience(std::uint64_t file_bytes) noexcept {
  return kVerifyPatienceMin + kVerifyPatienceAMiB * (file_bytes >> 20);
}

}  // namespace beian::cache
