// Any bytes as a manifest, read by someone who trusts everybody, so that no signature helps.
// Oracle: an accepted one, written again unsigned, has the same bytes, and its chunks add up to its
// file.
#include <cstdint>
#include <string>

#include "cache/redis/chunk.h"
#include "cache/redis/manifest.h"
#include "cache/redis/tip.h"
#include "tests/fuzz/die.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace beian;
  using beian::test::die;
  using namespace beian::cache;
  const ByteView bytes{data, size};
  if (const auto tip = decode_tip(as_text(bytes)); tip) {
    const auto again = decode_tip(encode_tip(*tip));
    if (!again || *again != *tip) die("a tip is not what it was");
  }
  const auto manifest = decode_manifest(bytes, Trust{{}, true});
  if (!manifest) {
    if (manifest.error().message.empty()) die("refused without a reason");
    return 0;
  }
  if (!stated_signer(bytes) && encode(*manifest, nullptr) != as_text(bytes))
    die("two spellings of one manifest");
  std::uint64_t total = 0;
  for (std::size_t i = 0; i < manifest->chunks.size(); ++i) total += chunk_size(*manifest, i);
  if (total != manifest->file_bytes) die("the chunks do not make the file");
  return 0;
}
