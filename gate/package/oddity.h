// Oddities: what is unusual about a package that its platform accepts all the same, and what is
// wrong with its signatures. An oddity is a fact, not an error; packers and hostile files produce
// them, compilers do not.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace beian::package {

struct Oddity {
  std::string code;    // stable, such as zip_method; package/README.md lists all
  std::string where;   // an entry, element or block, named by the package: untrusted
  std::string detail;  // English, one sentence

  friend bool operator==(const Oddity&, const Oddity&) = default;
};

using Oddities = std::vector<Oddity>;

// Adds an oddity unless it is there already. `where` is cut at limits::kOddityTextBytesMax; beyond
// limits::kOdditiesMax a single `more_oddities` stands for the rest. Null `oddities`: does nothing.
void add_oddity(Oddities* oddities, std::string_view code, std::string_view where,
                std::string detail);

}  // namespace beian::package
