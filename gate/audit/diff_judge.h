// Judges rows by two registries and reports only those whose decision or would_be differs.
//
// Both registries are taken as fresh and policy and day are the same, so a difference comes from
// what they hold; nor is one behind a row's `min_serial` that the other has reached. Each row is
// parsed once.
#pragma once

#include "gate/audit/judge.h"

namespace beian::audit {

// Reports show the decision by `after`; `before` may differ from it only in its generation. Bad
// rows are reported as in an audit. A row's JSON is {"id":…,"row":…,"before":{…},"after":{…}}. Both
// contexts must outlive the judges.
JudgeFactory diff_judges(const LocalContext& before, const LocalContext& after);

}  // namespace beian::audit
