// Who signed a package, and whether the signatures hold: what binds an app to its filing.
//
// Read as the newest Android reads it: of the schemes v3.1, v3, v2 and v1 the highest that is
// present decides, whether it verifies or not, and a signer's certificate is the first of v2 and v3
// signed data, or the one that a v1 signature names by issuer and serial. All schemes are listed,
// since an older device goes by an older one. Signatures over the signers' own data are always
// verified: that costs microseconds. The package's contents are only compared with the signed
// digests when asked for, since that reads all of the file.
//
// What is wrong is told as oddities (package/README.md lists the codes) and never an error: an app
// whose signature does not hold still has a name, and somebody has to be told about it. Pure; any
// thread; no view into the file is kept. Tests: tests/package/.
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

// One step of a rotation: a certificate that the app had before, and what it may still do.
struct LineageStep {
  SigningCertificate certificate;
  std::uint32_t flags = 0;  // 1 data, 2 shared uid, 4 permission, 8 rollback, 16 authenticator

  friend bool operator==(const LineageStep&, const LineageStep&) = default;
};

struct Signer {
  Scheme scheme = Scheme::kJar;
  SigningCertificate certificate;        // the current one
  bool signature_ok = false;             // over its signed data, with that certificate's key
  bool counts = false;                   // the newest Android takes this certificate for the app's
  std::optional<std::uint32_t> min_sdk;  // v3, v3.1: the releases that go by this signer
  std::optional<std::uint32_t> max_sdk;
  std::vector<LineageStep> lineage;  // v3, v3.1: oldest first, the current one last; or empty
  // What a package brings besides: the rest of a v1 or HAP chain, as the package orders it.
  std::vector<SigningCertificate> chain;

  friend bool operator==(const Signer&, const Signer&) = default;
};

struct Signatures {
  // The scheme that decides: the highest that is there, readable or not; none: not signed.
  std::optional<Scheme> deciding;
  std::vector<Signer> signers;           // newest scheme first, then as the package orders them
  std::optional<bool> digests_verified;  // the contents are what was signed; none: not asked for
  // Certificates of an IPA's provisioning profile: those that may sign it.
  std::vector<SigningCertificate> provisioned;

  // Signed, and the signature of every signer that counts holds, and so do the digests, if they
  // were asked for.
  bool hold() const noexcept;
  // They hold, and all of the contents were compared: whose package it is. Without that, a signing
  // block says who signed some package, and anybody can put it into another.
  bool cover_contents() const noexcept;
  // Signed, but not so that it holds: the platform installs no such package.
  bool are_false() const noexcept { return deciding && !hold(); }
  // SHA-256 of the certificates that count, sorted.
  std::vector<std::string> signer_digests() const;

  friend bool operator==(const Signatures&, const Signatures&) = default;
};

// With `verify_digests`, all of the file is read and digested: a second for 300 MB. What v1 unpacks
// is taken from `*jar_bytes_left`, which the parts of an app share; at most
// limits::kJarUnpackedBytesMax.
Signatures read_apk_signatures(const Zip& zip, bool verify_digests, std::uint64_t* jar_bytes_left,
                               Oddities* oddities);

// The same of a HAP: the certificate is that of the developer, the chain leads to the store's.
Signatures read_hap_signatures(const Zip& zip, bool verify_digests, Oddities* oddities);

// Of an IPA: `app` is the entry of its folder, `Payload/Example.app/`, and `executable` the name
// that Info.plist gives (CFBundleExecutable; empty: as the folder is called). The executable is
// unpacked, since its signature stands at its end. The signature covers a directory of hashes; the
// code and the resources behind these hashes are not compared, so digests_verified stays none.
Signatures read_ipa_signatures(const Zip& zip, std::string_view app, std::string_view executable,
                               Oddities* oddities);

}  // namespace beian::package
