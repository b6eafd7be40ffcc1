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

// What the signing block of the same file holds: a v1 signature that names these schemes was made
// together with them, and is none without them.
struct BlockSchemes {
  bool has_v2 = false;
  bool has_v3 = false;
};

// A value; views of nothing.
class JarSigners {
 public:
  // Reads MANIFEST.MF and the files of every signer. A signer is ok when its signature is that of
  // its .SF, the .SF has the digest of MANIFEST.MF or of each section that it names, and no
  // stripped scheme is named there. As since Android 7, the first signer info that verifies names
  // the certificate, else the first one. Android takes all signers or none, and so does this.
  // Codes: jar_manifest_malformed, jar_manifest_mismatch, jar_signature_malformed,
  // signature_invalid, signature_stripped, signers_too_many.
  // What is unpacked is taken from `*bytes_left`.
  static JarSigners read(const Zip& zip, const BlockSchemes& block, std::uint64_t* bytes_left,
                         Oddities* oddities);

  // There is a signature file, readable or not.
  bool is_present() const noexcept { return is_present_; }
  const std::vector<Signer>& signers() const noexcept { return signers_; }

  // Android takes the certificates of those whose .SF names AndroidManifest.xml; none does:
  // jar_entry_unsigned.
  void mark_counting(const Zip& zip, Oddities* oddities);

  // Whether each entry outside of META-INF/ is named by the .SF of every signer that counts, and
  // MANIFEST.MF has the digest of its bytes. Unpacks every entry, one at a time, and takes its
  // bytes from `*bytes_left`. Codes: jar_entry_unsigned, jar_entry_mismatch, jar_entry_missing
  // (named, but not there).
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
