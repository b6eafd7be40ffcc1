// Opens a snapshot read from Redis beside the threads that answer requests (cache/base/aside.h).
#pragma once

#include <atomic>
#include <memory>
#include <string>

#include "cache/base/aside.h"
#include "cache/snapshot/trust.h"
#include "cache/snapshot/verify_patience.h"

namespace beian::cache {

// open_trusted() of a file of `file_bytes` bytes, at low priority. Blocks; soon after `is_unwanted`
// is set, it gives up with kUnavailable.
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
