// Reads everything a snapshot says and finds every record by everything it says of itself. Tests
// and fuzzing only: under ASan it shows that no accessor leaves its section.
#pragma once

#include <cstdint>
#include <string>

#include "cache/snapshot/snapshot.h"

namespace beian::cache::test {

// What did not agree, or empty. `expect_complete`: also that each record is found by each of its
// keys, which holds of files that our writer made, not of every file that opens.
std::string walk(const Snapshot& snapshot, bool expect_complete);

}  // namespace beian::cache::test
