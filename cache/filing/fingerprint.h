// Labels before fingerprints, as tools print them: parse_fingerprint() in identity.h takes them.
//
//   SHA1: 9F:86:…                              keytool, gradle
//   SHA256 Fingerprint=9F:86:…                 openssl
//   Signer #1 certificate SHA-256 digest: 9f…  apksigner
//
// Either case, with : or = or a blank behind it. Pure; any thread; no allocation.
#pragma once

#include <string_view>

namespace beian {

// What is wrong with a text that parse_fingerprint() refuses, if it is in what the label promises:
// "labelled SHA-1, and not 20 bytes of hexadecimal". Empty where there is no label.
std::string_view fingerprint_label_fault(std::string_view text) noexcept;

}  // namespace beian
