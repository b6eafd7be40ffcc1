// The template language of report.html: `{{中文|English}}` is a text in the report's language,
// `{{@name}}` a slot that code fills; everything else stands as it is.
//
// Pure; any thread.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "gate/wire/messages.h"

namespace beian::audit {

// Appends to `out`; calls `fill` for each slot, which appends its content, markup included, to the
// same `out`. REQUIRES: every `{{` has its `}}`, and a text both languages.
void render_template(std::string_view text, wire::Language language,
                     const std::function<void(std::string_view slot)>& fill, std::string* out);

}  // namespace beian::audit
