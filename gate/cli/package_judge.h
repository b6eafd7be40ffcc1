// The judge of packages: that of a catalog's rows, and of packages that cannot be judged (they
// could not be read, or their signature is false) one that says why.
//
// Such a package has a place in the catalog, so that it comes in order; what the catalog's judge
// makes of it is not asked for. One judge for each thread; what it is given outlives it.
#pragma once

#include <string>
#include <unordered_map>

#include "gate/audit/judge.h"

namespace beian::cli {

// Why packages cannot be judged, by the row of the catalog, from 1.
using PackageFaults = std::unordered_map<std::uint64_t, std::string>;

// Appends the row of a package that cannot be judged.
void append_bad_package(std::string_view id, std::string* out);

audit::JudgeFactory package_judges(audit::JudgeFactory judges, const PackageFaults& faults);

}  // namespace beian::cli
