// The judge of packages. It judges rows like a catalog's judge, but for a package that cannot be
// judged (unreadable, or with an invalid signature) it reports why.
//
// Such a package has a row in the catalog, so that it is reported in order; what the catalog's
// judge makes of that row is ignored. One judge per thread; what it is given must outlive it.
#pragma once

#include <string>
#include <unordered_map>

#include "gate/audit/judge.h"

namespace beian::cli {

// The reasons why packages cannot be judged, by row of the catalog, from 1.
using PackageFaults = std::unordered_map<std::uint64_t, std::string>;

// Appends the row of a package that cannot be judged.
void append_bad_package(std::string_view id, std::string* out);

audit::JudgeFactory package_judges(audit::JudgeFactory judges, const PackageFaults& faults);

}  // namespace beian::cli
