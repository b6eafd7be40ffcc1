// Proof of rotation: an app that changes its key shows a chain in which each certificate vouches
// for the next one. [source.android.com, APK Signature Scheme v3, proof-of-rotation]
#pragma once

#include <vector>

#include "cache/base/bytes.h"
#include "cache/base/result.h"
#include "gate/package/signatures.h"

namespace beian::package {

// `record`: the value of a v3 signer's attribute 0x3ba06f8c. Oldest first; the last one is the
// current certificate, which the caller compares. kBadInput says which level is malformed, vouched
// for by a signature that does not verify, or a second time in the chain.
[[nodiscard]] Result<std::vector<LineageStep>> read_lineage(ByteView record);

}  // namespace beian::package
