#include "gate/package/signing_block.h"

#include <algorithm>
#include <string>
#include <string_view>

#include "gate/package/byte_reader.h"
#include "gate/package/signature_limits.h"

namespace beian::package {
namespace {

constexpr std::string_view kMagic = "APK Sig Block 42";
constexpr std::size_t kFooterBytes = 8 + kMagic.size();

void malformed(Oddities* oddities, std::string detail) {
  add_oddity(oddities, "signing_block_malformed", "APK Signing Block", std::move(detail));
}

// Android looks for the pair that it wants and meets a damaged one only before it; here the whole
// block has to be sound.
bool read_pairs(ByteView bytes, std::vector<BlockPair>* pairs, Oddities* oddities) {
  ByteReader reader(bytes);
  while (!reader.is_at_end()) {
    const std::string number = "pair " + std::to_string(pairs->size() + 1);
    if (pairs->size() == limits::kBlockPairsMax) {
      malformed(oddities, "it has more than " + std::to_string(limits::kBlockPairsMax) + " pairs");
      return false;
    }
    const auto size = reader.u64();
    const auto pair = size ? reader.bytes(*size) : std::nullopt;
    if (!pair) {
      malformed(oddities, number + " ends beyond the block");
      return false;
    }
    ByteReader inside(*pair);
    const auto id = inside.u32();
    if (!id) {
      malformed(oddities, number + " is too short to have an identifier");
      return false;
    }
    pairs->push_back({*id, inside.rest()});
  }
  return true;
}

void tell_duplicates(const std::vector<BlockPair>& pairs, Oddities* oddities) {
  for (const std::uint32_t id : {kBlockIdV2, kBlockIdV3, kBlockIdV31}) {
    if (std::ranges::count(pairs, id, &BlockPair::id) < 2) continue;
    add_oddity(oddities, "signing_block_duplicate", "APK Signing Block",
               "identifier " + std::to_string(id) + " stands there twice; the first one counts");
  }
}

}  // namespace

std::optional<ByteView> SigningBlock::find(std::uint32_t id) const noexcept {
  const auto found = std::ranges::find(pairs, id, &BlockPair::id);
  if (found == pairs.end()) return std::nullopt;
  return found->value;
}

std::optional<SigningBlock> find_signing_block(ByteView file, std::uint64_t directory_offset,
                                               Oddities* oddities) {
  const ByteView before = file.first(static_cast<std::size_t>(directory_offset));
  if (before.size() < 8 + kFooterBytes || !as_text(before).ends_with(kMagic)) return std::nullopt;
  const std::uint64_t size = u64_at(before, before.size() - kFooterBytes);
  if (size < kFooterBytes || size > before.size() - 8) {
    malformed(oddities, "its size at the end lies beyond the file");
    return std::nullopt;
  }
  SigningBlock block;
  block.offset = before.size() - 8 - size;
  if (u64_at(before, block.offset) != size) {
    malformed(oddities, "its size at the begin is not that at the end");
    return std::nullopt;
  }
  const ByteView pairs = before.subspan(block.offset + 8, size - kFooterBytes);
  if (!read_pairs(pairs, &block.pairs, oddities)) return std::nullopt;
  tell_duplicates(block.pairs, oddities);
  return block;
}

}  // namespace beian::package
