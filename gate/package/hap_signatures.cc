// The signature of a HAP: a single PKCS #7 in its signing block, over the digest of the contents
// and the other parts of the block.
#include <algorithm>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "gate/package/content_digest.h"
#include "gate/package/hap_block.h"
#include "gate/package/pkcs7.h"
#include "gate/package/signatures.h"

namespace beian::package {
namespace {

constexpr std::string_view kWhere = "HAP signing block";

Signer signer_of(const Pkcs7& pkcs7, const Pkcs7Signer& info) {
  Signer out;
  out.scheme = Scheme::kHap;
  out.certificate = info.certificate;
  out.signature_ok = info.is_verified;
  out.counts = true;
  std::ranges::copy_if(pkcs7.certificates, std::back_inserter(out.chain),
                       [&](const SigningCertificate& one) { return one != out.certificate; });
  return out;
}

bool verify_contents(const Zip& zip, const HapBlock& block, const HapDigest& stated,
                     Oddities* oddities) {
  std::vector<std::uint8_t> others;
  for (const BlockPair& pair : block.others)
    others.insert(others.end(), pair.value.begin(), pair.value.end());
  const std::string actual =
      chunked_digest(SignedContents(zip, block.offset), stated.digest, others);
  if (actual == as_text(stated.bytes)) return true;
  add_oddity(oddities, "content_digest_mismatch", kWhere,
             "the contents are not those that were signed");
  return false;
}

}  // namespace

Signatures read_hap_signatures(const Zip& zip, bool verify_digests, Oddities* oddities) {
  Signatures out;
  const auto block = find_hap_block(zip.file(), zip.directory_offset(), oddities);
  if (!block) return out;
  out.deciding = Scheme::kHap;
  if (verify_digests) out.digests_verified = false;
  if (block->signatures.size() != 1) {
    add_oddity(oddities, "signature_malformed", kWhere, "it has none or several signatures");
    return out;
  }
  const auto pkcs7 = read_pkcs7(block->signatures[0].value, std::nullopt);
  if (!pkcs7 || pkcs7->signers.empty()) {
    add_oddity(oddities, "signature_malformed", kWhere,
               pkcs7 ? "it names no signer whose certificate it has" : pkcs7.error().message);
    return out;
  }
  for (const Pkcs7Signer& info : pkcs7->signers) {
    out.signers.push_back(signer_of(*pkcs7, info));
    if (!info.is_verified) add_oddity(oddities, "signature_invalid", kWhere, info.problem);
  }
  const auto stated = read_hap_digest(as_bytes(pkcs7->content));
  if (!stated) {
    add_oddity(oddities, "signature_malformed", kWhere, "what it signs is no digest");
    for (Signer& signer : out.signers) signer.signature_ok = false;
    return out;
  }
  if (verify_digests) out.digests_verified = verify_contents(zip, *block, *stated, oddities);
  return out;
}

}  // namespace beian::package
