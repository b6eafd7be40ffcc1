// The text files of a package, searched for filing numbers: notices, legal pages, configurations.
#pragma once

#include <string_view>

#include "gate/package/number_search.h"
#include "gate/package/zip.h"

namespace beian::package {

// Searches the entries that are text by their names and lie where a platform keeps files as they
// are. At most limits::kTextScanBytesMax are unpacked, larger files than limits::kTextFileBytesMax
// and damaged ones passed over. `part` stands before the names of entries; empty: nothing does.
void search_text_files(const Zip& zip, std::string_view part, NumberSearch* search);

}  // namespace beian::package
