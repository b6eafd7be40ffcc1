// Reduces every rendering of a public key that people paste to one digest. Shapes are told apart by
// their characters first (decimal, hexadecimal, PEM, base64), then by their bytes (EC point, DER,
// else an RSA modulus). Tests: tests/filing/public_key_test.cc.
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/sha.h>
#include <openssl/x509.h>

#include <algorithm>
#include <memory>
#include <vector>

#include "cache/base/limits.h"
#include "cache/filing/identity.h"

namespace beian {
namespace {

template <auto kFree>
struct Freer {
  template <class T>
  void operator()(T* object) const noexcept {
    kFree(object);
  }
};
using Pkey = std::unique_ptr<EVP_PKEY, Freer<&EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Freer<&X509_free>>;
using BigNumber = std::unique_ptr<BIGNUM, Freer<&BN_free>>;
using Group = std::unique_ptr<EC_GROUP, Freer<&EC_GROUP_free>>;
using Point = std::unique_ptr<EC_POINT, Freer<&EC_POINT_free>>;

// Policy: a modulus shorter than this is a mistake, not a key.
constexpr std::size_t kModulusBytesMin = 16;

using KeyBytes = std::array<std::uint8_t, limits::kPublicKeyTextBytesMax / 2 + 1>;

KeyDigest digest(ByteView bytes) noexcept {
  KeyDigest out;
  SHA256(bytes.data(), bytes.size(), out.data());
  return out;
}

std::optional<KeyDigest> digest_of_modulus(ByteView modulus) noexcept {
  while (!modulus.empty() && modulus[0] == 0) modulus = modulus.subspan(1);
  if (modulus.size() < kModulusBytesMin) return std::nullopt;
  return digest(modulus);
}

std::vector<std::uint8_t> big_endian(const BIGNUM* number, std::size_t bytes) {
  std::vector<std::uint8_t> out(bytes);
  BN_bn2binpad(number, out.data(), static_cast<int>(bytes));
  return out;
}

BigNumber parameter(const EVP_PKEY* key, const char* name) {
  BIGNUM* number = nullptr;
  EVP_PKEY_get_bn_param(key, name, &number);
  return BigNumber(number);
}

std::optional<KeyDigest> digest_of_key(const EVP_PKEY* key) {
  if (const BigNumber n = parameter(key, OSSL_PKEY_PARAM_RSA_N))
    return digest_of_modulus(big_endian(n.get(), static_cast<std::size_t>(BN_num_bytes(n.get()))));
  const BigNumber x = parameter(key, OSSL_PKEY_PARAM_EC_PUB_X);
  const BigNumber y = parameter(key, OSSL_PKEY_PARAM_EC_PUB_Y);
  if (x && y) {
    const std::size_t field_bytes = (static_cast<std::size_t>(EVP_PKEY_get_bits(key)) + 7) / 8;
    std::vector<std::uint8_t> point = {0x04};
    for (const BIGNUM* coordinate : {x.get(), y.get()}) {
      const auto bytes = big_endian(coordinate, field_bytes);
      point.insert(point.end(), bytes.begin(), bytes.end());
    }
    return digest(point);
  }
  unsigned char* der = nullptr;
  const int size = i2d_PUBKEY(key, &der);
  if (size <= 0) return std::nullopt;
  const KeyDigest whole = digest({der, static_cast<std::size_t>(size)});
  OPENSSL_free(der);
  return whole;
}

// A certificate, a SubjectPublicKeyInfo or a PKCS#1 RSAPublicKey, and nothing behind it.
Pkey key_of_der(ByteView der) {
  const auto size = static_cast<long>(der.size());
  const unsigned char* const end = der.data() + der.size();
  const unsigned char* at = der.data();
  if (const Certificate certificate{d2i_X509(nullptr, &at, size)}; certificate && at == end)
    return Pkey(X509_get_pubkey(certificate.get()));
  at = der.data();
  if (Pkey key{d2i_PUBKEY(nullptr, &at, size)}; key && at == end) return key;
  at = der.data();
  if (Pkey key{d2i_PublicKey(EVP_PKEY_RSA, nullptr, &at, size)}; key && at == end) return key;
  return nullptr;
}

std::optional<KeyDigest> digest_of_der(ByteView der) {
  if (der.empty() || der[0] != 0x30) return std::nullopt;  // not a SEQUENCE
  const Pkey key = key_of_der(der);
  const auto found = key ? digest_of_key(key.get()) : std::nullopt;
  ERR_clear_error();  // failed attempts must not surface in another TLS call
  return found;
}

// The curve of a compressed point, told by its size; NID_undef when `bytes` is not shaped like one.
// Read as numbers these points have 258, 386 and 530 bits, which no RSA modulus has: those ever in
// use have at least 512 bits, in steps of at least 8. Policy: 33 bytes are a point of P-256, which
// apps are signed with, not of SM2's curve.
int curve_of_compressed_point(ByteView bytes) noexcept {
  if (bytes.empty() || (bytes[0] != 0x02 && bytes[0] != 0x03)) return NID_undef;
  switch (bytes.size()) {
    case 33:
      return NID_X9_62_prime256v1;
    case 49:
      return NID_secp384r1;
    case 67:
      return NID_secp521r1;
    default:
      return NID_undef;
  }
}

// The digest of the uncompressed point; nullopt when no point of the curve has this x.
std::optional<KeyDigest> digest_of_compressed_point(ByteView bytes, int curve) {
  const Group group(EC_GROUP_new_by_curve_name(curve));
  const Point point(group ? EC_POINT_new(group.get()) : nullptr);
  std::array<std::uint8_t, 133> whole;
  const bool is_on_curve = point && EC_POINT_oct2point(group.get(), point.get(), bytes.data(),
                                                       bytes.size(), nullptr) == 1;
  const std::size_t size =
      is_on_curve ? EC_POINT_point2oct(group.get(), point.get(), POINT_CONVERSION_UNCOMPRESSED,
                                       whole.data(), whole.size(), nullptr)
                  : 0;
  ERR_clear_error();  // as for DER
  if (size == 0) return std::nullopt;
  return digest({whole.data(), size});
}

// An uncompressed point begins with 0x04, so it is not DER, and its digest is that of a modulus
// with the same bytes.
std::optional<KeyDigest> digest_of_bytes(ByteView bytes) {
  if (const int curve = curve_of_compressed_point(bytes); curve != NID_undef)
    return digest_of_compressed_point(bytes, curve);
  if (const auto found = digest_of_der(bytes)) return found;
  return digest_of_modulus(bytes);
}

bool is_separator(char c) noexcept {
  return c == ':' || c == ' ' || (c >= '\t' && c <= '\r');
}

// Hexadecimal with separators. An odd number of digits means that the leading zero is missing.
// Returns the bytes, which lie in `out`; empty when `text` is not hexadecimal.
ByteView decode_hex(std::string_view text, KeyBytes& out) noexcept {
  if (const std::ptrdiff_t bytes = from_hex(text, out); bytes > 0)
    return {out.data(), static_cast<std::size_t>(bytes)};
  std::size_t digits = 0;
  for (const char c : text) {
    if (is_separator(c)) continue;
    if (hex_digit(c) < 0) return {};
    ++digits;
  }
  std::size_t i = digits % 2;  // in half bytes
  out[0] = 0;
  for (const char c : text) {
    if (is_separator(c)) continue;
    const int digit = hex_digit(c);
    out[i / 2] = static_cast<std::uint8_t>(i % 2 == 0 ? digit << 4 : out[i / 2] | digit);
    ++i;
  }
  return {out.data(), i / 2};
}

std::optional<KeyDigest> digest_of_decimal(std::string_view text) {
  std::string digits;
  std::ranges::copy_if(text, std::back_inserter(digits), [](char c) { return !is_separator(c); });
  BIGNUM* raw = nullptr;
  BN_dec2bn(&raw, digits.c_str());
  const BigNumber number(raw);
  if (!number) return std::nullopt;
  const auto bytes = static_cast<std::size_t>(BN_num_bytes(number.get()));
  return digest_of_modulus(big_endian(number.get(), bytes));
}

// The text between the first BEGIN and END lines; all of it when there is no BEGIN line.
std::string_view armoured(std::string_view text) noexcept {
  const std::size_t begin = text.find("-----BEGIN ");
  if (begin == std::string_view::npos) return text;
  text.remove_prefix(begin + 11);
  const std::size_t dashes = text.find("-----");
  const std::size_t end = text.find("-----END ");
  if (dashes == std::string_view::npos || end == std::string_view::npos || end < dashes + 5)
    return {};
  return text.substr(dashes + 5, end - dashes - 5);
}

}  // namespace

std::optional<KeyDigest> parse_public_key(std::string_view text) {
  if (text.size() > limits::kPublicKeyTextBytesMax) return std::nullopt;
  while (!text.empty() && is_separator(text.front())) text.remove_prefix(1);
  const auto is_decimal = [](char c) {
    return (c >= '0' && c <= '9') || (is_separator(c) && c != ':');
  };
  if (std::ranges::all_of(text, is_decimal)) return digest_of_decimal(text);
  const bool has_prefix = text.starts_with("0x") || text.starts_with("0X");
  KeyBytes buffer;
  if (const ByteView bytes = decode_hex(text.substr(has_prefix ? 2 : 0), buffer); !bytes.empty())
    return digest_of_bytes(bytes);
  std::vector<std::uint8_t> der;
  if (!from_base64(armoured(text), &der)) return std::nullopt;
  return digest_of_der(der);
}

}  // namespace beian
