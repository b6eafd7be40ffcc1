// What a side file says about packages: the numbers that they claim, and which of them are said to
// work without a network.
//
//     package,filing_number,offline        columns in any order; further ones are ignored
//     cn.example.app,京ICP备2023000001号-1A,
//     cn.example.clock,,true
//
// Pure but for load_claims(); any thread.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "cache/base/result.h"
#include "gate/package/check_row.h"

namespace beian::cli {

// By package name.
using PackageClaims = std::map<std::string, package::PackageClaim, std::less<>>;

// Reads CSV (RFC 4180, UTF-8), names and flags as a catalog has them (csv_catalog.h). kBadInput
// with line and column: no column `package`, or neither of the others; a cell that is not closed; a
// package without a name or twice; `offline` that is neither true, false nor empty.
[[nodiscard]] Result<PackageClaims> parse_claims(std::string_view csv, std::string_view name);
[[nodiscard]] Result<PackageClaims> load_claims(const std::string& path);

}  // namespace beian::cli
