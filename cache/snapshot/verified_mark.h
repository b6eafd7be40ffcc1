// A note beside a snapshot, saying that all of it was verified since the machine booted. Whoever
// opens the same file again may rely on that, just as a process that keeps it open does: in both
// cases only the kernel's word says that the bytes are still those that were verified.
//
// A mark is valid for this file as it is (device, inode, size, times of content and of inode), this
// root hash, this boot and this version of the checks; otherwise the file is verified again. So a
// copy of the file, a write to it, a restored backup or a power cut voids it. A write within the
// same tick of the kernel's clock (4 ms) as the last one before the mark does not.
//
// Any thread; each function reads or writes files and blocks.
#pragma once

#include <string>

#include "cache/base/file.h"
#include "cache/base/result.h"
#include "cache/base/sha256.h"

namespace beian::cache {

// What a mark says of a file; empty when the kernel does not tell one boot from another.
std::string verified_mark_of(const FileIdentity& file, const Sha256& root_hash);

// Whether the mark at `path` is of this file; false when there is none or it cannot be read.
bool is_verified_by(const std::string& path, const FileIdentity& file, const Sha256& root_hash);

// Writes the mark. REQUIRES: the file was verified, or opened by such a mark. Errors: kUnavailable;
// then the next start verifies it once more, and nothing else is lost.
[[nodiscard]] Result<void> mark_verified(const std::string& path, const FileIdentity& file,
                                         const Sha256& root_hash);

}  // namespace beian::cache
