// Proves of an opened file, once and before anything is answered from it, everything that reading
// relies on. Checksums tell accidents; these checks also hold against a file whose checksums are
// right and whose author is hostile: afterwards no accessor leaves its section.
//
// Linear in the file, on up to limits::kVerifyThreadsMax threads.
#pragma once

#include "cache/base/result.h"
#include "cache/snapshot/tables.h"

namespace beian::cache {

// Header and block hashes against the root hash. Errors: kDamaged.
[[nodiscard]] Result<void> check_root(const SnapshotTables& tables);

// Every block against its hash. REQUIRES: check_root(). Errors: kDamaged.
[[nodiscard]] Result<void> check_blocks(const SnapshotTables& tables);

// Rows, bodies, references, indexes and counts. Errors: kDamaged with section and byte offset of
// the first fault (of the lowest section, when there are several).
[[nodiscard]] Result<void> check_structure(const SnapshotTables& tables);

}  // namespace beian::cache
