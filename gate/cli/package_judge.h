// The judge of packages: that of a catalog's rows, and for packages that could not be read a row
// that says why.
//
// An unreadable package stands in the catalog as a row that cannot be read either; its problem is
// put right here. One judge for each thread; what it is given outlives it.
#pragma once

#include <string>
#include <unordered_map>

#include "gate/audit/judge.h"

namespace beian::cli {

// Why packages could not be read, by the row of the catalog, from 1.
using PackageFaults = std::unordered_map<std::uint64_t, std::string>;

// Appends the row of a package that could not be read.
void append_unreadable_row(std::string_view id, std::string* out);

audit::JudgeFactory package_judges(audit::JudgeFactory judges, const PackageFaults& faults);

}  // namespace beian::cli
