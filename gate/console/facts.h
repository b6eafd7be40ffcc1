// Facts that the program knows and the page needs. One function; any thread.
#pragma once

#include <string>
#include <string_view>

namespace beian::console {

// Returns `{"version":…,"style_hash":…,"script_hash":…,"codes":{CODE:{"zh-CN":{"title":…,"help":…,
// "basis":…},"en":{…}}}}`. The hashes are those of the report's style and script, in the form a
// content security policy uses; `basis` is empty if a code does not rest on a single clause.
std::string facts_json(std::string_view report_style, std::string_view report_script);

}  // namespace beian::console
