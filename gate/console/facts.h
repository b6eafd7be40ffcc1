// What the page has to know and the program knows already. One function; any thread.
#pragma once

#include <string>
#include <string_view>

namespace beian::console {

// `{"version":…,"style_hash":…,"script_hash":…,"codes":{CODE:{"zh-CN":{"title":…,"help":…,
// "basis":…},"en":{…}}}}`. The hashes are those of the report's style and script, as a content
// security policy names them; `basis` is empty where no one clause stands behind a code.
std::string facts_json(std::string_view report_style, std::string_view report_script);

}  // namespace beian::console
