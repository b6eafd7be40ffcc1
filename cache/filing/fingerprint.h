// Labels in front of fingerprints, as tools print them. parse_fingerprint() (identity.h) accepts
// them.
//
//   SHA1: 9F:86:…                              keytool, gradle
//   SHA256 Fingerprint=9F:86:…                 openssl
//   Signer #1 certificate SHA-256 digest: 9f…  apksigner
//
// In either case, followed by : or = or a blank. Pure; any thread; no allocation.
#pragma once

#include <string_view>

namespace beian {

// What is wrong with a labelled text that parse_fingerprint() refuses because the digest is not
// what the label promises: "labelled SHA-1, and not 20 bytes of hexadecimal". Empty without a
// label.
std::string_view fingerprint_label_fault(std::string_view text) noexcept;

}  // namespace beian
