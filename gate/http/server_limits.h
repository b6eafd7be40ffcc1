// The bounds of limits.h that the HTTP layer obeys, as values: tests shorten them, operators may
// tune some. Copied once into every worker and constant from then on.
#pragma once

#include <chrono>
#include <cstddef>

#include "cache/base/limits.h"
#include "gate/http/package_limits.h"

namespace beian::http {

// The most that an operator may set for connections_per_address_max; beyond: bad input.
inline constexpr std::size_t kConnectionsPerAddressLimit = 1'000'000;

struct ServerLimits {
  std::size_t head_bytes_max = limits::kHeadBytesMax;
  std::size_t head_fields_max = limits::kHeadFieldsMax;  // at most limits::kHeadFieldsMax
  std::size_t target_bytes_max = limits::kTargetBytesMax;
  std::size_t chunk_line_bytes_max = limits::kChunkLineBytesMax;
  std::size_t trailer_bytes_max = limits::kTrailerBytesMax;
  std::size_t body_bytes_per_second_min = limits::kBodyBytesPerSecondMin;
  std::size_t linger_bytes_max = limits::kLingerBytesMax;
  std::size_t connections_per_address_max = limits::kConnectionsPerAddressMax;
  std::chrono::milliseconds head_deadline = limits::kHeadDeadline;
  std::chrono::milliseconds body_deadline = limits::kBodyDeadline;
  std::chrono::milliseconds body_rate_grace = limits::kBodyRateGrace;
  std::chrono::milliseconds idle_deadline = limits::kIdleDeadline;
  std::chrono::milliseconds stream_idle_deadline = limits::kStreamIdleDeadline;
  std::chrono::milliseconds upload_deadline = kPackageDeadline;
  std::chrono::milliseconds write_deadline = limits::kWriteDeadline;
  std::chrono::milliseconds linger_deadline = limits::kLingerDeadline;
  std::chrono::milliseconds drain_idle_grace = limits::kDrainIdleGrace;
  std::chrono::milliseconds tick = limits::kTick;
};

}  // namespace beian::http
