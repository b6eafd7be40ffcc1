// Differences between two snapshots, record by record; registry_diff_verb.cc finds the changed
// decisions.
#pragma once

#include <cstdint>

#include "cache/snapshot/snapshot.h"

namespace beian::cli {

struct RecordCounts {
  std::uint64_t added = 0;
  std::uint64_t removed = 0;
  std::uint64_t changed = 0;
};
struct RecordDiff {
  RecordCounts subjects;
  RecordCounts services;
};

// Prints a line of JSON for each subject and service that was added, removed or changed, as
// described in API.md: subjects first, each kind ordered by number. Linear in both; holds one
// record of each.
RecordDiff print_record_diff(const cache::Snapshot& before, const cache::Snapshot& after);

}  // namespace beian::cli
