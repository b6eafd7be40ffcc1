// Manifests: their bytes, every kind of damage, and whose signature counts. Also the two small
// texts beside them, tip and keys.
#include "cache/redis/manifest.h"

#include <gtest/gtest.h>

#include <cstring>

#include "cache/redis/keys.h"
#include "cache/redis/tip.h"
#include "tests/redis/support.h"

namespace beian::cache {
namespace {

using test::some_manifest;

const Trust kAnybody{{}, true};

Manifest full_manifest() {
  Manifest manifest = some_manifest();
  manifest.next_update = *parse_instant("2026-01-03T03:00:00Z");
  manifest.previous.emplace().fill(0x33);
  manifest.rollback_of = 48'299;
  return manifest;
}

TEST(Manifest, ComesBackAsItWas) {
  const SigningKey key = SigningKey::generate();
  for (const Manifest& manifest : {some_manifest(), full_manifest()}) {
    for (const SigningKey* signer : {static_cast<const SigningKey*>(nullptr), &key}) {
      const std::string bytes = encode(manifest, signer);
      const auto decoded = decode_manifest(as_bytes(bytes), kAnybody);
      ASSERT_TRUE(decoded) << decoded.error().message;
      EXPECT_EQ(*decoded, manifest);
      EXPECT_EQ(encode(*decoded, signer), bytes) << "one spelling";
      EXPECT_EQ(stated_signer(as_bytes(bytes)).has_value(), signer != nullptr);
    }
  }
}

// FORMAT.md shows the same.
TEST(Manifest, BytesArePinned) {
  const std::string bytes = encode(some_manifest(), nullptr);
  ASSERT_EQ(bytes.size(), 288U + 3 * 32);
  EXPECT_EQ(to_hex(as_bytes(bytes.substr(0, 32))),
            "424549414e4d414e01000000000000000300000000000000"
            "55bc000000000000");
  EXPECT_EQ(to_hex(manifest_id(as_bytes(bytes))),
            "cea5a44294eaadc01099625d3800f2dc2878ce9df6e8522245915e658668baf3");
}

TEST(Manifest, EveryChangedByteOfASignedOneIsFound) {
  const SigningKey key = SigningKey::generate();
  const Trust trust{{key.public_key()}, false};
  std::string bytes = encode(full_manifest(), &key);
  ASSERT_TRUE(decode_manifest(as_bytes(bytes), trust));
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    for (const int mask : {0x01, 0x80, 0xFF}) {
      bytes[at] = static_cast<char>(bytes[at] ^ mask);
      const auto decoded = decode_manifest(as_bytes(bytes), trust);
      EXPECT_FALSE(decoded) << at;
      bytes[at] = static_cast<char>(bytes[at] ^ mask);
    }
  }
}

TEST(Manifest, EveryCutAndExtensionIsFound) {
  const std::string bytes = encode(full_manifest(), nullptr);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const auto decoded = decode_manifest(as_bytes(bytes.substr(0, size)), kAnybody);
    ASSERT_FALSE(decoded) << size;
    EXPECT_EQ(decoded.error().kind, ErrorKind::kDamaged);
  }
  for (const std::size_t more : {1U, 32U})
    EXPECT_FALSE(decode_manifest(as_bytes(bytes + std::string(more, '\0')), kAnybody));
}

TEST(Manifest, WhatIsWrongIsNamedWithItsPlace) {
  struct Row {
    const char* name;
    std::size_t offset;
    std::uint64_t value;
    std::size_t width;
    const char* want;
  };
  const Row rows[] = {
      {"magic", 0, 0, 8, "manifest damaged at byte 0: not a beian-gate manifest"},
      {"version", 8, 2, 4, "manifest damaged at byte 8: version 2; this program reads 1"},
      {"flag", 12, 16, 4, "manifest damaged at byte 12: flags that do not fit what is there"},
      {"signed_by_nobody", 12, 8, 4,
       "manifest damaged at byte 12: flags that do not fit what is there"},
      {"epoch", 16, 0, 8, "manifest damaged at byte 16: epochs begin at 1"},
      {"as_of", 32, ~0ULL, 8, "manifest damaged at byte 32: a time outside the years 1970 to 9999"},
      {"next_update", 40, 7, 8, "manifest damaged at byte 12: flags that do not fit what is there"},
      {"file_bytes", 80, 0, 8, "manifest damaged at byte 80: no size of a snapshot file"},
      {"huge_file", 80, ~0ULL, 8, "manifest damaged at byte 80: no size of a snapshot file"},
      {"no_chunk_bytes", 88, 0, 4, "manifest damaged at byte 88: no size of a chunk"},
      {"huge_chunk_bytes", 88, 0xFFFFFFFF, 4, "manifest damaged at byte 88: no size of a chunk"},
      {"chunks", 92, 4, 4, "manifest damaged at byte 92: the chunks do not make the file"},
      {"tiny_chunks", 88, 1, 4, "manifest damaged at byte 92: the chunks do not make the file"},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    std::string bytes = encode(some_manifest(), nullptr);
    std::memcpy(bytes.data() + row.offset, &row.value, row.width);
    const auto decoded = decode_manifest(as_bytes(bytes), kAnybody);
    ASSERT_FALSE(decoded);
    EXPECT_EQ(decoded.error().kind, ErrorKind::kDamaged);
    EXPECT_EQ(decoded.error().message, row.want);
  }
}

