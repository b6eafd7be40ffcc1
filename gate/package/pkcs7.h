// PKCS #7 SignedData (CMS): the signature of a JAR, a HAP, a provisioning profile or an Apple
// executable. OpenSSL parses it. The signer is whoever a signer info names by issuer and serial,
// whatever the order of the certificates. No chain is built and no trust is checked.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cache/base/bytes.h"
#include "cache/base/result.h"
#include "gate/package/certificate.h"

namespace beian::package {

struct Pkcs7Signer {
  SigningCertificate certificate;
  bool is_verified = false;  // its signature matches the content
  std::string problem;       // otherwise why not, in English
};

struct Pkcs7 {
  std::vector<Pkcs7Signer> signers;  // those whose certificate is included, in file order
  std::size_t unnamed = 0;           // signer infos whose certificate is missing
  std::vector<SigningCertificate> certificates;  // all readable ones, in file order
  std::string content;                           // what is signed, if it is embedded
};

// `detached`: the bytes that must be signed, whatever is embedded; none: the embedded content.
// Signatures are RSA (PKCS #1 v1.5), DSA or ECDSA over MD5, SHA-1 or SHA-2, either of the content
// or of signed attributes that contain its digest. At most kPkcs7BytesMax, kSignersMax signer infos
// and kCertificatesMax certificates. kBadInput: not SignedData, or one of these limits is exceeded.
[[nodiscard]] Result<Pkcs7> read_pkcs7(ByteView der, std::optional<ByteView> detached);

}  // namespace beian::package
