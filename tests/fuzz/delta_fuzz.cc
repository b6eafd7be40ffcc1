// Any bytes as a delta batch, both as they are and with the checksum of the text corrected, as a
// hostile author would. Oracle: an accepted batch, written again, is read again with the same
// content (its chain), and has the same bytes if it was stored plain and unsigned.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "cache/snapshot/delta.h"

namespace {

using namespace beian;
using namespace beian::cache;

void fail(const char* what) {
  std::fprintf(stderr, "%s\n", what);
  std::abort();
}

void read(const std::string& bytes) {
  const auto batch = decode_delta(as_bytes(bytes), {{}, true});
  if (!batch) {
    if (batch.error().message.empty()) fail("refused without a reason");
    return;
  }
  const auto link = read_link(as_bytes(bytes));
  if (!link || link->serial != batch->serial || link->previous != batch->previous)
    fail("the link is not that of the batch");
  const std::string again = encode(*batch, nullptr);
  const Sha256 chain = chain_after(batch->previous, as_bytes(bytes));
  if (chain_after(batch->previous, as_bytes(again)) != chain || chain_after(*batch) != chain)
    fail("written again it says another thing");
  constexpr std::size_t kFlags = 12, kSigner = 128, kEnd = 224;
  const bool is_plain = (bytes[kFlags] & 2) == 0 && (again[kFlags] & 2) == 0;
  const bool is_unsigned =
      bytes.substr(kSigner, kEnd - kSigner) == std::string(kEnd - kSigner, '\0');
  if (is_plain && is_unsigned && again != bytes) fail("written again it is other bytes");
  if (!decode_delta(as_bytes(again), {{}, true})) fail("written again it is refused");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string bytes(reinterpret_cast<const char*>(data), size);
  read(bytes);
  constexpr std::size_t kTextHash = 96, kText = 224;
  if (size < kText) return 0;
  const Sha256 hash = sha256(std::string_view(bytes).substr(kText));
  bytes.replace(kTextHash, hash.size(), as_text(hash));
  read(bytes);
  return 0;
}
