// Any bytes as a snapshot, both as they are and with the checksums corrected, as a hostile author
// would. Oracles: a file that opens can be read to its end without leaving its sections (ASan), and
// everything that a look-up lists has a readable record.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "tests/snapshot/rehash.h"
#include "tests/snapshot/walk.h"

namespace {

using beian::cache::Snapshot;

void read_if_it_opens(std::string bytes) {
  const auto opened = Snapshot::from_bytes(std::move(bytes));
  if (!opened) {
    if (opened.error().kind == beian::ErrorKind::kDamaged && !opened.error().message.empty())
      return;
    std::fprintf(stderr, "refused as something else: %s\n", opened.error().message.c_str());
    std::abort();
  }
  const std::string fault = beian::cache::test::walk(**opened, false);
  if (fault.empty()) return;
  std::fprintf(stderr, "opened and is not consistent: %s\n", fault.c_str());
  std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string bytes(reinterpret_cast<const char*>(data), size);
  read_if_it_opens(bytes);
  beian::cache::test::rehash(&bytes);
  read_if_it_opens(std::move(bytes));
  return 0;
}
