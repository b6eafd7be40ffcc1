// How a text parses as a filing number, as a JSON object. Pure; any thread.
#pragma once

#include <string>
#include <string_view>

#include "cache/filing/parse.h"

namespace beian {

// Appends one object on one line, without a line end, with keys in this order:
//   number      input, canonical, form, [classes,] province, main, subject_number, serial, kind,
//               folded, repairs, plausible; province null when issued across provinces, serial and
//               kind null without a serial
//   malformed   input, error, reason, offset
//   no filing   input, error, what
void append_number_json(std::string_view input, const ParsedNumber& parsed, std::string* out);

// Why a text is not a filing number, in English for people: `ICP备, ICP证 or a licence class is
// missing, at byte 0`, or what it is instead. REQUIRES: !parsed.is_number().
std::string number_fault(const ParsedNumber& parsed);

}  // namespace beian
