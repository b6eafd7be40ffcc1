// Proves everything that reading an opened file relies on, once and before anything is answered
// from it. Checksums detect accidents; these checks also hold against a file with correct checksums
// and a hostile author: afterwards no accessor leaves its section.
//
// Linear in the size of the file, on up to limits::kVerifyThreadsMax threads.
#pragma once

#include "cache/base/result.h"
#include "cache/snapshot/tables.h"

namespace beian::cache {

// Checks header and block hashes against the root hash. Errors: kDamaged.
[[nodiscard]] Result<void> check_root(const SnapshotTables& tables);

// Checks every block against its hash. REQUIRES: check_root(). Errors: kDamaged.
[[nodiscard]] Result<void> check_blocks(const SnapshotTables& tables);

// Checks rows, bodies, references, indexes and counts. Errors: kDamaged with section and byte
// offset of the first fault (in the lowest section, when there are several).
[[nodiscard]] Result<void> check_structure(const SnapshotTables& tables);

}  // namespace beian::cache
