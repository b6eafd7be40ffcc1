#include "cache/snapshot/seal.h"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <cstring>
#include <utility>
#include <vector>

#include "cache/base/file.h"
#include "cache/base/limits.h"

namespace beian::cache {
namespace {

constexpr std::string_view kRootPrefix = "beian-gate snapshot root 1\n";
constexpr std::string_view kSignaturePrefix = "beian-gate snapshot signature 1\n";

using Bio = std::unique_ptr<BIO, decltype(&BIO_free)>;
using Pkey = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)>;

Bio bio_of(const std::string& text) {
  return {BIO_new_mem_buf(text.data(), static_cast<int>(text.size())), &BIO_free};
}

// Never asks on the terminal: a key with a passphrase is refused.
int no_passphrase(char*, int, int, void*) {
  return -1;
}

Pkey hold(EVP_PKEY* key) {
  return {key, &EVP_PKEY_free};
}

bool raw_public_key(EVP_PKEY* key, PublicKey* out) {
  std::size_t size = out->size();
  return key != nullptr && EVP_PKEY_get_base_id(key) == EVP_PKEY_ED25519 &&
         EVP_PKEY_get_raw_public_key(key, out->data(), &size) == 1 && size == out->size();
}

std::string text_of(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return {data, static_cast<std::size_t>(size)};
}

}  // namespace

Sha256 root_hash_of(const format::Header& header, ByteView block_hashes) {
  format::Header seal = header;
  seal.root_hash = {};
  seal.signer = {};
  seal.signature = {};
  const ByteView header_bytes{reinterpret_cast<const std::uint8_t*>(&seal), sizeof seal};
  return Sha256Hasher().add(kRootPrefix).add(header_bytes).add(block_hashes).end();
}

std::string signed_message(ByteView root_hash) {
  return std::string(kSignaturePrefix) + std::string(as_text(root_hash));
}

SigningKey SigningKey::generate() {
  SigningKey key;
  EVP_PKEY* made = EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519");
  BEIAN_ASSERT(raw_public_key(made, &key.public_key_));
  key.key_ =
      std::shared_ptr<void>(made, [](void* held) { EVP_PKEY_free(static_cast<EVP_PKEY*>(held)); });
  return key;
}

Result<SigningKey> SigningKey::load(const std::string& path) {
  const auto text = read_file(path, limits::kKeyFileBytesMax);
  if (!text) return text.error();
  const Bio bio = bio_of(*text);
  Pkey read = hold(PEM_read_bio_PrivateKey(bio.get(), nullptr, &no_passphrase, nullptr));
  SigningKey key;
  if (!raw_public_key(read.get(), &key.public_key_)) {
    return make_error(ErrorKind::kBadInput,
                      path + ": not an Ed25519 private key in PEM (PKCS#8, no passphrase)");
  }
  key.key_ = std::shared_ptr<void>(read.release(),
                                   [](void* held) { EVP_PKEY_free(static_cast<EVP_PKEY*>(held)); });
  return key;
}

Result<void> SigningKey::save(const std::string& path) const {
  const Bio bio(BIO_new(BIO_s_mem()), &BIO_free);
  BEIAN_ASSERT(bio != nullptr &&
               PEM_write_bio_PKCS8PrivateKey(bio.get(), static_cast<EVP_PKEY*>(key_.get()), nullptr,
                                             nullptr, 0, nullptr, nullptr) == 1);
  return write_file_atomically(path, as_bytes(text_of(bio.get())), 0600);
}

Signature SigningKey::sign(ByteView message) const {
  const DigestContext context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
  Signature signature;
  std::size_t size = signature.size();
  BEIAN_ASSERT(
      context != nullptr &&
      EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr,
                         static_cast<EVP_PKEY*>(key_.get())) == 1 &&
      EVP_DigestSign(context.get(), signature.data(), &size, message.data(), message.size()) == 1 &&
      size == signature.size());
  return signature;
}

Result<PublicKey> load_public_key(const std::string& path) {
  const auto text = read_file(path, limits::kKeyFileBytesMax);
  if (!text) return text.error();
  PublicKey key;
  const Bio bio = bio_of(*text);
  const Pkey read = hold(PEM_read_bio_PUBKEY(bio.get(), nullptr, &no_passphrase, nullptr));
  if (raw_public_key(read.get(), &key)) return key;
  std::vector<std::uint8_t> bytes;
  if (from_base64(*text, &bytes) && bytes.size() == key.size()) {
    std::memcpy(key.data(), bytes.data(), key.size());
    return key;
  }
  return make_error(ErrorKind::kBadInput,
                    path + ": not an Ed25519 public key (PEM, or one base64 line of 32 bytes)");
}

Result<void> save_public_key(const std::string& path, const PublicKey& key) {
  const Pkey held =
      hold(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, key.data(), key.size()));
  const Bio bio(BIO_new(BIO_s_mem()), &BIO_free);
  BEIAN_ASSERT(held != nullptr && bio != nullptr &&
               PEM_write_bio_PUBKEY(bio.get(), held.get()) == 1);
  return write_file_atomically(path, as_bytes(text_of(bio.get())));
}

bool verify(const PublicKey& key, ByteView message, const Signature& signature) {
  const Pkey held =
      hold(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, key.data(), key.size()));
  const DigestContext context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
  return held != nullptr && context != nullptr &&
         EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, held.get()) == 1 &&
         EVP_DigestVerify(context.get(), signature.data(), signature.size(), message.data(),
                          message.size()) == 1;
}

}  // namespace beian::cache
