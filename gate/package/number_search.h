// Filing numbers that stand in the texts of a package: in its resources, its manifest and the text
// files among its assets.
//
// A number is searched where `ICP` (either case, also full width) or a licence class (`B2-`)
// stands. Only what reads as a plausible number, without a guess, is found. Bounded:
// limits::kNumberPlacesMax places, limits::kNumbersFoundMax numbers. One thread.
#pragma once

#include <string_view>
#include <vector>

#include "cache/base/bytes.h"
#include "gate/package/limits.h"
#include "gate/package/package.h"

namespace beian::package {

class NumberSearch {
 public:
  // Searches UTF-8 text; `where` is what it stands in.
  void search(std::string_view text, std::string_view where);
  // The same in little-endian UTF-16.
  void search_wide(ByteView units, std::string_view where);

  // Gives the numbers to `package`, each once, in the order found; an oddity tells when places or
  // numbers were left out. The last thing that is asked.
  void finish(Package* package);

 private:
  void look(std::string_view text, std::size_t at, bool is_licence, std::string_view where);
  void add(std::string_view candidate, std::string_view where, bool* is_found);

  std::vector<FoundNumber> found_;
  std::size_t places_left_ = limits::kNumberPlacesMax;
};

}  // namespace beian::package
