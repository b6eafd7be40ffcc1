// Opens a snapshot that was read from Redis beside threads that answer (cache/base/aside.h).
#pragma once

#include <memory>
#include <string>

#include "cache/base/aside.h"
#include "cache/snapshot/trust.h"
#include "cache/snapshot/verify_patience.h"

namespace beian::cache {

// open_trusted() of a file of so many bytes. Blocks.
inline Result<std::shared_ptr<const Snapshot>> open_aside(const std::string& path,
                                                          const Trust& trust,
                                                          std::uint64_t file_bytes) {
  constexpr std::chrono::milliseconds kBeat{250};
  return run_aside(
      verify_patience(file_bytes), [&] { return open_trusted(path, trust); }, kBeat, [] {});
}

}  // namespace beian::cache
