// Names of certificates as Java prints them (`X500Name.toString`), which is how app stores, filing
// forms and apksigner show them: the last RDN first, `, ` between, values quoted where RFC 1779
// wants it.
#pragma once

#include <openssl/x509.h>

#include <string>

namespace beian::package {

// UTF-8. A value that is no text, or bytes that are none in the encoding they claim, become `#` and
// the hexadecimal of their DER. Never fails.
std::string distinguished_name(const X509_NAME* name);

}  // namespace beian::package
