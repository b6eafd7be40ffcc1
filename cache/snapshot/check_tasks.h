// Runs independent checks on several threads and reports the first failure in their order, so that
// the message does not depend on the schedule. Used by check_*.cc only.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "cache/base/result.h"
#include "cache/snapshot/tables.h"

namespace beian::cache {

using CheckTask = std::function<Result<void>()>;

// Runs all tasks on at most `threads_max` threads; returns the error of the first one that fails.
// kUnavailable when the caller was abandoned (aside.h) before all had started.
[[nodiscard]] Result<void> run_checks(const std::vector<CheckTask>& tasks, unsigned threads_max);

// Cuts [0, count) into tasks of `step` items, each calling `check(first, end)`.
template <class Check>
void add_ranges(std::uint64_t count, std::uint64_t step, Check check,
                std::vector<CheckTask>* tasks) {
  for (std::uint64_t first = 0; first < count; first += step)
    tasks->push_back(
        [check, first, end = std::min(count, first + step)] { return check(first, end); });
}

// File offset of `place`, which points into the file.
inline std::uint64_t offset_of(const SnapshotTables& tables, const void* place) {
  return static_cast<std::uint64_t>(static_cast<const std::uint8_t*>(place) - tables.file.data());
}

void add_row_checks(const SnapshotTables& tables, std::vector<CheckTask>* tasks);  // check_rows.cc
void add_index_checks(const SnapshotTables& tables,
                      std::vector<CheckTask>* tasks);  // check_indexes.cc

}  // namespace beian::cache
