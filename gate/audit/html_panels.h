// The panels of the HTML report: a chart of findings with help to unfold, platforms, and the
// subjects with most rows that are not allowed.
//
// Pure; any thread; each function appends its markup to `out`.
#pragma once

#include <string>

#include "gate/audit/summary.h"
#include "gate/wire/messages.h"

namespace beian::audit {

void append_findings_panel(const Summary& summary, wire::Language language, std::string* out);
void append_platforms_panel(const Summary& summary, wire::Language language, std::string* out);
// Includes its section and heading; appends nothing if no subject is known.
void append_subjects_panel(const Summary& summary, wire::Language language, std::string* out);

}  // namespace beian::audit
