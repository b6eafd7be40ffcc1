// Who signed a package, and whether the signatures hold: what binds an app to its filing.
//
// Read as the newest Android reads them: the highest scheme present (v3.1, v3, v2, v1) decides,
// whether it verifies or not. A signer's certificate is the first one in the signed data of v2 and
// v3, or the one that a v1 signature names by issuer and serial. All schemes are listed, since
// older devices use older ones. Signatures over the signers' own data are always verified, which
// costs microseconds. The package's contents are compared with the signed digests only on request,
// since that reads the whole file.
//
// Problems are reported as oddities (package/README.md lists the codes), never as errors: an app
// with an invalid signature still has a name, and somebody has to hear of it. Pure; any thread;
// keeps no view into the file. Tests: tests/package/.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cache/base/bytes.h"
#include "gate/package/certificate.h"
#include "gate/package/oddity.h"
#include "gate/package/zip.h"

namespace beian::package {

// Do not renumber: reports hold the number.
enum class Scheme : std::uint8_t {
  kJar = 1,    // v1: META-INF/*.SF and *.RSA, *.DSA, *.EC
  kV2 = 2,     // APK Signing Block, since Android 7
  kV3 = 3,     // with rotation, since Android 9
  kV31 = 31,   // with rotation for newer releases only, since Android 13
  kHap = 100,  // HAP signing block of HarmonyOS
  kIpa = 101,  // code signature of Apple's platforms
};
std::string_view name_of(Scheme scheme) noexcept;  // v1, v2, v3, v3.1, hap, ipa

// One step of a rotation: an earlier certificate of the app, and what it may still do.
struct LineageStep {
  SigningCertificate certificate;
  std::uint32_t flags = 0;  // 1 data, 2 shared uid, 4 permission, 8 rollback, 16 authenticator

  friend bool operator==(const LineageStep&, const LineageStep&) = default;
};

struct Signer {
  Scheme scheme = Scheme::kJar;
  SigningCertificate certificate;  // the current one
  bool signature_ok = false;       // verified over its signed data, with that certificate's key
  bool counts = false;             // the newest Android takes this certificate as the app's
  std::optional<std::uint32_t> min_sdk;  // v3, v3.1: the releases that use this signer
  std::optional<std::uint32_t> max_sdk;
  std::vector<LineageStep> lineage;  // v3, v3.1: oldest first, the current one last; may be empty
  // Other certificates in the package: the rest of a v1 or HAP chain, in the package's order.
  std::vector<SigningCertificate> chain;

  friend bool operator==(const Signer&, const Signer&) = default;
};

struct Signatures {
  // The deciding scheme: the highest one present, readable or not; none: not signed.
  std::optional<Scheme> deciding;
  std::vector<Signer> signers;           // newest scheme first, then in the package's order
  std::optional<bool> digests_verified;  // the contents are what was signed; none: not requested
  // Certificates of an IPA's provisioning profile: those allowed to sign it.
  std::vector<SigningCertificate> provisioned;

  // Signed, every signer that counts has a valid signature, and the digests match if they were
  // requested.
  bool hold() const noexcept;
  // hold(), and all of the contents were compared: this shows whose package it is. Without the
  // comparison, a signing block only says who signed some package: anybody can copy it into
  // another.
  bool cover_contents() const noexcept;
  // Signed, but invalidly: the platform would not install such a package.
  bool are_false() const noexcept { return deciding && !hold(); }
  // The SHA-256 of each certificate that counts, sorted.
  std::vector<std::string> signer_digests() const;

  friend bool operator==(const Signatures&, const Signatures&) = default;
};

// With `verify_digests`, reads and digests the whole file: about a second for 300 MB. Bytes that v1
// unpacks are taken from `*jar_bytes_left`, which the parts of an app share; it starts at no more
// than limits::kJarUnpackedBytesMax.
Signatures read_apk_signatures(const Zip& zip, bool verify_digests, std::uint64_t* jar_bytes_left,
                               Oddities* oddities);

// The same for a HAP: the certificate is the developer's; the chain leads to the store's.
Signatures read_hap_signatures(const Zip& zip, bool verify_digests, Oddities* oddities);

// The same for an IPA. `app` is its folder's entry, `Payload/Example.app/`; `executable` is the
// name from Info.plist (CFBundleExecutable; empty: the folder's name). The executable is unpacked
// whole, since its signature is at its end. The signature covers a directory of hashes; the code
// and the resources are not compared with these hashes, so digests_verified stays none.
Signatures read_ipa_signatures(const Zip& zip, std::string_view app, std::string_view executable,
                               Oddities* oddities);

}  // namespace beian::package
