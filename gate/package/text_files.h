// The text files of a package, searched for filing numbers: notices, legal pages, configurations.
#pragma once

#include <string_view>

#include "gate/package/number_search.h"
#include "gate/package/zip.h"

namespace beian::package {

// Searches the entries that are text by their names and lie where the platform keeps files
// verbatim. Unpacks at most limits::kTextScanBytesMax; skips damaged files and those larger than
// limits::kTextFileBytesMax. `part` is prefixed to entry names; empty: no prefix.
void search_text_files(const Zip& zip, std::string_view part, NumberSearch* search);

}  // namespace beian::package
