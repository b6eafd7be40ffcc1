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
  // Accept what carries no signature. With neither this nor a key, nothing is accepted: trusting
  // everybody has to be asked for.
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
// signature by somebody unknown, when no keys are given and unsigned is allowed. kUnsigned: no
// signature, when that is allowed. Errors: kUntrusted, with a message that begins with `what`.
[[nodiscard]] Result<SignatureState> check_trust(const std::string& what, const SignedBy& signed_by,
                                                 ByteView message, const Trust& trust);

// Snapshot::open() under `trust`; `verified_mark` is that of OpenOptions. Errors: those of open(),
// and kUntrusted as above.
[[nodiscard]] Result<std::shared_ptr<const Snapshot>> open_trusted(
    const std::string& path, const Trust& trust, const std::string& verified_mark = {});

}  // namespace beian::cache
