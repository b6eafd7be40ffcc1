// What identifies an app besides its number: signing certificates, public keys, names, domains and
// IPs, each reduced to one comparable form. Registry and requests use the same functions.
//
// Pure; any thread. Allocation only where said.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "cache/base/bytes.h"

namespace beian {

// Digest of a signing certificate; the length tells the algorithm: 16 MD5, 20 SHA-1, 32 SHA-256.
// Digests of different length are never compared: they are NOT_COMPARABLE, not a mismatch.
struct Fingerprint {
  std::uint8_t size = 0;
  std::array<std::uint8_t, 32> bytes{};

  ByteView view() const { return {bytes.data(), size}; }
  friend bool operator==(const Fingerprint&, const Fingerprint&) = default;
};

// Hexadecimal with or without colons or spaces, in either case, optionally behind a label that
// agrees with it (fingerprint.h). No allocation. nullopt when it is not hexadecimal of 16, 20 or 32
// bytes.
std::optional<Fingerprint> parse_fingerprint(std::string_view text) noexcept;

// SHA-256 of the part of a public key that every rendering shares: the RSA modulus (big-endian, no
// leading zero bytes), the EC point (uncompressed, 0x04 || X || Y), or else the whole SPKI in DER.
// Keys are only ever compared for equality, so the digest is all that is kept.
using KeyDigest = std::array<std::uint8_t, 32>;

// Accepts an RSA modulus in hexadecimal (colons, spaces, line breaks, 0x, leading 00 allowed) or
// decimal; the DER of a public key (SPKI, PKCS#1) or certificate in hexadecimal or base64; PEM of
// either; an EC point, compressed or not, in hexadecimal. A text of decimal digits only is decimal.
// nullopt when it is none of these. A modulus in plain hexadecimal costs no allocation.
std::optional<KeyDigest> parse_public_key(std::string_view text);

// Names are equal when they are the same after NFKC, case folding and removal of white space and
// invisible characters. No allocation when both have the same bytes.
bool names_equal(std::string_view a, std::string_view b);
// The form that names_equal() compares.
std::string fold_name(std::string_view name);

// A domain in the form that look-ups use: lower case, IDN in A-labels (punycode), no trailing dot,
// no port, no scheme, no path. nullopt when it is not a domain (empty label, label over 63 bytes,
// total over 253, an IP).
std::optional<std::string> normalize_domain(std::string_view text);

// IPv4 addresses are kept as v4-mapped IPv6 (::ffff:a.b.c.d). Big-endian, so ordering is numeric.
struct IpAddress {
  std::array<std::uint8_t, 16> bytes{};
  friend auto operator<=>(const IpAddress&, const IpAddress&) = default;
};
std::optional<IpAddress> parse_ip(std::string_view text) noexcept;  // v4 dotted or v6; no zone
std::string format_ip(const IpAddress& address);

// Inclusive. `192.0.2.7`, `192.0.2.0-192.0.2.255`, `192.0.2.0/24`, and the same for v6; both ends
// are of one family and in order.
struct IpRange {
  IpAddress first;
  IpAddress last;
  friend bool operator==(const IpRange&, const IpRange&) = default;
};
std::optional<IpRange> parse_ip_range(std::string_view text) noexcept;
std::string format_ip_range(const IpRange& range);

}  // namespace beian
