#include "cache/redis/chunk.h"

#include <gtest/gtest.h>

namespace beian::cache {
namespace {

std::string piece() {
  std::string text;
  for (int i = 0; i < 2'000; ++i) text += std::to_string(i * 7919) + ";";
  return text;
}

TEST(Chunk, ComesBackAsItWas) {
  for (const std::string& text : {std::string("x"), piece(), std::string(100'000, '\0')}) {
    const std::string frame = compress_chunk(as_bytes(text));
    const auto restored = restore_chunk(as_bytes(frame), sha256(text), text.size());
    ASSERT_TRUE(restored) << restored.error().message;
    EXPECT_EQ(*restored, text);
  }
}

TEST(Chunk, DamageOfAnyByteAndAnyCutIsFound) {
  const std::string text = piece().substr(0, 300);
  const std::string frame = compress_chunk(as_bytes(text));
  const Sha256 content = sha256(text);
  for (std::size_t at = 0; at < frame.size(); ++at) {
    for (const int mask : {0x01, 0x80}) {
      std::string damaged = frame;
      damaged[at] = static_cast<char>(damaged[at] ^ mask);
      const auto restored = restore_chunk(as_bytes(damaged), content, text.size());
      // A bit of the frame that has no effect may differ; the content may not.
      if (restored) {
        EXPECT_EQ(*restored, text) << at;
      }
    }
    EXPECT_FALSE(restore_chunk(as_bytes(frame.substr(0, at)), content, text.size())) << at;
  }
}

TEST(Chunk, OfAnotherSizeOrContentIsRefusedAndNoMoreIsUnpacked) {
  const std::string bomb = compress_chunk(as_bytes(std::string(4'000'000, 'x')));
  ASSERT_LT(bomb.size(), 1'000U);
  const auto unpacked = restore_chunk(as_bytes(bomb), Sha256{}, 100);
  ASSERT_FALSE(unpacked);
  EXPECT_EQ(unpacked.error().kind, ErrorKind::kDamaged);
  const std::string frame = compress_chunk(as_bytes("abc"));
  EXPECT_FALSE(restore_chunk(as_bytes(frame), sha256("abc"), 4));
  EXPECT_FALSE(restore_chunk(as_bytes(frame), sha256("abd"), 3));
  EXPECT_FALSE(restore_chunk({}, sha256("abc"), 3));
}

TEST(Chunk, SizesMakeTheFile) {
  Manifest manifest;
  manifest.chunk_bytes = 10;
  manifest.file_bytes = 25;
  EXPECT_EQ(chunk_size(manifest, 0), 10U);
  EXPECT_EQ(chunk_size(manifest, 2), 5U);
  manifest.file_bytes = 20;
  EXPECT_EQ(chunk_size(manifest, 1), 10U);
}

}  // namespace
}  // namespace beian::cache
