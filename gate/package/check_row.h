// A package as a check request (API.md section 1, one line of JSON): may it be preinstalled?
#pragma once

#include <string>
#include <string_view>

#include "gate/package/package.h"

namespace beian::package {

// What somebody says about a package, besides what it says itself.
struct PackageClaim {
  std::string filing_number;  // empty: none is claimed
  bool is_offline = false;    // it is said to work without a network
};

// The number that a package may be said to claim: the one that stands in it of the kind that it is
// filed as, app or quick app. Empty: it holds none, or several. Website numbers are those of
// notices and libraries, so they do not count.
std::string claimed_number(const Package& package);

// Appends the request. Certificates and keys are those of the signers that count, given only when
// the signatures cover the contents: a certificate that was put into the package is no identity. So
// there are none of an IPA, nor without ReadOptions::wants_digests. Keys as
// base64 of their SubjectPublicKeyInfo, which reads as what it holds, a modulus, a point of a curve
// or another key, in whatever form the registry has it. `id` is given back in the answer.
void append_check_row(const Package& package, std::string_view id, const PackageClaim& claim,
                      std::string* out);

}  // namespace beian::package
