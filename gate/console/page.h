// The page at `/`: the files of this folder, compiled in. HTML, CSS and modules of JavaScript as
// they lie here; whoever serves them adds kPageFields to each.
//
//   /                     index.html
//   /console/NAME         the files beside it
//   /console/facts.json   titles, help and clauses of the findings in both languages, and what an
//                         exported report needs to allow its own style and script
//   /console/report.*     the report's parts, which the page fills as `audit --output html` does
//
// Immutable and made at the first call; any thread; views live for ever.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace beian::console {

struct Page {
  std::string_view path;  // of the URL
  std::string_view bytes;
  std::string_view content_type;
  std::string etag;  // quoted; changes with the bytes and with nothing else
};

// The file at `path`, compared as it is (not percent-decoded), or null.
const Page* find_page(std::string_view path);

// All of them.
std::span<const Page> pages();

// Field lines for every answer of a page, each ended by CR LF. The policy lets the page load, ask
// and run nothing but this gate's own files, lets nothing in them make markup or scripts of text,
// and lets nobody frame it.
extern const std::string_view kPageFields;

}  // namespace beian::console
