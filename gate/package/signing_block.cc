#include "gate/package/signing_block.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <string_view>

#include "gate/package/byte_reader.h"

namespace beian::package {
namespace {

constexpr std::string_view kMagic = "APK Sig Block 42";
constexpr std::size_t kFooterBytes = 8 + kMagic.size();
constexpr std::uint32_t kActedOn[] = {kBlockIdV2, kBlockIdV3, kBlockIdV31};

void apk_malformed(Oddities* oddities, std::string detail) {
  add_oddity(oddities, "signing_block_malformed", "APK Signing Block", std::move(detail));
}

void take(const BlockPair& pair, SigningBlock* block, Oddities* oddities) {
  if (std::ranges::find(kActedOn, pair.id) == std::end(kActedOn)) return;
  if (block->find(pair.id))
    add_oddity(
        oddities, "signing_block_duplicate", "APK Signing Block",
        "identifier " + std::to_string(pair.id) + " stands there twice; the first one counts");
  else
    block->pairs.push_back(pair);
}

// Android walks to the pair it wants, so a damaged pair hides only those after it.
void read_pairs(ByteView bytes, SigningBlock* block, Oddities* oddities) {
  ByteReader reader(bytes);
  for (std::size_t number = 1; !reader.is_at_end(); ++number) {
    const auto size = reader.u64();
    const auto pair = size ? reader.bytes(*size) : std::nullopt;
    ByteReader inside(pair.value_or(ByteView()));
    const auto id = inside.u32();
    if (!id)
      return apk_malformed(
          oddities, "pair " + std::to_string(number) +
                        (pair ? " is too short to have an identifier" : " ends beyond the block"));
    take({*id, inside.rest()}, block, oddities);
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
    apk_malformed(oddities, "its size at the end lies beyond the file");
    return std::nullopt;
  }
  SigningBlock block;
  block.offset = before.size() - 8 - size;
  if (u64_at(before, block.offset) != size) {
    apk_malformed(oddities, "its size at the begin is not that at the end");
    return std::nullopt;
  }
  read_pairs(before.subspan(block.offset + 8, size - kFooterBytes), &block, oddities);
  return block;
}

}  // namespace beian::package
