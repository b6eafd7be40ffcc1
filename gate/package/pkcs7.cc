#include "gate/package/pkcs7.h"

#include <openssl/asn1t.h>
#include <openssl/objects.h>

#include <algorithm>
#include <string_view>

#include "gate/package/limits.h"
#include "gate/package/openssl_handle.h"
#include "gate/package/signature_limits.h"

namespace beian::package {
namespace {

ByteView view_of(const ASN1_STRING* text) {
  return {ASN1_STRING_get0_data(text), static_cast<std::size_t>(ASN1_STRING_length(text))};
}

std::vector<std::uint8_t> der_of(X509* certificate) {
  unsigned char* der = nullptr;
  const int size = i2d_X509(certificate, &der);
  std::vector<std::uint8_t> out(der, der + std::max(size, 0));
  OPENSSL_free(der);
  return out;
}

// The digest algorithm of a signer info; null if packages do not use it.
const EVP_MD* digest_of(const PKCS7_SIGNER_INFO* info) {
  const ASN1_OBJECT* oid = nullptr;
  X509_ALGOR_get0(&oid, nullptr, nullptr, info->digest_alg);
  switch (OBJ_obj2nid(oid)) {
    case NID_md5:
      return EVP_md5();
    case NID_sha1:
      return EVP_sha1();
    case NID_sha224:
      return EVP_sha224();
    case NID_sha256:
      return EVP_sha256();
    case NID_sha384:
      return EVP_sha384();
    case NID_sha512:
      return EVP_sha512();
    default:
      return nullptr;
  }
}

// Whether the stated signature algorithm fits `key`: either its plain name or one combined with a
// digest.
bool is_algorithm_of(const PKCS7_SIGNER_INFO* info, const EVP_PKEY* key) {
  const ASN1_OBJECT* oid = nullptr;
  X509_ALGOR_get0(&oid, nullptr, nullptr, info->digest_enc_alg);
  int nid = OBJ_obj2nid(oid);
  int plain = NID_undef;
  if (OBJ_find_sigid_algs(nid, nullptr, &plain) == 1) nid = plain;
  const int base = EVP_PKEY_get_base_id(key);
  if (base == EVP_PKEY_RSA) return nid == NID_rsaEncryption;
  if (base == EVP_PKEY_EC) return nid == NID_X9_62_id_ecPublicKey;
  return base == EVP_PKEY_DSA && (nid == NID_dsa || nid == NID_dsa_2);
}

// With signed attributes, the signature covers these, and they contain the digest of the content.
std::string check_attributes(PKCS7* pkcs7, PKCS7_SIGNER_INFO* info, ByteView content,
                             const EVP_MD* digest) {
  const ASN1_TYPE* const type = PKCS7_get_signed_attribute(info, NID_pkcs9_contentType);
  if (type == nullptr || type->type != V_ASN1_OBJECT ||
      OBJ_cmp(type->value.object, pkcs7->d.sign->contents->type) != 0)
    return "its attributes are of another type of content";
  const ASN1_OCTET_STRING* const stated = PKCS7_digest_from_attributes(info->auth_attr);
  unsigned char actual[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  if (stated == nullptr ||
      EVP_Digest(content.data(), content.size(), actual, &size, digest, nullptr) != 1)
    return "its attributes have no digest";
  if (!std::ranges::equal(view_of(stated), ByteView(actual, size)))
    return "the digest it signed is not that of the content";
  return {};
}

// The bytes the signature covers: the content, or the attributes as a SET.
std::vector<std::uint8_t> signed_bytes(PKCS7_SIGNER_INFO* info, ByteView content) {
  if (sk_X509_ATTRIBUTE_num(info->auth_attr) <= 0) return {content.begin(), content.end()};
  unsigned char* der = nullptr;
  const int size = ASN1_item_i2d(reinterpret_cast<ASN1_VALUE*>(info->auth_attr), &der,
                                 ASN1_ITEM_rptr(PKCS7_ATTR_VERIFY));
  std::vector<std::uint8_t> out(der, der + std::max(size, 0));
  OPENSSL_free(der);
  return out;
}

// Empty if the signature holds, otherwise why it does not.
std::string check(PKCS7* pkcs7, PKCS7_SIGNER_INFO* info, X509* certificate, ByteView content) {
  EVP_PKEY* const key = X509_get0_pubkey(certificate);
  const EVP_MD* const digest = digest_of(info);
  if (digest == nullptr) return "its digest algorithm is none that packages use";
  if (key == nullptr || !is_algorithm_of(info, key))
    return "its signature algorithm is not one of the certificate's key";
  if (sk_X509_ATTRIBUTE_num(info->auth_attr) > 0)
    if (std::string problem = check_attributes(pkcs7, info, content, digest); !problem.empty())
      return problem;
  const std::vector<std::uint8_t> bytes = signed_bytes(info, content);
  const ByteView signature = view_of(info->enc_digest);
  const DigestHandle context(EVP_MD_CTX_new());
  if (!context || EVP_DigestVerifyInit(context.get(), nullptr, digest, nullptr, key) != 1 ||
      EVP_DigestVerify(context.get(), signature.data(), signature.size(), bytes.data(),
                       bytes.size()) != 1)
    return "the signature is not that of the content";
  return {};
}

// The embedded octets, if there are any.
std::optional<ByteView> content_of(const PKCS7* pkcs7) {
  const PKCS7* const inner = pkcs7->d.sign->contents;
  if (inner == nullptr) return std::nullopt;
  if (PKCS7_type_is_data(inner) && inner->d.data != nullptr) return view_of(inner->d.data);
  const bool is_other = !PKCS7_type_is_data(inner) && OBJ_obj2nid(inner->type) == NID_undef;
  if (is_other && inner->d.other != nullptr && inner->d.other->type == V_ASN1_OCTET_STRING)
    return view_of(inner->d.other->value.octet_string);
  return std::nullopt;
}

Error bad_pkcs7(std::string_view what) {
  return make_error(ErrorKind::kBadInput, "PKCS #7: " + std::string(what));
}

}  // namespace

Result<Pkcs7> read_pkcs7(ByteView der, std::optional<ByteView> detached) {
  const ErrorQueueGuard guard;
  if (der.size() > limits::kPkcs7BytesMax) return bad_pkcs7("longer than 4 MiB");
  const unsigned char* at = der.data();
  const Pkcs7Handle pkcs7(d2i_PKCS7(nullptr, &at, static_cast<long>(der.size())));
  if (!pkcs7 || !PKCS7_type_is_signed(pkcs7.get()) || pkcs7->d.sign == nullptr ||
      pkcs7->d.sign->contents == nullptr)
    return bad_pkcs7("no signed data");
  STACK_OF(X509)* const certificates = pkcs7->d.sign->cert;  // null: none
  STACK_OF(PKCS7_SIGNER_INFO)* const infos = PKCS7_get_signer_info(pkcs7.get());
  if (sk_X509_num(certificates) > static_cast<int>(limits::kCertificatesMax))
    return bad_pkcs7("more than 32 certificates");
  if (sk_PKCS7_SIGNER_INFO_num(infos) > static_cast<int>(limits::kSignersMax))
    return bad_pkcs7("more than 10 signers");

  Pkcs7 out;
  const std::optional<ByteView> within = content_of(pkcs7.get());
  if (within) out.content = as_text(*within);
  // Content embedded in a detached signature is not what was asked about.
  const ByteView content = detached ? *detached : within.value_or(ByteView());
  for (int i = 0; i < sk_X509_num(certificates); ++i)
    if (auto one = describe_certificate(der_of(sk_X509_value(certificates, i))))
      out.certificates.push_back(std::move(*one));
  for (int i = 0; i < sk_PKCS7_SIGNER_INFO_num(infos); ++i) {
    PKCS7_SIGNER_INFO* const info = sk_PKCS7_SIGNER_INFO_value(infos, i);
    X509* const named = PKCS7_cert_from_signer_info(pkcs7.get(), info);  // owned by pkcs7
    auto certificate = named == nullptr ? Result<SigningCertificate>(bad_pkcs7("no certificate"))
                                        : describe_certificate(der_of(named));
    if (!certificate) {
      ++out.unnamed;
      continue;
    }
    std::string problem = check(pkcs7.get(), info, named, content);
    out.signers.push_back({std::move(*certificate), problem.empty(), std::move(problem)});
  }
  return out;
}

}  // namespace beian::package
