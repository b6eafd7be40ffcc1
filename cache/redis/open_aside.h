// Opens a snapshot that was read from Redis beside threads that answer (cache/base/aside.h).
#pragma once

#include <atomic>
#include <memory>
#include <string>

#include "cache/base/aside.h"
#include "cache/snapshot/trust.h"
#include "cache/snapshot/verify_patience.h"

namespace beian::cache {

// open_trusted() of a file of so many bytes. Blocks; once `is_unwanted`, a moment more, and then it
// is kUnavailable.
inline Result<std::shared_ptr<const Snapshot>> open_aside(const std::string& path,
                                                          const Trust& trust,
                                                          std::uint64_t file_bytes,
                                                          const std::atomic<bool>& is_unwanted) {
  constexpr std::chrono::milliseconds kBeat{250};
  return run_aside(
      verify_patience(file_bytes), [&] { return open_trusted(path, trust); }, kBeat, [] {},
      &is_unwanted);
}

}  // namespace beian::cache
