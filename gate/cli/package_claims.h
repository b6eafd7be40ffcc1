// A side file of statements about packages: the numbers they claim, and which of them work without
// a network.
//
//     package,filing_number,offline        columns in any order; further ones are ignored
//     cn.example.app,京ICP备2023000001号-1A,
//     cn.example.clock,,true
//
// Pure except load_claims(); any thread.
#pragma once

#include <map>
#include <string>

#include "cache/base/result.h"
#include "gate/package/check_row.h"

namespace beian::cli {

// By package name.
using PackageClaims = std::map<std::string, package::PackageClaim, std::less<>>;

// Reads CSV (RFC 4180, UTF-8), with names and flags as in a catalog (csv_catalog.h). kBadInput
// gives line and column: no column `package`, or neither of the others; an unterminated cell; a
// package that is unnamed or repeated; `offline` that is not true, false or empty.
[[nodiscard]] Result<PackageClaims> load_claims(const std::string& path);

}  // namespace beian::cli
