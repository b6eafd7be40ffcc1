// The page at `/`: the files of this folder, compiled in. HTML, CSS and JavaScript modules,
// unchanged; whoever serves them adds kPageFields to each.
//
//   /                     index.html
//   /console/NAME         the files beside it
//   /console/facts.json   titles, help and clauses of the findings in both languages, and what an
//                         exported report needs to allow its own style and script
//   /console/report.*     the report's parts, which the page fills as `audit --output html` does
//
// Built at the first call, then immutable; any thread; views have static lifetime.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace beian::console {

struct Page {
  std::string_view path;  // in the URL
  std::string_view bytes;
  std::string_view content_type;
  std::string etag;  // quoted; depends on nothing but the bytes
};

// The file at `path`, compared verbatim (not percent-decoded), or null.
const Page* find_page(std::string_view path);

// All files.
std::span<const Page> pages();

// Header fields for every answer with a file of the page, each ended by CR LF. The content security
// policy lets the page load, call and run only this gate's own files, forbids turning text into
// markup or scripts, and forbids framing.
extern const std::string_view kPageFields;

}  // namespace beian::console
