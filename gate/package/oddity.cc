#include "gate/package/oddity.h"

#include <algorithm>
#include <utility>

#include "gate/package/limits.h"

namespace beian::package {

void add_oddity(Oddities* oddities, std::string_view code, std::string_view where,
                std::string detail) {
  if (oddities == nullptr || oddities->size() > limits::kOdditiesMax) return;
  if (oddities->size() == limits::kOdditiesMax) {
    oddities->push_back({"more_oddities", "", "further oddities are not listed"});
    return;
  }
  Oddity oddity{std::string(code), std::string(where.substr(0, limits::kOddityTextBytesMax)),
                std::move(detail)};
  if (std::ranges::find(*oddities, oddity) == oddities->end())
    oddities->push_back(std::move(oddity));
}

}  // namespace beian::package
