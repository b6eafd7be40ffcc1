#include "gate/package/hap_block.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "gate/package/byte_reader.h"
#include "gate/package/signature_limits.h"

namespace beian::package {
namespace {

constexpr std::size_t kHapHeaderBytes = 32;
constexpr std::size_t kHeadBytes = 12;
constexpr std::uint32_t kContentVersion = 2;
// The magic of block versions up to 2, and from 3 on.
constexpr std::string_view kMagicV2 = "HAP Sig Block 42";
constexpr std::string_view kMagicV3 = "<hap sign block>";
// The parts that a signature covers besides the contents.
constexpr std::uint32_t kCovered[] = {0x20000001, kHapProfile, 0x20000003};

// The digest of the contents that goes with each signature algorithm, by number. Observed: for RSA
// with SHA-384, hapsigner digests the contents with SHA-256.
struct HapAlgorithm {
  std::uint32_t id;
  const char* digest;
};
constexpr HapAlgorithm kHapAlgorithms[] = {
    {0x101, "SHA256"}, {0x102, "SHA384"}, {0x103, "SHA512"}, {0x104, "SHA256"},
    {0x105, "SHA256"}, {0x106, "SHA512"}, {0x201, "SHA256"}, {0x202, "SHA384"},
    {0x203, "SHA512"}, {0x301, "SHA256"}, {0x302, "SHA384"}, {0x303, "SHA512"},
};

void hap_malformed(Oddities* oddities, std::string detail) {
  add_oddity(oddities, "hap_block_malformed", "HAP signing block", std::move(detail));
}

bool read_heads(ByteView block, std::uint32_t count, HapBlock* out, Oddities* oddities) {
  ByteReader reader(block.first(block.size() - kHapHeaderBytes));
  for (std::uint32_t i = 0; i < count; ++i) {
    const auto type = reader.u32();
    const auto length = reader.u32();
    const auto offset = reader.u32();
    ByteReader values(block.first(block.size() - kHapHeaderBytes));
    const auto skipped = offset ? values.bytes(*offset) : std::nullopt;
    const auto value = skipped ? values.bytes(*length) : std::nullopt;
    if (!value) {
      hap_malformed(oddities, "part " + std::to_string(i + 1) + " ends beyond it");
      return false;
    }
    if (*type == kHapSignature)
      out->signatures.push_back({*type, *value});
    else if (std::ranges::find(kCovered, *type) != std::end(kCovered))
      out->others.push_back({*type, *value});
  }
  return true;
}

}  // namespace

std::optional<HapBlock> find_hap_block(ByteView file, std::uint64_t directory_offset,
                                       Oddities* oddities) {
  const ByteView before = file.first(static_cast<std::size_t>(directory_offset));
  if (before.size() < kHapHeaderBytes) return std::nullopt;
  ByteReader header(before.last(kHapHeaderBytes));
  const std::uint32_t count = *header.u32();
  const std::uint64_t size = *header.u64();
  const std::string_view magic = as_text(*header.bytes(kMagicV3.size()));
  const auto version = static_cast<std::int32_t>(*header.u32());  // signed, as in HarmonyOS
  if (magic != (version < 3 ? kMagicV2 : kMagicV3)) return std::nullopt;
  if (size < kHapHeaderBytes || size > before.size()) {
    hap_malformed(oddities, "its size lies beyond the file");
    return std::nullopt;
  }
  if (count > limits::kBlockPairsMax || count * kHeadBytes > size - kHapHeaderBytes) {
    hap_malformed(oddities, "it has more parts than bytes");
    return std::nullopt;
  }
  HapBlock out;
  out.offset = before.size() - size;
  if (!read_heads(before.subspan(out.offset), count, &out, oddities)) return std::nullopt;
  return out;
}

std::optional<HapDigest> read_hap_digest(ByteView content) {
  ByteReader reader(content);
  const auto version = reader.u32();
  const auto count = reader.u32();
  const auto entry = reader.prefixed();
  if (!version || *version != kContentVersion || !count || *count != 1 || !entry)
    return std::nullopt;
  ByteReader inside(*entry);
  const auto id = inside.u32();
  const auto bytes = inside.prefixed();
  if (!id || !bytes) return std::nullopt;
  const auto* const found = std::ranges::find(kHapAlgorithms, *id, &HapAlgorithm::id);
  if (found == std::end(kHapAlgorithms)) return std::nullopt;
  return HapDigest{found->digest, *bytes};
}

}  // namespace beian::package
