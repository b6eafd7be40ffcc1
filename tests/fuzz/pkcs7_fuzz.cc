// What OpenSSL parses for us, and the texts and executables signed that way: PKCS #7, certificates,
// MANIFEST.MF, Mach-O. The first byte selects one. Oracles: bounds hold; a certificate that was
// read has all its digests; each section of a manifest lies inside it under its own name.
#include <cstdint>
#include <string>

#include "gate/package/certificate.h"
#include "gate/package/jar_manifest.h"
#include "gate/package/mach_signature.h"
#include "gate/package/pkcs7.h"
#include "tests/fuzz/die.h"

namespace {

using namespace beian;
using beian::test::die;
using namespace beian::package;

void check(const SigningCertificate& certificate) {
  if (certificate.md5.size() != 32 || certificate.sha1.size() != 40 ||
      certificate.sha256.size() != 64 || certificate.public_key_sha256.size() != 64 ||
      certificate.serial.empty() || !is_utf8(certificate.subject) || !is_utf8(certificate.issuer))
    die("a certificate lacks something");
}

void check_pkcs7(ByteView bytes) {
  const auto pkcs7 = read_pkcs7(bytes, as_bytes("content"));
  if (!pkcs7) return;
  if (pkcs7->signers.size() + pkcs7->unnamed > 10 || pkcs7->certificates.size() > 32)
    die("more than is bounded");
  for (const Pkcs7Signer& signer : pkcs7->signers) {
    check(signer.certificate);
    if (signer.is_verified != signer.problem.empty()) die("not told why it does not verify");
  }
  for (const SigningCertificate& certificate : pkcs7->certificates) check(certificate);
}

void check_manifest(std::string_view text) {
  const auto manifest = read_jar_manifest(text);
  if (!manifest) return;
  for (const auto& [name, section] : manifest->entries) {
    const std::string_view bytes = as_text(section.bytes);
    if (bytes.data() < text.data() || bytes.data() + bytes.size() > text.data() + text.size())
      die("a section beyond the text");
    if (section.find("name") != name) die("a section under another name");
    is_digest_of(section, "-Digest", section.bytes);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const ByteView bytes{data + 1, size - 1};
  switch (data[0]) {
    case 'p':
      check_pkcs7(bytes);
      break;
    case 'c':
      if (const auto certificate = describe_certificate(bytes)) check(*certificate);
      break;
    case 'm':
      check_manifest(as_text(bytes));
      break;
    case 'x':
      if (const auto found = find_mach_signature(bytes); found && *found && (*found)->cms.empty())
        die("a signature of nothing");
      break;
    default:
      break;
  }
  return 0;
}
