// Damage of every kind: a snapshot opens complete and correct, or not at all.
#include <gmock/gmock.h>

#include <regex>

#include "cache/base/file.h"
#include "cache/snapshot/format.h"
#include "tests/snapshot/rehash.h"
#include "tests/snapshot/support.h"
#include "tests/snapshot/walk.h"
#include "tests/support/process.h"

namespace beian::cache::test {
namespace {

// Small enough to open a hundred thousand times.
Registry tiny() {
  Registry registry = hand_made();
  registry.services.pop_back();
  return registry;
}

testing::AssertionResult is_refused(const std::string& bytes) {
  static const std::regex kPlaced("snapshot damaged in [a-z0-9_]+ at byte [0-9]+: .+");
  const auto opened = Snapshot::from_bytes(bytes);
  if (opened) return testing::AssertionFailure() << "it opened";
  if (opened.error().kind != ErrorKind::kDamaged ||
      !std::regex_match(opened.error().message, kPlaced))
    return testing::AssertionFailure() << opened.error().message;
  return testing::AssertionSuccess();
}

TEST(Damage, EveryFlippedByteIsFound) {
  for (const bool is_signed : {false, true}) {
    const SigningKey key = SigningKey::generate();
    SealOptions options = seal();
    if (is_signed) options.key = &key;
    std::string bytes = build(tiny(), options);
    for (std::size_t at = 0; at < bytes.size(); ++at)
      for (const int mask : {0x01, 0x80, 0xFF}) {
        bytes[at] = static_cast<char>(bytes[at] ^ mask);
        ASSERT_TRUE(is_refused(bytes)) << "byte " << at << " mask " << mask;
        bytes[at] = static_cast<char>(bytes[at] ^ mask);
      }
  }
}

TEST(Damage, EveryCutIsFound) {
  const std::string bytes = build(tiny());
  for (std::size_t size = 0; size < bytes.size(); ++size)
    ASSERT_TRUE(is_refused(bytes.substr(0, size))) << size;
}

TEST(Damage, EveryExtensionIsFound) {
  const std::string bytes = build(tiny());
  for (const std::size_t more : {1U, 64U, 4096U})
    for (const char filler : {'\0', 'x'}) {
      std::string longer = bytes + std::string(more, filler);
      EXPECT_TRUE(is_refused(longer)) << more;
      rehash(&longer);
      EXPECT_TRUE(is_refused(longer)) << more << ", with right checksums";
    }
}

struct HeaderDamage {
  const char* name;
  std::size_t offset;
  std::uint32_t value;
  const char* want;
};

TEST(Damage, WhatTheHeaderGetsWrongIsNamed) {
  const HeaderDamage rows[] = {
      {"magic", 0, 0x12345678,
       "snapshot damaged in header at byte 0: not a beian-gate snapshot; `registry build` makes "
       "one from a feed"},
      {"newer_version", 8, 2,
       "snapshot damaged in header at byte 8: version 2; this program reads 1"},
      {"unknown_flag", 12, 0x80, "snapshot damaged in header at byte 12: flags or row counts"},
      {"subject_count", 48, 9, "snapshot damaged in header at byte 12: flags or row counts"},
      {"serial_zero", 24, 0, "snapshot damaged in header at byte 24: serial 0"},
      {"as_of_before_all_time", 36, 0x80000000,
       "snapshot damaged in header at byte 32: no such time"},
      {"as_of_after_all_time", 36, 0x7FFFFFFF,
       "snapshot damaged in header at byte 32: no such time"},
      {"next_update_after_all_time", 44, 0x7FFFFFFF,
       "snapshot damaged in header at byte 40: no such time"},
      {"next_update_without_its_flag", 12, format::kSealed,
       "snapshot damaged in header at byte 40: no such time"},
      {"reserved", 1'020, 1, "snapshot damaged in header at byte 632: bytes that are reserved"},
      {"kind_count", 56, 9,
       "snapshot damaged in header at byte 56: the counts are not those of the services"},
      {"first_section", 184, 4096,
       "snapshot damaged in header at byte 184: strings does not begin where it must"},
      {"section_length", 192, 0x7FFFFFFF,
       "snapshot damaged in header at byte 184: strings reaches beyond the file"},
      {"half_a_row", 184 + 16 + 8, 33,
       "snapshot damaged in header at byte 200: subjects is not a whole number of rows"},
  };
  for (const HeaderDamage& row : rows) {
    SCOPED_TRACE(row.name);
    std::string bytes = build(tiny());
    std::memcpy(bytes.data() + row.offset, &row.value, sizeof row.value);
    rehash(&bytes);
    const auto opened = Snapshot::from_bytes(bytes);
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().kind, ErrorKind::kDamaged);
    EXPECT_EQ(opened.error().message, row.want);
  }
}

TEST(Damage, BytesThatAreReservedAreZero) {
  const std::string bytes = build(hand_made());
  format::Header header;
  std::memcpy(&header, bytes.data(), sizeof header);
  const auto refused = [&](std::uint64_t at) {
    std::string damaged = bytes;
    damaged[at] = '\1';
    rehash(&damaged);
    const auto opened = Snapshot::from_bytes(damaged);
    return opened ? std::string("opened") : opened.error().message;
  };
  std::size_t padded = 0;
  for (std::size_t id = 0; id + 1 < format::kSectionCount; ++id) {
    const std::uint64_t end = header.sections[id].offset + header.sections[id].bytes;
    if (end == header.sections[id + 1].offset) continue;
    ++padded;
    EXPECT_NE(refused(end).find("at byte " + std::to_string(end) + ": bytes that are reserved"),
              std::string::npos)
        << refused(end);
  }
  EXPECT_GT(padded, 3U);
  const auto& ipv6 = header.sections[static_cast<std::size_t>(format::SectionId::kIpv6)];
  ASSERT_GE(ipv6.bytes, sizeof(format::Ipv6Row));
  EXPECT_NE(refused(ipv6.offset + offsetof(format::Ipv6Row, reserved)).find("damaged in ipv6"),
            std::string::npos);
}

TEST(Damage, AWriterMakesNothingThatAReaderRefuses) {
  SealOptions times[3] = {seal(), seal(), seal()};
  times[0].serial = 0;
  times[1].as_of = Instant{std::chrono::seconds{-1}};
  times[2].next_update = Instant{std::chrono::seconds{format::kInstantEnd}};
  for (const SealOptions& options : times) {
    SnapshotWriter writer;
    writer.add(tiny().services[0]);
    const auto bytes = std::move(writer).to_bytes(options);
    ASSERT_FALSE(bytes);
    EXPECT_EQ(bytes.error().kind, ErrorKind::kBadInput);
  }
}

// Serial 0 is what a gate serves until it has found a registry.
TEST(Damage, NothingMayHaveSerialZero) {
  SealOptions options = seal();
  options.serial = 0;
  options.is_sealed = false;
  EXPECT_EQ(open(build({}, options))->info().serial, 0U);
}

TEST(Damage, AFileThatIsNoSnapshotIsNamedWithItsPath) {
  const beian::test::TemporaryFolder folder;
  const std::string path = folder.write("not_a_snapshot", "hello");
  const auto opened = Snapshot::open(path);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().message, path +
                                        ": snapshot damaged in header at byte 0: not a beian-gate "
                                        "snapshot; `registry build` makes one from a feed");
  const auto absent = Snapshot::open(path + ".absent");
  ASSERT_FALSE(absent);
  EXPECT_EQ(absent.error().kind, ErrorKind::kUnavailable);
}

// Goal: correct checksums do not make a hostile file dangerous. Method: change each word of each
// section to revealing values and correct the checksums; either the file is refused, or everything
// in it can be read (ASan watches).
TEST(Damage, HostileWordsAreRefusedOrHarmless) {
  const std::string bytes = build(tiny());
  format::Header header;
  std::memcpy(&header, bytes.data(), sizeof header);
  const std::uint64_t end = header.sections[format::kSectionCount - 1].offset;
  std::size_t refused = 0;
  std::size_t harmless = 0;
  for (std::size_t at = sizeof header; at + 4 <= end; at += 4) {
    std::uint32_t word;
    std::memcpy(&word, bytes.data() + at, sizeof word);
    for (const std::uint32_t value :
         {0U, word + 1, word - 1, word ^ 0x80000000U, 0xFFFFFFFFU, 0x7FFFFFFFU, 0x000F0000U}) {
      if (value == word) continue;
      std::string hostile = bytes;
      std::memcpy(hostile.data() + at, &value, sizeof value);
      rehash(&hostile);
      const auto opened = Snapshot::from_bytes(hostile);
      if (!opened) {
        ASSERT_EQ(opened.error().kind, ErrorKind::kDamaged) << opened.error().message;
        ++refused;
        continue;
      }
      ASSERT_EQ(walk(**opened, false), "") << "byte " << at << " value " << value;
      ++harmless;
    }
  }
  EXPECT_GT(refused, 500U);
  EXPECT_GT(harmless, 500U) << "texts, ids and dates may say anything";
}

TEST(Damage, WholeFilesAreComplete) {
  EXPECT_EQ(walk(*open(build(hand_made())), true), "");
  EXPECT_EQ(walk(*open(build(random_registry(21, 1'000))), true), "");
}

TEST(Damage, TheBlockAndSectionOfABadChecksumAreNamed) {
  std::string bytes = build(random_registry(22, 3'000));
  format::Header header;
  std::memcpy(&header, bytes.data(), sizeof header);
  const format::Section& bodies =
      header.sections[static_cast<std::size_t>(format::SectionId::kBodies)];
  const std::uint64_t at = bodies.offset + bodies.bytes / 2;
  const std::uint64_t block = (at - sizeof header) / limits::kSnapshotBlockBytes;
  const std::uint64_t block_start = sizeof header + block * limits::kSnapshotBlockBytes;
  ASSERT_GT(block, 0U);
  bytes[at] = static_cast<char>(bytes[at] ^ 1);
  const auto opened = Snapshot::from_bytes(bytes);
  ASSERT_FALSE(opened);
  EXPECT_THAT(opened.error().message,
              testing::HasSubstr(" at byte " + std::to_string(block_start) + ": the checksum"));
}

}  // namespace
}  // namespace beian::cache::test
