// Escapes text from catalogs for reports, so that it is harmless in each kind of document.
//
// Control characters, bidi controls, line separators and bytes that are not UTF-8 appear as escapes
// (`printable`), so that a name can neither break a document nor reorder the text around it. Pure;
// any thread; appends to `out`.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace beian::audit {

// For content or a quoted attribute value of HTML or XML 1.0; characters that XML forbids appear as
// escapes, too.
void append_markup(std::string_view text, std::string* out);

// For Markdown: a code span in HTML, in which no character of `text` can act as markup, a link, a
// mention or the end of a table cell.
void append_markdown_code(std::string_view text, std::string* out);

std::string grouped(std::uint64_t count);  // 1,234,567

// `part` of `whole` with one decimal: 12.3%. Never 0.0% for a part that is not empty, nor 100.0%
// for one that is not the whole: <0.1% and >99.9% instead. 0% if `whole` is 0.
std::string percent(std::uint64_t part, std::uint64_t whole);

}  // namespace beian::audit
