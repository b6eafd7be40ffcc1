#include "gate/package/signature_algorithm.h"

#include <openssl/rsa.h>

#include <algorithm>

#include "gate/package/openssl_handle.h"

namespace beian::package {
namespace {

constexpr SignatureAlgorithm kAlgorithms[] = {
    {0x0101, EVP_PKEY_RSA, "SHA256", true, ContentDigest::kChunkedSha256},
    {0x0102, EVP_PKEY_RSA, "SHA512", true, ContentDigest::kChunkedSha512},
    {0x0103, EVP_PKEY_RSA, "SHA256", false, ContentDigest::kChunkedSha256},
    {0x0104, EVP_PKEY_RSA, "SHA512", false, ContentDigest::kChunkedSha512},
    {0x0201, EVP_PKEY_EC, "SHA256", false, ContentDigest::kChunkedSha256},
    {0x0202, EVP_PKEY_EC, "SHA512", false, ContentDigest::kChunkedSha512},
    {0x0301, EVP_PKEY_DSA, "SHA256", false, ContentDigest::kChunkedSha256},
    {0x0421, EVP_PKEY_RSA, "SHA256", false, ContentDigest::kVeritySha256},
    {0x0423, EVP_PKEY_EC, "SHA256", false, ContentDigest::kVeritySha256},
    {0x0425, EVP_PKEY_DSA, "SHA256", false, ContentDigest::kVeritySha256},
};

}  // namespace

const SignatureAlgorithm* find_algorithm(std::uint32_t id) noexcept {
  const auto* const found = std::ranges::find(kAlgorithms, id, &SignatureAlgorithm::id);
  return found == std::end(kAlgorithms) ? nullptr : found;
}

bool verify_signature(const SignatureAlgorithm& algorithm, EVP_PKEY* key, ByteView data,
                      ByteView signature) {
  const ErrorQueueGuard guard;
  if (key == nullptr || EVP_PKEY_get_base_id(key) != algorithm.key) return false;
  const DigestHandle context(EVP_MD_CTX_new());
  EVP_PKEY_CTX* options = nullptr;  // owned by the context
  if (!context || EVP_DigestVerifyInit_ex(context.get(), &options, algorithm.digest, nullptr,
                                          nullptr, key, nullptr) != 1)
    return false;
  if (algorithm.is_pss && (EVP_PKEY_CTX_set_rsa_padding(options, RSA_PKCS1_PSS_PADDING) != 1 ||
                           EVP_PKEY_CTX_set_rsa_pss_saltlen(options, RSA_PSS_SALTLEN_DIGEST) != 1))
    return false;
  return EVP_DigestVerify(context.get(), signature.data(), signature.size(), data.data(),
                          data.size()) == 1;
}

}  // namespace beian::package
