// The signers of one scheme in the APK Signing Block: v2, v3 or v3.1, which differ in the Android
// releases that v3 signers name. Each signer is verified in the order Android uses: the strongest
// signature over the signed data with the given key, the algorithms of signatures and digests
// against each other, the key against the first certificate, the release range against the signed
// one, and last the rotation. [source.android.com, APK Signature Scheme v2, v3, v3.1]
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cache/base/bytes.h"
#include "gate/package/oddity.h"
#include "gate/package/signature_algorithm.h"
#include "gate/package/signatures.h"

namespace beian::package {

struct BlockSigner {
  Signer signer;
  // Digest kind of the package's contents, from the verified signature; none if it did not verify.
  std::optional<ContentDigest> content;
  ByteView content_digest;  // a view of the file
  // Protection against stripping: other schemes that were used when this signature was made.
  std::optional<std::uint32_t> v2_names_scheme;  // 3: also signed with v3
  std::optional<std::uint32_t> v3_rotates_from;  // also signed with v3.1, from this release on
};

// `value` is the value of the block's pair with the scheme's identifier. Signers that cannot be
// read are reported and left out, and then no other signer of the block is ok either; those that do
// not verify stay, with signature_ok false. `counts` is left false. Codes: signature_malformed,
// signature_invalid, signature_algorithm_unknown, signature_digests_differ, signature_key_mismatch,
// signature_sdk_mismatch, lineage_invalid, certificate_malformed, signers_too_many.
std::vector<BlockSigner> read_block_signers(ByteView value, Scheme scheme, Oddities* oddities);

}  // namespace beian::package
