// Any bytes as a resource table. Oracles: each locale listed for a resource gives the same text at
// every look-up, texts are UTF-8 within their bounds, and no chain of references goes on for ever.
#include <cstdlib>
#include <vector>

#include "gate/package/resource_tables.h"

namespace {

void require(bool condition) {
  if (!condition) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace beian::package;
  const std::vector<std::uint8_t> file(data, data + size);
  Oddities oddities;
  auto table = ResourceTable::open(file, "resources.arsc", &oddities);
  if (!table) return 0;
  ResourceTables tables;
  tables.add(std::move(*table));
  for (std::uint32_t type = 0; type < 4; ++type)
    for (std::uint32_t entry = 0; entry < 4; ++entry) {
      const std::uint32_t id = 0x7f000000 | type << 16 | entry;
      for (const std::string& locale : tables.locales_of(id)) {
        const auto text = tables.text(id, locale);
        require(text == tables.text(id, locale));
        if (!text) continue;
        require(beian::is_utf8(*text) && text->size() <= beian::limits::kPoolTextBytesMax);
      }
    }
  return 0;
}
