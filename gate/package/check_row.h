// A package as a check request (API.md section 1, one line of JSON) that asks: may it be
// preinstalled?
#pragma once

#include <string>
#include <string_view>

#include "gate/package/package.h"

namespace beian::package {

// What is claimed about a package, beyond what it says itself.
struct PackageClaim {
  std::string filing_number;  // empty: none claimed
  bool is_offline = false;    // declared to work without a network
};

// The number the package can be taken to claim: the only one found in it whose kind is the one it
// is filed as (app or quick app). Empty if there is none or there are several. Website numbers do
// not count: they come from notices and libraries.
std::string claimed_number(const Package& package);

// Appends the request. It carries the certificates and keys of the signers that count, and only
// when the signatures cover the contents: a certificate that was merely copied into the package is
// no identity. So there are none for an IPA, and none without ReadOptions::wants_digests. Keys are
// the base64 of their SubjectPublicKeyInfo, from which the gate reads a modulus, a curve point or
// another key, to compare with any form the registry has. The answer echoes `id`.
void append_check_row(const Package& package, std::string_view id, const PackageClaim& claim,
                      std::string* out);

}  // namespace beian::package
