// Distinguished names as Java prints them (`X500Name.toString`), which is how app stores, filing
// forms and apksigner show them: the last RDN first, separated by `, `, values quoted where RFC
// 1779 requires it.
#pragma once

#include <openssl/x509.h>

#include <string>

namespace beian::package {

// Returns UTF-8. A value that is not a text type, or not valid in its declared encoding, becomes
// `#` and the hexadecimal of its DER. Never fails.
std::string distinguished_name(const X509_NAME* name);

}  // namespace beian::package
