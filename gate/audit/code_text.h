// What a code means in general, for reports: a short title and a sentence or two of help.
//
// The messages of wire/messages.h concern one row; these concern the rule behind it, for places
// where rows are counted (chart, SARIF rules, Markdown). Data only; any thread; static lifetime.
#pragma once

#include <string_view>

#include "gate/wire/messages.h"
#include "gate/wire/words.h"

namespace beian::audit {

struct CodeText {
  wire::Words title;  // "Package not filed": no full stop
  wire::Words help;   // what it means and what to do
};

const CodeText& code_text(Code code) noexcept;

}  // namespace beian::audit
