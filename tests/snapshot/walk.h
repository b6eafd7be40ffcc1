// Reads everything in a snapshot and looks every record up by everything it says about itself.
// Tests and fuzzing only: under ASan it shows that no accessor leaves its section.
#pragma once

#include <cstdint>
#include <string>

#include "cache/snapshot/snapshot.h"

namespace beian::cache::test {

// What did not agree, or empty. `expect_complete` also requires each record to be found by each of
// its keys, which holds for files made by our writer, but not for every file that opens.
std::string walk(const Snapshot& snapshot, bool expect_complete);

}  // namespace beian::cache::test
