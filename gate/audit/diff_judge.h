// Rows judged by two registries: only those whose decision is another one are reported.
//
// Both registries are taken as fresh and the rest (policy, day) is the same, so what differs comes
// from what they hold. A row is read once.
#pragma once

#include "gate/audit/judge.h"

namespace beian::audit {

// `after` is what reports show; `before` may differ from it in its generation only. A bad row is
// reported as in an audit. The row's JSON is {"id":…,"row":…,"before":{…},"after":{…}}.
// Both contexts outlive the judges.
JudgeFactory diff_judges(const LocalContext& before, const LocalContext& after);

}  // namespace beian::audit
