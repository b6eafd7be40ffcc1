// Whose signatures count. One set of keys for all that comes from outside: snapshots, delta batches
// and manifests.
//
// Values; any thread.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "cache/base/result.h"
#include "cache/snapshot/seal.h"
#include "cache/snapshot/snapshot.h"

namespace beian::cache {

struct Trust {
  std::vector<PublicKey> keys;  // several, so that keys can be changed without a gap
  // Accept what carries no signature. With neither this nor a key, nothing is accepted: to trust
  // everybody has to be said.
  bool allow_unsigned = false;
};

// A signature as files carry it: both zero when unsigned.
struct SignedBy {
  PublicKey signer{};
  Signature signature{};
};

// Signs `message` with `key`; unsigned when it is null.
SignedBy sign_with(const SigningKey* key, ByteView message);

// Whether `message` may be believed. kTrusted: signed by one of the keys. kUnchecked: a genuine
// signature, of whom nobody knows, where no keys are given and unsigned is allowed. kUnsigned: none
// where that is allowed. Errors: kUntrusted, beginning with `what`.
[[nodiscard]] Result<SignatureState> check_trust(const std::string& what, const SignedBy& signed_by,
                                                 ByteView message, const Trust& trust);

// Snapshot::open() under `trust`; `verified_mark` as in its options. Errors: its own, and
// kUntrusted as above.
[[nodiscard]] Result<std::shared_ptr<const Snapshot>> open_trusted(
    const std::string& path, const Trust& trust, const std::string& verified_mark = {});

}  // namespace beian::cache
