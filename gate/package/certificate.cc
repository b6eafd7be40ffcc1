#include "gate/package/certificate.h"

#include <openssl/asn1.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>

#include <algorithm>
#include <chrono>
#include <ctime>
#include <optional>
#include <string_view>
#include <vector>

#include "gate/package/distinguished_name.h"
#include "gate/package/openssl_handle.h"
#include "gate/package/signature_limits.h"

namespace beian::package {
namespace {

std::string digest_hex(ByteView bytes, const EVP_MD* algorithm) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  if (EVP_Digest(bytes.data(), bytes.size(), digest, &size, algorithm, nullptr) != 1) return {};
  return to_hex({digest, size});
}

std::string serial_text(const X509* certificate) {
  const BigNumberHandle number(ASN1_INTEGER_to_BN(X509_get0_serialNumber(certificate), nullptr));
  if (!number) return {};
  std::vector<std::uint8_t> bytes(static_cast<std::size_t>(BN_num_bytes(number.get())));
  BN_bn2bin(number.get(), bytes.data());
  std::string hex = to_hex(bytes);
  if (hex.size() > 1 && hex[0] == '0') hex.erase(0, 1);
  if (hex.empty()) hex = "0";
  return BN_is_negative(number.get()) != 0 ? "-" + hex : hex;
}

// nullopt: not a date of the calendar.
std::optional<Instant> instant_of(const ASN1_TIME* time) {
  std::tm parts{};
  if (ASN1_TIME_to_tm(time, &parts) != 1) return std::nullopt;
  const std::chrono::year_month_day day{std::chrono::year(parts.tm_year + 1'900),
                                        std::chrono::month(static_cast<unsigned>(parts.tm_mon) + 1),
                                        std::chrono::day(static_cast<unsigned>(parts.tm_mday))};
  if (!day.ok()) return std::nullopt;
  return std::chrono::sys_days(day) + std::chrono::hours(parts.tm_hour) +
         std::chrono::minutes(parts.tm_min) + std::chrono::seconds(parts.tm_sec);
}

std::string algorithm_of(const EVP_PKEY* key) {
  switch (EVP_PKEY_get_base_id(key)) {
    case EVP_PKEY_RSA:
      return "RSA";
    case EVP_PKEY_EC:
      return "EC";
    case EVP_PKEY_DSA:
      return "DSA";
    default:
      break;
  }
  const char* const name = EVP_PKEY_get0_type_name(key);
  return name == nullptr ? "unknown" : name;
}

std::string modulus_of(const EVP_PKEY* key) {
  BIGNUM* raw = nullptr;
  if (EVP_PKEY_get_base_id(key) != EVP_PKEY_RSA ||
      EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_N, &raw) != 1)
    return {};
  const BigNumberHandle modulus(raw);
  std::vector<std::uint8_t> bytes(static_cast<std::size_t>(BN_num_bytes(modulus.get())));
  BN_bn2bin(modulus.get(), bytes.data());
  return to_hex(bytes);
}

std::vector<std::uint8_t> spki_of(const X509* certificate) {
  unsigned char* der = nullptr;
  const int size = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate), &der);
  std::vector<std::uint8_t> out(der, der + std::max(size, 0));
  OPENSSL_free(der);
  return out;
}

bool describe_key(const X509* certificate, SigningCertificate* out) {
  const EVP_PKEY* const key = X509_get0_pubkey(certificate);
  if (key == nullptr) return false;
  out->key_algorithm = algorithm_of(key);
  out->key_bits = EVP_PKEY_get_bits(key);
  out->rsa_modulus = modulus_of(key);
  const std::vector<std::uint8_t> spki = spki_of(certificate);
  out->public_key = to_base64(spki);
  out->public_key_md5 = digest_hex(spki, EVP_md5());
  out->public_key_sha1 = digest_hex(spki, EVP_sha1());
  out->public_key_sha256 = digest_hex(spki, EVP_sha256());
  return !spki.empty();
}

// Observed: fixtures/package/aosp_testkey.der. Its private key is published in Android's source as
// the default of the build, so anybody can sign with it.
constexpr std::string_view kPublishedKey =
    "a40da80a59d170caa950cf15c18c454d47a39b26989d8b640ecd745ba71bf5dc";

// Observed: every Android build tool gives this name to the owner of the key that it generates on a
// developer's machine, in either order and with or without a country.
bool is_debug_name(std::string_view subject) {
  return subject.find("CN=Android Debug") != std::string_view::npos &&
         subject.find("O=Android") != std::string_view::npos;
}

Error bad_certificate(std::string_view what) {
  return make_error(ErrorKind::kBadInput, "signing certificate: " + std::string(what));
}

}  // namespace

Result<SigningCertificate> describe_certificate(ByteView der) {
  const ErrorQueueGuard guard;
  if (der.size() > limits::kCertificateBytesMax) return bad_certificate("longer than 64 KiB");
  const CertificateHandle certificate = parse_certificate(der);
  if (!certificate) return bad_certificate("is no X.509 certificate in DER");
  const auto from = instant_of(X509_get0_notBefore(certificate.get()));
  const auto until = instant_of(X509_get0_notAfter(certificate.get()));
  if (!from || !until) return bad_certificate("its validity is no time");
  SigningCertificate out;
  out.subject = distinguished_name(X509_get_subject_name(certificate.get()));
  out.issuer = distinguished_name(X509_get_issuer_name(certificate.get()));
  out.serial = serial_text(certificate.get());
  out.not_before = *from;
  out.not_after = *until;
  out.md5 = digest_hex(der, EVP_md5());
  out.sha1 = digest_hex(der, EVP_sha1());
  out.sha256 = digest_hex(der, EVP_sha256());
  if (!describe_key(certificate.get(), &out))
    return bad_certificate("its public key cannot be read");
  out.is_debug = is_debug_name(out.subject) || out.sha256 == kPublishedKey;
  return out;
}

std::vector<std::uint8_t> public_key_of(ByteView certificate) {
  const ErrorQueueGuard guard;
  const CertificateHandle parsed = parse_certificate(certificate);
  return parsed ? spki_of(parsed.get()) : std::vector<std::uint8_t>();
}

}  // namespace beian::package
