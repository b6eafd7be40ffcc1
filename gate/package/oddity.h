// What is odd about a package: read as its platform reads it, but told. An oddity is a fact, not an
// error; packers and hostile files make them, compilers do not.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace beian::package {

struct Oddity {
  std::string code;    // stable, such as zip_method; package/README.md lists all
  std::string where;   // an entry, element or block; as the package has it, so not to be trusted
  std::string detail;  // English, one sentence

  friend bool operator==(const Oddity&, const Oddity&) = default;
};

using Oddities = std::vector<Oddity>;

// Adds one, each once; `where` is cut at limits::kOddityTextBytesMax, and behind
// limits::kOdditiesMax a single `more_oddities` stands for the rest. Null `oddities`: nobody asks.
void add_oddity(Oddities* oddities, std::string_view code, std::string_view where,
                std::string detail);

}  // namespace beian::package
