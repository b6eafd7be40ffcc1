// Proof of rotation: an app that changed its signing key carries a chain in which each certificate
// vouches for the next. [source.android.com, APK Signature Scheme v3, proof-of-rotation]
#pragma once

#include <vector>

#include "cache/base/bytes.h"
#include "cache/base/result.h"
#include "gate/package/signatures.h"

namespace beian::package {

// `record`: the value of a v3 signer's attribute 0x3ba06f8c. Returns the steps oldest first; the
// last is the current certificate, which the caller compares. kBadInput names the level that is
// malformed, carries a signature that does not verify, or repeats a certificate of the chain.
[[nodiscard]] Result<std::vector<LineageStep>> read_lineage(ByteView record);

}  // namespace beian::package
