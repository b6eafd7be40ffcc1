#include "gate/package/block_signers.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "gate/package/byte_reader.h"
#include "gate/package/limits.h"
#include "gate/package/lineage.h"
#include "gate/package/openssl_handle.h"
#include "gate/package/signature_limits.h"

namespace beian::package {
namespace {

constexpr std::uint32_t kSchemeAttribute = 0xbeeff00d;       // v2: a newer scheme was used as well
constexpr std::uint32_t kRotationAttribute = 0x3ba06f8c;     // v3: proof of rotation
constexpr std::uint32_t kRotatesFromAttribute = 0x559f8b02;  // v3: v3.1 was used as well

struct Record {
  std::uint32_t id = 0;
  ByteView bytes;
};

// A signer as the file has it; views of the file.
struct Parsed {
  ByteView signed_data;
  std::uint32_t min_sdk = 0;
  std::uint32_t max_sdk = 0;
  std::vector<Record> signatures;
  ByteView public_key;
  // from the signed data
  std::vector<Record> digests;
  std::vector<ByteView> certificates;
  std::uint32_t signed_min_sdk = 0;
  std::uint32_t signed_max_sdk = 0;
  std::vector<Record> attributes;
};

struct Problem {
  std::string_view code;
  std::string detail;
};

// A sequence of length-prefixed items.
std::optional<std::vector<ByteView>> split(std::optional<ByteView> bytes, std::size_t count_max) {
  if (!bytes) return std::nullopt;
  std::vector<ByteView> items;
  for (ByteReader reader(*bytes); !reader.is_at_end();) {
    const auto item = reader.prefixed();
    if (!item || items.size() == count_max) return std::nullopt;
    items.push_back(*item);
  }
  return items;
}

// The same for items that start with an id: the value is the rest, or a length-prefixed slice.
std::optional<std::vector<Record>> split_records(std::optional<ByteView> bytes,
                                                 std::size_t count_max, bool is_prefixed) {
  const auto items = split(bytes, count_max);
  if (!items) return std::nullopt;
  std::vector<Record> records;
  for (const ByteView item : *items) {
    ByteReader reader(item);
    const auto id = reader.u32();
    const auto value = is_prefixed ? reader.prefixed() : std::optional(reader.rest());
    if (!id || !value) return std::nullopt;
    records.push_back({*id, *value});
  }
  return records;
}

bool parse_signed_data(bool has_releases, Parsed* out) {
  ByteReader reader(out->signed_data);
  auto digests = split_records(reader.prefixed(), limits::kSignaturesMax, true);
  auto certificates = split(reader.prefixed(), limits::kCertificatesMax);
  if (!digests || !certificates) return false;
  if (has_releases) {
    const auto min_sdk = reader.u32();
    const auto max_sdk = reader.u32();
    if (!min_sdk || !max_sdk) return false;
    out->signed_min_sdk = *min_sdk;
    out->signed_max_sdk = *max_sdk;
  }
  auto attributes = split_records(reader.prefixed(), limits::kSignerAttributesMax, false);
  if (!attributes) return false;
  out->digests = std::move(*digests);
  out->certificates = std::move(*certificates);
  out->attributes = std::move(*attributes);
  return true;
}

std::optional<Parsed> parse(ByteView signer, bool has_releases) {
  Parsed out;
  ByteReader reader(signer);
  const auto signed_data = reader.prefixed();
  if (!signed_data) return std::nullopt;
  out.signed_data = *signed_data;
  if (has_releases) {
    const auto min_sdk = reader.u32();
    const auto max_sdk = reader.u32();
    if (!min_sdk || !max_sdk) return std::nullopt;
    out.min_sdk = *min_sdk;
    out.max_sdk = *max_sdk;
  }
  auto signatures = split_records(reader.prefixed(), limits::kSignaturesMax, true);
  const auto public_key = reader.prefixed();
  if (!signatures || !public_key || !parse_signed_data(has_releases, &out)) return std::nullopt;
  out.signatures = std::move(*signatures);
  out.public_key = *public_key;
  return out;
}

// The signature that Android verifies: the first one with the strongest digest.
const Record* strongest(const std::vector<Record>& signatures) {
  const Record* best = nullptr;
  for (const Record& signature : signatures) {
    const SignatureAlgorithm* const algorithm = find_algorithm(signature.id);
    if (algorithm == nullptr) continue;
    if (best == nullptr || algorithm->content > find_algorithm(best->id)->content)
      best = &signature;
  }
  return best;
}

std::optional<Problem> verify(const Parsed& parsed, const Record* signature) {
  if (parsed.signatures.empty()) return Problem{"signature_malformed", "it has no signature"};
  if (signature == nullptr)
    return Problem{"signature_algorithm_unknown", "no signature is of an algorithm of Android's"};
  const unsigned char* at = parsed.public_key.data();
  const KeyHandle key(d2i_PUBKEY(nullptr, &at, static_cast<long>(parsed.public_key.size())));
  if (!verify_signature(*find_algorithm(signature->id), key.get(), parsed.signed_data,
                        signature->bytes))
    return Problem{"signature_invalid", "the signature is not that of the signed data"};
  if (!std::ranges::equal(parsed.signatures, parsed.digests, {}, &Record::id, &Record::id))
    return Problem{"signature_digests_differ",
                   "digests and signatures are not of the same algorithms"};
  if (!std::ranges::equal(public_key_of(parsed.certificates[0]), parsed.public_key))
    return Problem{"signature_key_mismatch", "the key that signed is not the certificate's"};
  if (parsed.min_sdk != parsed.signed_min_sdk || parsed.max_sdk != parsed.signed_max_sdk)
    return Problem{"signature_sdk_mismatch", "the releases it is for are not those it signed"};
  return std::nullopt;
}

std::optional<Problem> take_rotation(const Parsed& parsed, BlockSigner* out) {
  bool is_seen = false;
  for (const Record& attribute : parsed.attributes) {
    if (attribute.id != kRotationAttribute) continue;
    if (std::exchange(is_seen, true)) return Problem{"lineage_invalid", "there are two of them"};
    auto lineage = read_lineage(attribute.bytes);
    if (!lineage) return Problem{"lineage_invalid", lineage.error().message};
    if (!lineage->empty() && lineage->back().certificate != out->signer.certificate)
      return Problem{"lineage_invalid", "it ends in another certificate than the signer's"};
    out->signer.lineage = std::move(*lineage);
  }
  return std::nullopt;
}

std::optional<std::uint32_t> attribute_word(const Parsed& parsed, std::uint32_t id) {
  const auto found = std::ranges::find(parsed.attributes, id, &Record::id);
  if (found == parsed.attributes.end()) return std::nullopt;
  return ByteReader(found->bytes).u32();
}

std::optional<Problem> judge(const Parsed& parsed, bool has_releases, BlockSigner* out) {
  const ErrorQueueGuard guard;
  const Record* const signature = strongest(parsed.signatures);
  if (auto problem = verify(parsed, signature)) return problem;
  if (has_releases) {
    if (auto problem = take_rotation(parsed, out)) return problem;
    out->v3_rotates_from = attribute_word(parsed, kRotatesFromAttribute);
  } else {
    out->v2_names_scheme = attribute_word(parsed, kSchemeAttribute);
  }
  const auto digest = std::ranges::find(parsed.digests, signature->id, &Record::id);
  out->content = find_algorithm(signature->id)->content;
  out->content_digest = digest->bytes;  // it is there: verify() compared the lists
  out->signer.signature_ok = true;
  return std::nullopt;
}

// nullopt: unreadable, so there is nobody to name.
std::optional<BlockSigner> read_signer(ByteView bytes, Scheme scheme, const std::string& where,
                                       Oddities* oddities) {
  const bool has_releases = scheme != Scheme::kV2;
  const auto parsed = parse(bytes, has_releases);
  if (!parsed || parsed->certificates.empty()) {
    add_oddity(oddities, "signature_malformed", where,
               parsed ? "it has no certificate" : "it is cut off, or a part ends beyond it");
    return std::nullopt;
  }
  auto certificate = describe_certificate(parsed->certificates[0]);
  if (!certificate) {
    add_oddity(oddities, "certificate_malformed", where, certificate.error().message);
    return std::nullopt;
  }
  BlockSigner out;
  out.signer.scheme = scheme;
  out.signer.certificate = std::move(*certificate);
  if (has_releases) {
    out.signer.min_sdk = parsed->min_sdk;
    out.signer.max_sdk = parsed->max_sdk;
  }
  if (const auto problem = judge(*parsed, has_releases, &out))
    add_oddity(oddities, problem->code, where, problem->detail);
  return out;
}

}  // namespace

std::vector<BlockSigner> read_block_signers(ByteView value, Scheme scheme, Oddities* oddities) {
  const std::string block = std::string(name_of(scheme)) + " block";
  std::vector<BlockSigner> out;
  ByteReader reader(value);
  const auto signers = reader.prefixed();
  if (!signers) {
    add_oddity(oddities, "signature_malformed", block, "its signers end beyond it");
    return out;
  }
  std::size_t count = 0;
  bool is_sound = true;
  for (ByteReader inside(*signers); !inside.is_at_end();) {
    const std::string where = std::string(name_of(scheme)) + " signer " + std::to_string(++count);
    if (count > limits::kSignersMax) {
      add_oddity(oddities, "signers_too_many", block, "Android takes no more than 10");
      is_sound = false;
      break;
    }
    const auto bytes = inside.prefixed();
    if (!bytes) add_oddity(oddities, "signature_malformed", where, "it ends beyond the block");
    auto signer = bytes ? read_signer(*bytes, scheme, where, oddities) : std::nullopt;
    is_sound &= signer.has_value();
    if (signer) out.push_back(std::move(*signer));
    if (!bytes) break;
  }
  if (count == 0) add_oddity(oddities, "signature_malformed", block, "it has no signer");
  // Android accepts all signers of a block or none.
  if (!is_sound)
    for (BlockSigner& signer : out) signer.signer.signature_ok = false;
  return out;
}

}  // namespace beian::package
