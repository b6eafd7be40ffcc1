#include "cache/snapshot/trust.h"

#include <algorithm>

namespace beian::cache {
namespace {

Error untrusted(const std::string& what, const std::string& why) {
  return make_error(ErrorKind::kUntrusted, what + " not trusted: " + why);
}

Error nobody_is_trusted(const std::string& what) {
  return untrusted(what, "no key is configured; name trusted keys, or set allow_unsigned = true");
}

}  // namespace

SignedBy sign_with(const SigningKey* key, ByteView message) {
  if (key == nullptr) return {};
  return {key->public_key(), key->sign(message)};
}

Result<SignatureState> check_trust(const std::string& what, const SignedBy& signed_by,
                                   ByteView message, const Trust& trust) {
  if (trust.keys.empty() && !trust.allow_unsigned) return nobody_is_trusted(what);
  if (signed_by.signer == PublicKey{} && signed_by.signature == Signature{}) {
    if (trust.allow_unsigned) return SignatureState::kUnsigned;
    return untrusted(what, "it carries no signature");
  }
  if (!trust.keys.empty() && !std::ranges::count(trust.keys, signed_by.signer))
    return untrusted(what, "signed by the unknown key " + to_hex(signed_by.signer));
  // The zero key is a point of small order: anybody can make signatures that verify with it.
  if (signed_by.signer == PublicKey{} || !verify(signed_by.signer, message, signed_by.signature))
    return untrusted(what, "the signature of key " + to_hex(signed_by.signer) + " is wrong");
  return trust.keys.empty() ? SignatureState::kUnchecked : SignatureState::kTrusted;
}

Result<std::shared_ptr<const Snapshot>> open_trusted(const std::string& path, const Trust& trust,
                                                     const std::string& verified_mark) {
  // Without keys, Snapshot::open() would trust everybody.
  if (trust.keys.empty() && !trust.allow_unsigned) return nobody_is_trusted(path);
  return Snapshot::open(path, {trust.keys, verified_mark, trust.allow_unsigned});
}

}  // namespace beian::cache
