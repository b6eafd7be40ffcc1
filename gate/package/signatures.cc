#include "gate/package/signatures.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "gate/package/block_signers.h"
#include "gate/package/content_digest.h"
#include "gate/package/jar_signers.h"
#include "gate/package/signing_block.h"

namespace beian::package {
namespace {

struct SchemeId {
  Scheme scheme;
  std::uint32_t id;
};
constexpr SchemeId kSchemes[] = {
    {Scheme::kV31, kBlockIdV31}, {Scheme::kV3, kBlockIdV3}, {Scheme::kV2, kBlockIdV2}};

// The signers of one scheme that is present.
struct SchemeSigners {
  Scheme scheme;
  std::vector<BlockSigner> signers;
};

SchemeSigners* find(std::vector<SchemeSigners>* schemes, Scheme scheme) {
  const auto found = std::ranges::find(*schemes, scheme, &SchemeSigners::scheme);
  return found == schemes->end() ? nullptr : &*found;
}

void strip(SchemeSigners* scheme, std::string_view detail, Oddities* oddities) {
  for (BlockSigner& signer : scheme->signers) signer.signer.signature_ok = false;
  add_oddity(oddities, "signature_stripped", std::string(name_of(scheme->scheme)) + " block",
             std::string(detail));
}

// A signer that names a newer scheme is invalid if that scheme is missing.
void check_stripping(std::vector<SchemeSigners>* schemes, Oddities* oddities) {
  const SchemeSigners* const v31 = find(schemes, Scheme::kV31);
  std::uint32_t rotates_from = std::numeric_limits<std::uint32_t>::max();
  if (v31 != nullptr)
    for (const BlockSigner& signer : v31->signers)
      rotates_from = std::min(rotates_from, signer.signer.min_sdk.value_or(rotates_from));
  if (SchemeSigners* const v3 = find(schemes, Scheme::kV3))
    if (std::ranges::any_of(v3->signers, [&](const BlockSigner& signer) {
          return signer.v3_rotates_from && *signer.v3_rotates_from != rotates_from;
        }))
      strip(v3, "it names a v3.1 signature that is gone, or from another release on", oddities);
  SchemeSigners* const v2 = find(schemes, Scheme::kV2);
  if (v2 != nullptr && find(schemes, Scheme::kV3) == nullptr &&
      std::ranges::any_of(v2->signers, [](const BlockSigner& signer) {
        return signer.v2_names_scheme == static_cast<std::uint32_t>(Scheme::kV3);
      }))
    strip(v2, "it names a v3 signature that is gone", oddities);
}

// The newest release that uses these signers; 0 for a scheme without releases.
std::uint32_t newest_release(const SchemeSigners& scheme) {
  std::uint32_t newest = 0;
  for (const BlockSigner& signer : scheme.signers)
    newest = std::max(newest, signer.signer.max_sdk.value_or(0));
  return newest;
}

// The highest scheme present, except a v3.1 whose range ends before that of v3.
SchemeSigners* decide(std::vector<SchemeSigners>* schemes) {
  SchemeSigners* const first = &schemes->front();
  SchemeSigners* const v3 = find(schemes, Scheme::kV3);
  const bool is_over = first->scheme == Scheme::kV31 && v3 != nullptr && !first->signers.empty() &&
                       newest_release(*v3) > newest_release(*first);
  return is_over ? v3 : first;
}

// v2: all signers. v3 and v3.1: the one for the newest releases; Android accepts only one there.
void mark_counting(SchemeSigners* deciding, Oddities* oddities) {
  const std::uint32_t newest = newest_release(*deciding);
  std::size_t count = 0;
  for (BlockSigner& signer : deciding->signers) {
    signer.signer.counts = signer.signer.max_sdk.value_or(0) == newest;
    count += signer.signer.counts ? 1 : 0;
  }
  if (deciding->scheme == Scheme::kV2 || count < 2) return;
  for (BlockSigner& signer : deciding->signers) signer.signer.signature_ok = false;
  add_oddity(oddities, "signers_too_many", std::string(name_of(deciding->scheme)) + " block",
             "it has several signers for the same releases, of which Android takes none");
}

// Whether the contents match what each signer that counts has signed.
bool verify_contents(const Zip& zip, const SigningBlock& block, const SchemeSigners& deciding,
                     Oddities* oddities) {
  const SignedContents contents(zip, block.offset);
  std::vector<std::pair<ContentDigest, std::string>> known;  // each kind is computed once
  bool is_verified = true;
  for (const BlockSigner& signer : deciding.signers) {
    if (!signer.signer.counts) continue;
    if (!signer.content) {
      is_verified = false;  // reported when its signature was verified
      continue;
    }
    auto found =
        std::ranges::find(known, *signer.content, [](const auto& one) { return one.first; });
    if (found == known.end()) {
      known.emplace_back(*signer.content, content_digest(contents, *signer.content));
      found = std::prev(known.end());
    }
    if (as_text(signer.content_digest) == found->second) continue;
    add_oddity(oddities, "content_digest_mismatch",
               std::string(name_of(deciding.scheme)) + " block",
               "the contents are not those that were signed");
    is_verified = false;
  }
  return is_verified && !known.empty();
}

}  // namespace

std::string_view name_of(Scheme scheme) noexcept {
  switch (scheme) {
    case Scheme::kJar:
      return "v1";
    case Scheme::kV2:
      return "v2";
    case Scheme::kV3:
      return "v3";
    case Scheme::kV31:
      return "v3.1";
    case Scheme::kHap:
      return "hap";
    case Scheme::kIpa:
      return "ipa";
  }
  return "unknown";
}

bool Signatures::hold() const noexcept {
  const auto counts = [](const Signer& signer) { return signer.counts; };
  const auto holds = [](const Signer& signer) { return !signer.counts || signer.signature_ok; };
  return deciding && digests_verified.value_or(true) && std::ranges::any_of(signers, counts) &&
         std::ranges::all_of(signers, holds);
}

bool Signatures::cover_contents() const noexcept {
  return hold() && digests_verified == true;
}

std::vector<std::string> Signatures::signer_digests() const {
  std::vector<std::string> digests;
  for (const Signer& signer : signers)
    if (signer.counts) digests.push_back(signer.certificate.sha256);
  std::ranges::sort(digests);
  return digests;
}

Signatures read_apk_signatures(const Zip& zip, bool verify_digests, std::uint64_t* jar_bytes_left,
                               Oddities* oddities) {
  std::vector<SchemeSigners> schemes;
  // Android does not look for a signing block in a zip64 archive.
  const auto block = zip.is_zip64()
                         ? std::nullopt
                         : find_signing_block(zip.file(), zip.directory_offset(), oddities);
  if (block)
    for (const SchemeId& one : kSchemes)
      if (const auto value = block->find(one.id))
        schemes.push_back({one.scheme, read_block_signers(*value, one.scheme, oddities)});
  check_stripping(&schemes, oddities);
  JarSigners jar = JarSigners::read(zip,
                                    {.has_v2 = find(&schemes, Scheme::kV2) != nullptr,
                                     .has_v3 = find(&schemes, Scheme::kV3) != nullptr},
                                    jar_bytes_left, oddities);
  Signatures out;
  if (!schemes.empty()) {
    SchemeSigners* const deciding = decide(&schemes);
    out.deciding = deciding->scheme;
    mark_counting(deciding, oddities);
    if (verify_digests) out.digests_verified = verify_contents(zip, *block, *deciding, oddities);
  } else if (jar.is_present()) {
    out.deciding = Scheme::kJar;
    jar.mark_counting(zip, oddities);
    if (verify_digests) out.digests_verified = jar.verify_entries(zip, jar_bytes_left, oddities);
  }
  for (SchemeSigners& scheme : schemes)
    for (BlockSigner& signer : scheme.signers) out.signers.push_back(std::move(signer.signer));
  out.signers.insert(out.signers.end(), jar.signers().begin(), jar.signers().end());
  return out;
}

}  // namespace beian::package
