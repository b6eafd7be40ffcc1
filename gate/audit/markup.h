// Text from catalogs inside reports: each function makes one kind of document safe from it.
//
// Controls, bidi controls, line separators and bytes that are not UTF-8 are shown as escapes
// (`printable`), so that a name can neither break a document nor reorder what stands beside it.
// Pure; any thread; appends to `out`.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace beian::audit {

// Content or quoted attribute value of HTML, and of XML 1.0 (the characters that it forbids are
// shown as escapes too).
void append_markup(std::string_view text, std::string* out);

// Inline Markdown as a code span of HTML, in which no character of `text` is markup, a link, a
// mention or the end of a table cell.
void append_markdown_code(std::string_view text, std::string* out);

std::string grouped(std::uint64_t count);  // 1,234,567

// `part` of `whole` with one decimal: 12.3%. Never 0.0% for some nor 100.0% for not all: then
// <0.1% and >99.9%. 0% when there is nothing to share.
std::string percent(std::uint64_t part, std::uint64_t whole);

}  // namespace beian::audit
