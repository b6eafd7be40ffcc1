// The v1 scheme: a signed JAR. Each signer has a file of digests of MANIFEST.MF and its sections
// (META-INF/NAME.SF) and a PKCS #7 signature of that file (NAME.RSA, .DSA or .EC); MANIFEST.MF has
// the digests of the entries. [JAR file specification; Android's StrictJarVerifier]
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "gate/package/oddity.h"
#include "gate/package/signatures.h"
#include "gate/package/zip.h"

namespace beian::package {

// The schemes found in the signing block of the same file. A v1 signature that names one of them
// was made together with it, and is invalid without it.
struct BlockSchemes {
  bool has_v2 = false;
  bool has_v3 = false;
};

// A value; holds no views.
class JarSigners {
 public:
  // Reads MANIFEST.MF and the files of every signer. A signer is ok when its signature matches its
  // .SF, the .SF has the digest of MANIFEST.MF or of each section it names, and it names no scheme
  // that was stripped. As in Android since version 7, the first signer info that verifies
  // determines the certificate, or the first one if none does. Like Android, accepts all signers or
  // none. Unpacked bytes are taken from `*bytes_left`. Codes: jar_manifest_malformed,
  // jar_manifest_mismatch, jar_signature_malformed, signature_invalid, signature_stripped,
  // signers_too_many.
  static JarSigners read(const Zip& zip, const BlockSchemes& block, std::uint64_t* bytes_left,
                         Oddities* oddities);

  // Whether there is a signature file, readable or not.
  bool is_present() const noexcept { return is_present_; }
  const std::vector<Signer>& signers() const noexcept { return signers_; }

  // Sets `counts` on the signers whose .SF names AndroidManifest.xml: Android takes the
  // certificates of those. Signers that did not verify count too, so that the signatures do not
  // hold; without an AndroidManifest.xml all count. Reports jar_entry_unsigned if none counts.
  void mark_counting(const Zip& zip, Oddities* oddities);

  // Whether every entry outside META-INF/ is named by the .SF of each signer that counts, and its
  // bytes match the digest in MANIFEST.MF. Unpacks every entry, one at a time, and takes its bytes
  // from `*bytes_left`. Codes: jar_entry_unsigned, jar_entry_mismatch, jar_entry_missing (named but
  // absent).
  bool verify_entries(const Zip& zip, std::uint64_t* bytes_left, Oddities* oddities) const;

 private:
  bool read_signer(const Zip& zip, const ZipEntry& signature, const BlockSchemes& block,
                   std::uint64_t* bytes_left, Oddities* oddities);

  bool is_present_ = false;
  std::string manifest_;
  std::vector<Signer> signers_;
  std::vector<std::string> signature_files_;  // the .SF of each signer
};

}  // namespace beian::package
