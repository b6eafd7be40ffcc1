// The panels of the HTML report: findings as a chart with help to unfold, platforms, and the
// subjects with most rows that are not allowed.
//
// Pure; any thread; each appends its content to `out`, markup included.
#pragma once

#include <string>

#include "gate/audit/summary.h"
#include "gate/wire/messages.h"

namespace beian::audit {

void append_findings_panel(const Summary& summary, wire::Language language, std::string* out);
void append_platforms_panel(const Summary& summary, wire::Language language, std::string* out);
// With its section and heading; nothing when no subject is known.
void append_subjects_panel(const Summary& summary, wire::Language language, std::string* out);

}  // namespace beian::audit
