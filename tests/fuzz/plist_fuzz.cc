// Any bytes as a property list. Oracles: values are UTF-8 within their bounds, keys of inner
// dictionaries are at most one level deep, and reading is deterministic.
#include <cstdlib>
#include <vector>

#include "gate/package/limits.h"
#include "gate/package/property_list.h"

namespace {

void require(bool condition) {
  if (!condition) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace beian::package;
  const std::vector<std::uint8_t> file(data, data + size);
  const auto list = parse_property_list(file, "Info.plist");
  if (!list) {
    require(!list.error().message.empty());
    return 0;
  }
  require(list->size() <= beian::limits::kPropertyListElementsMax);
  for (const auto& [key, value] : *list) {
    require(beian::is_utf8(key) && beian::is_utf8(value));
    require(value.size() <= 3 * beian::limits::kPoolTextBytesMax);
  }
  const auto again = parse_property_list(file, "Info.plist");
  require(again.has_value() && *again == *list);
  return 0;
}
