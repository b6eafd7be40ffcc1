// What signs an APK or HAP outside its central directory: the block before it, the block's signers,
// a key rotation. The first byte selects one. Oracles: each pair, put together again, is found in
// the block, each identifier once; an invalid signature is reported as an oddity; every signer has
// a certificate.
#include <cstdint>
#include <string>

#include "gate/package/block_signers.h"
#include "gate/package/hap_block.h"
#include "gate/package/lineage.h"
#include "gate/package/signing_block.h"
#include "tests/fuzz/die.h"

namespace {

using namespace beian;
using beian::test::die;
using namespace beian::package;

void append(std::string* out, std::uint64_t word, std::size_t bytes) {
  out->append(reinterpret_cast<const char*>(&word), bytes);
}

void check_signers(ByteView value, Scheme scheme) {
  Oddities oddities;
  bool is_ok = true;
  for (const BlockSigner& signer : read_block_signers(value, scheme, &oddities)) {
    is_ok &= signer.signer.signature_ok;
    if (signer.signer.certificate.sha256.size() != 64) die("a signer without a certificate");
    if (signer.signer.signature_ok && !signer.content) die("a signature of nothing");
  }
  if (!is_ok && oddities.empty()) die("not told why a signature does not hold");
}

void check_block(ByteView bytes) {
  const auto block = find_signing_block(bytes, bytes.size(), nullptr);
  if (!block) return;
  const std::string_view inside = as_text(bytes).substr(block->offset + 8);
  for (const BlockPair& pair : block->pairs) {
    std::string again;
    append(&again, pair.value.size() + 4, 8);
    append(&again, pair.id, 4);
    again += as_text(pair.value);
    if (inside.find(again) == std::string_view::npos) die("a pair that is not in the block");
    if (block->find(pair.id)->data() != pair.value.data()) die("an identifier twice");
  }
  if (const auto value = block->find(kBlockIdV2)) check_signers(*value, Scheme::kV2);
  if (const auto value = block->find(kBlockIdV3)) check_signers(*value, Scheme::kV3);
}

void check_hap(ByteView bytes) {
  const auto block = find_hap_block(bytes, bytes.size(), nullptr);
  if (block && block->offset > bytes.size()) die("a block beyond its file");
  read_hap_digest(bytes);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const ByteView bytes{data + 1, size - 1};
  switch (data[0]) {
    case 'b':
      check_block(bytes);
      break;
    case '2':
      check_signers(bytes, Scheme::kV2);
      break;
    case '3':
      check_signers(bytes, Scheme::kV3);
      break;
    case 'l':
      if (const auto steps = read_lineage(bytes); !steps && steps.error().message.empty())
        die("refused without a reason");
      break;
    case 'h':
      check_hap(bytes);
      break;
    default:
      break;
  }
  return 0;
}
