// What a code means in general, for reports: a title of a few words and a sentence or two of help.
//
// Messages of wire/messages.h tell of one row; these tell of the rule behind it, where many rows
// are counted (chart, SARIF rules, Markdown). Data only; any thread; texts live for ever.
#pragma once

#include <string_view>

#include "gate/wire/messages.h"
#include "gate/wire/words.h"

namespace beian::audit {

struct CodeText {
  wire::Words title;  // "Package not filed": no full stop
  wire::Words help;   // what it means and what to do about it
};

const CodeText& code_text(Code code) noexcept;

}  // namespace beian::audit