TEST(Manifest, OnlyTrustedSignaturesCount) {
  const SigningKey key = SigningKey::generate();
  const SigningKey other = SigningKey::generate();
  const std::string by_key = encode(some_manifest(), &key);
  const std::string by_nobody = encode(some_manifest(), nullptr);
  const auto kind = [](const std::string& bytes, const Trust& trust) {
    const auto decoded = decode_manifest(as_bytes(bytes), trust);
    return decoded ? ErrorKind{} : decoded.error().kind;
  };
  EXPECT_EQ(kind(by_key, {{key.public_key()}, false}), ErrorKind{});
  EXPECT_EQ(kind(by_key, {{other.public_key(), key.public_key()}, false}), ErrorKind{});
  EXPECT_EQ(kind(by_key, {{other.public_key()}, false}), ErrorKind::kUntrusted);
  EXPECT_EQ(kind(by_key, {{}, false}), ErrorKind::kUntrusted) << "no key, nothing is believed";
  EXPECT_EQ(kind(by_nobody, {{key.public_key()}, false}), ErrorKind::kUntrusted);
  EXPECT_EQ(kind(by_nobody, {{}, true}), ErrorKind{});
  // A key's signature of one manifest put under another.
  std::string mixed = encode(some_manifest(1), &key);
  std::memcpy(mixed.data() + 224, by_key.data() + 224, 64);
  EXPECT_EQ(kind(mixed, {{key.public_key()}, false}), ErrorKind::kUntrusted);
}

TEST(Manifest, AnEpochHasAChainOfItsOwn) {
  const Sha256 chain = some_manifest().chain;
  EXPECT_NE(chain_of_epoch(chain, 2), chain);
  EXPECT_NE(chain_of_epoch(chain, 2), chain_of_epoch(chain, 3));
  EXPECT_EQ(chain_of_epoch(chain, 2), chain_of_epoch(chain, 2));
}

TEST(Tip, IsWrittenAndRead) {
  Tip tip{2, 48'213, {}};
  tip.chain.fill(0xAB);
  const std::string text = encode_tip(tip);
  EXPECT_EQ(text, "2 48213 " + std::string(64, '#').replace(0, 64, to_hex(tip.chain)));
  const auto decoded = decode_tip(text);
  ASSERT_TRUE(decoded);
  EXPECT_EQ(*decoded, tip);
  for (std::size_t size = 0; size < text.size(); ++size)
    EXPECT_FALSE(decode_tip(text.substr(0, size))) << size;
  for (const std::string& odd : {text + "0", " " + text, "-" + text, "1  1 " + text.substr(8),
                                 "18446744073709551616 1 " + text.substr(8)})
    EXPECT_FALSE(decode_tip(odd)) << odd;
}

TEST(Keys, LieInOneSlotButForTheChunks) {
  const RedisKeys keys("beian");
  EXPECT_EQ(keys.head(), "{beian}:head");
  EXPECT_EQ(keys.tip(), "{beian}:tip");
  EXPECT_EQ(keys.deltas(), "{beian}:deltas");
  EXPECT_EQ(keys.manifest("ab"), "{beian}:manifest:ab");
  EXPECT_EQ(keys.chunk(Sha256{}), "beian:chunk:" + std::string(64, '0'));
}

TEST(Keys, StreamIdsAreSerials) {
  EXPECT_EQ(stream_id(7), "7-0");
  EXPECT_EQ(serial_of_stream_id("7-0"), 7U);
  EXPECT_EQ(serial_of_stream_id("18446744073709551615-0"), UINT64_MAX);
  for (const char* odd : {"", "-0", "7", "7-1", "7-00", "+7-0", "7 -0", "18446744073709551616-0"})
    EXPECT_FALSE(serial_of_stream_id(odd)) << odd;
}

}  // namespace
}  // namespace beian::cache
