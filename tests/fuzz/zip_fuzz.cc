// Any bytes as a ZIP archive. Oracles: every entry is found by its name, is as long as the
// directory says, and reads the same through a view and as a copy.
#include <cstdlib>
#include <vector>

#include "gate/package/zip.h"

namespace {

constexpr std::size_t kBytesMax = 1 << 16;
constexpr std::size_t kEntriesMax = 64;

void require(bool condition) {
  if (!condition) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace beian::package;
  const std::vector<std::uint8_t> file(data, data + size);  // exact size, for the sanitizer
  Oddities oddities;
  const auto zip = Zip::open(file, &oddities);
  if (!zip) return 0;
  require(zip->directory_offset() + zip->directory_bytes() <= zip->directory_end());
  std::size_t read = 0;
  for (const ZipEntry& entry : zip->entries()) {
    require(zip->find(entry.name) == &entry);
    if (++read > kEntriesMax) break;
    const auto viewed = zip->view(entry, kBytesMax, &oddities);
    const auto copied = zip->read(entry, kBytesMax, &oddities);
    require(viewed.has_value() == copied.has_value());
    if (!viewed) continue;
    require(copied->size() == entry.bytes && entry.bytes <= kBytesMax);
    require(beian::as_text(viewed->bytes()) == *copied);
  }
  return 0;
}
