// PKCS #7 SignedData (CMS): the signature of a JAR, a HAP, a provisioning profile and an Apple
// executable. Parsed by OpenSSL; who signed is whom a signer info names by issuer and serial, in
// whatever order the certificates stand. No chain is built and no trust is asked for.
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
  bool is_verified = false;  // its signature is that of the content
  std::string problem;       // else: why not, in English
};

struct Pkcs7 {
  std::vector<Pkcs7Signer> signers;  // those whose certificate is there, in the file's order
  std::size_t unnamed = 0;           // signer infos whose certificate is not
  std::vector<SigningCertificate> certificates;  // all readable ones, in the file's order
  std::string content;                           // what is signed, when it is within
};

// `detached`: what has to be signed, whatever is within; none: what is within. Signatures
// are RSA (PKCS #1 v1.5), DSA or ECDSA over MD5, SHA-1 or SHA-2, over the content or over signed
// attributes that hold its digest. At most kPkcs7BytesMax, kSignersMax signer infos and
// kCertificatesMax certificates. kBadInput: no SignedData, or more of something.
[[nodiscard]] Result<Pkcs7> read_pkcs7(ByteView der, std::optional<ByteView> detached);

}  // namespace beian::package
