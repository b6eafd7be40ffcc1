// The template language of report.html: `{{中文|English}}` is a text in the report's language,
// `{{@name}}` is a slot that code fills; all else is copied verbatim.
//
// Pure; any thread.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "gate/wire/messages.h"

namespace beian::audit {

// Appends to `out`; for each slot calls `fill`, which appends its content, markup included, to the
// same `out`. REQUIRES: every `{{` has its `}}`, and every text has both languages.
void render_template(std::string_view text, wire::Language language,
                     const std::function<void(std::string_view slot)>& fill, std::string* out);

}  // namespace beian::audit
