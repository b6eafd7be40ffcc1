// How long verifying a snapshot may take beside answers with nothing but time that is left over
// (cache/base/aside.h): what a ninth of a processor takes. So a busy machine serves a new registry
// at most twice as late as if its verifying had only given way.
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
