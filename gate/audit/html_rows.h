// The table of rows in the HTML report, and the choices of its filters.
//
// Pure; any thread; appends to `out`.
#pragma once

#include <cstddef>
#include <string>

#include "gate/audit/summary.h"
#include "gate/wire/messages.h"

namespace beian::audit {

// How many rows with this outcome the table has.
std::size_t html_row_count(const Summary& summary, Outcome outcome);

// One <tr>; its data attributes are what report.js filters by.
void append_html_row(const Summary& summary, const ListedRow& row, wire::Language language,
                     std::string* out);

// The <option>s of the three filters: outcomes and codes by name, platforms by index.
void append_outcome_options(const Summary& summary, wire::Language language, std::string* out);
void append_code_options(const Summary& summary, wire::Language language, std::string* out);
void append_platform_options(const Summary& summary, wire::Language language, std::string* out);

}  // namespace beian::audit
