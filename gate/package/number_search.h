// Finds filing numbers in the texts of a package: its resources, its manifest and the text files
// among its assets.
//
// Looks for `ICP` (either case, also full width) or a licence class (`B2-`) and tries to parse a
// number there. Reports only plausible numbers that parse without guessing. Bounded by
// limits::kNumberPlacesMax places and limits::kNumbersFoundMax numbers. Not thread-safe.
#pragma once

#include <string_view>
#include <vector>

#include "cache/base/bytes.h"
#include "gate/package/limits.h"
#include "gate/package/package.h"

namespace beian::package {

class NumberSearch {
 public:
  // Searches UTF-8 text; `where` names the entry it comes from.
  void search(std::string_view text, std::string_view where);
  // The same for little-endian UTF-16.
  void search_wide(ByteView units, std::string_view where);

  // Moves the numbers to `package`, each once, in the order found; an oddity says if places or
  // numbers were left out. Must be the last call.
  void finish(Package* package);

 private:
  void look(std::string_view text, std::size_t at, bool is_licence, std::string_view where);
  void add(std::string_view candidate, std::string_view where, bool* is_found);

  std::vector<FoundNumber> found_;
  std::size_t places_left_ = limits::kNumberPlacesMax;
};

}  // namespace beian::package
