// The signers of one scheme in the APK Signing Block: v2, v3 and v3.1, which differ in the releases
// that v3 names. Each is read and verified as Android does: the strongest signature over the signed
// data by the key given, then that key against the first certificate, the algorithms against those
// of the digests, releases against releases, and the rotation.
// [source.android.com, APK Signature Scheme v2, v3, v3.1]
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
  // Of the package's contents, as the verified signature states it; none when it did not verify.
  std::optional<ContentDigest> content;
  ByteView content_digest;  // of the file
  // Against stripping: schemes that were signed with this one.
  std::optional<std::uint32_t> v2_names_scheme;  // 3: v3 is there too
  std::optional<std::uint32_t> v3_rotates_from;  // v3.1 is there too, from this release on
};

// `value`: of the pair with the scheme's identifier. Signers that cannot be read are left out and
// told, and no other of the block is ok then; those that do not verify stay, with signature_ok
// false. `counts` is left false. Codes:
// signature_malformed, signature_invalid, signature_algorithm_unknown, signature_digests_differ,
// signature_key_mismatch, signature_sdk_mismatch, lineage_invalid, certificate_malformed,
// signers_too_many.
std::vector<BlockSigner> read_block_signers(ByteView value, Scheme scheme, Oddities* oddities);

}  // namespace beian::package
