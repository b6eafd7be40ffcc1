// Archives as Android reads them: what it accepts is read, with oddities reported; what it refuses
// is refused. Every archive is a heap block of its exact size, so that sanitizers see any access
// beyond it.
#include "gate/package/zip.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/package/oddity_codes.h"
#include "tests/package/zip_builder.h"

namespace beian::package {
namespace {

using test::build_zip;
using test::codes_of;
using test::ZipLies;
using test::ZipPart;
using ::testing::HasSubstr;

constexpr std::size_t kMax = 1 << 20;

ZipPart hello(std::string name = "a") {
  return {.name = std::move(name), .content = "hello"};
}
ZipPart packed() {
  return {.name = "a", .content = std::string(1000, 'x'), .is_deflated = true};
}

// --- what Android reads ---

struct Odd {
  const char* name;
  std::vector<ZipPart> parts;
  ZipLies lies;
  std::vector<std::string> codes;
  const char* why;
};

void PrintTo(const Odd& row, std::ostream* out) {
  *out << row.name;
}

class ZipThatAndroidReads : public ::testing::TestWithParam<Odd> {};

TEST_P(ZipThatAndroidReads, GivesItsContentAndTellsWhatIsOdd) {
  const std::string file = build_zip(GetParam().parts, GetParam().lies);
  const std::vector<std::uint8_t> block(file.begin(), file.end());
  Oddities oddities;
  const auto zip = Zip::open(block, &oddities);
  ASSERT_TRUE(zip) << zip.error().message;
  const ZipPart& part = GetParam().parts.front();
  const ZipEntry* const entry = zip->find(part.name);
  ASSERT_NE(entry, nullptr);
  const auto content = zip->read(*entry, kMax, &oddities);
  ASSERT_TRUE(content) << content.error().message;
  EXPECT_EQ(*content, part.content);
  EXPECT_EQ(codes_of(oddities), GetParam().codes) << GetParam().why;
}

// clang-format off
INSTANTIATE_TEST_SUITE_P(All, ZipThatAndroidReads, ::testing::ValuesIn(std::vector<Odd>{
    {"stored", {hello()}, {}, {}, "as compilers write"},
    {"deflated", {packed()}, {}, {}, "same"},
    {"empty_entry", {{.name = "a", .content = ""}}, {}, {}, "same"},
    {"empty_deflated", {{.name = "a", .content = "", .is_deflated = true}}, {}, {}, "same"},
    {"signing_block", {hello()}, {.before_directory = std::string(4096, 's')}, {}, "v2 signatures stand there"},
    {"comment", {hello()}, {.comment = "made by hand"}, {}, "allowed by the format"},
    {"longest_comment", {hello()}, {.comment = std::string(65535, 'c')}, {}, "allowed by the format"},
    {"descriptor", {{.name = "a", .content = "hello", .flags = 8}}, {}, {}, "sizes of the directory count"},
    {"zip64_end", {hello()}, {.is_zip64 = true}, {}, "Android 12 and newer"},
    {"zip64_entry", {{.name = "a", .content = "hello", .is_zip64 = true}}, {}, {}, "same"},
    {"foreign_extra", {{.name = "a", .content = "hello", .extra = std::string("\xfe\xca\x02\x00zz", 6)}}, {}, {}, "passed over"},
    {"method_of_bzip2", {{.name = "a", .content = "hello", .method = 12}}, {}, {"zip_method"}, "anything but deflate is stored"},
    {"method_of_nobody", {{.name = "a", .content = "hello", .method = 0x4d45}}, {}, {"zip_method"}, "same"},
    {"encrypted_flag", {{.name = "a", .content = "hello", .flags = 1}}, {}, {"zip_encrypted_flag"}, "not looked at"},
    {"wrong_checksum", {{.name = "a", .content = "hello", .crc32 = 7}}, {}, {"zip_checksum"}, "not looked at"},
    {"compressed_size_of_stored", {{.name = "a", .content = "hello", .compressed = 3}}, {}, {}, "of a stored one the size counts"},
    {"gap", {hello()}, {.after_directory = "gap!"}, {"zip_gap"}, "the end record says where the directory ends"},
    {"disks", {hello()}, {.disk = 3}, {"zip_disk_number"}, "not looked at"},
    {"hidden_entry", {hello(), hello("b")}, {.count = 1}, {"zip_hidden_entries"}, "the count of the end record counts"},
    {"absolute_path", {hello("/etc/passwd")}, {}, {"zip_path"}, "whoever unpacks it is warned"},
    {"path_upwards", {hello("a/../../b")}, {}, {"zip_path"}, "same"},
    {"path_of_dos", {hello("a\\b")}, {}, {"zip_path"}, "same"},
    {"no_name", {hello("")}, {}, {"zip_path"}, "allowed by the format"},
}), [](const auto& row) { return std::string(row.param.name); });
// clang-format on

// --- what Android refuses ---

struct Refused {
  const char* name;
  std::string file;
  const char* message;
  ErrorKind kind = ErrorKind::kBadInput;
};

void PrintTo(const Refused& row, std::ostream* out) {
  *out << row.name;
}

class ZipThatAndroidRefuses : public ::testing::TestWithParam<Refused> {};

TEST_P(ZipThatAndroidRefuses, IsRefusedByNameOfItsFault) {
  const std::string& file = GetParam().file;
  const std::vector<std::uint8_t> block(file.begin(), file.end());
  const auto zip = Zip::open(block, nullptr);
  ASSERT_FALSE(zip);
  EXPECT_EQ(zip.error().kind, GetParam().kind);
  EXPECT_THAT(zip.error().message, HasSubstr(GetParam().message));
}

std::string without_end(std::size_t bytes) {
  std::string file = build_zip({hello()});
  file.resize(file.size() - bytes);
  return file;
}

// clang-format off
INSTANTIATE_TEST_SUITE_P(All, ZipThatAndroidRefuses, ::testing::ValuesIn(std::vector<Refused>{
    {"empty_file", "", "not a ZIP archive"},
    {"one_byte", "P", "not a ZIP archive"},
    {"text", std::string(100, 'x'), "not a ZIP archive"},
    {"cut", without_end(1), "not a ZIP archive"},
    {"cut_in_half", without_end(22), "not a ZIP archive"},
    {"no_entries", build_zip({}), "no entries"},
    {"bytes_behind", build_zip({hello()}, {.behind = "x"}), "bytes behind"},
    {"comment_too_long", build_zip({hello()}, {.comment = "abc", .comment_bytes = 2}), "bytes behind"},
    {"comment_too_short", build_zip({hello()}, {.comment = "abc", .comment_bytes = 4}), "cut short"},
    {"bytes_before", "x" + build_zip({hello()}), "no entry at the begin"},
    {"directory_beyond", build_zip({hello()}, {.directory_offset = 0x7fffffff}), "does not fit"},
    {"directory_too_long", build_zip({hello()}, {.directory_bytes = 0x7fffffff}), "does not fit"},
    {"directory_too_short", build_zip({hello()}, {.directory_bytes = 46}), "does not end"},
    {"directory_elsewhere", build_zip({hello()}, {.directory_bytes = 47, .directory_offset = 0}), "no directory entry"},
    {"count_too_high", build_zip({hello()}, {.count = 2}), "counts 2 entries"},
    {"count_of_all_ones", build_zip({hello()}, {.count = 0xFFFF}), "counts 65535 entries"},
    {"twice", build_zip({hello(), hello()}), "two entries named a", ErrorKind::kUntrusted},
    {"name_not_utf8", build_zip({hello("\xff")}), "not UTF-8", ErrorKind::kUntrusted},
    {"name_with_zero", build_zip({hello(std::string("a\0b", 3))}), "not UTF-8", ErrorKind::kUntrusted},
    {"header_beyond", build_zip({{.name = "a", .content = "hello", .offset = 0x7fffffff}}), "behind the begin of the directory"},
    {"zip64_without_extra", build_zip({{.name = "a", .content = "hello", .bytes = 0xFFFFFFFF}}), "zip64 extra"},
    {"zip64_extra_too_short", build_zip({{.name = "a", .content = "hello", .bytes = 0xFFFFFFFF, .extra = std::string("\x01\x00\x04\x00zzzz", 8)}}), "zip64 extra"},
    {"zip64_header_beyond", build_zip({{.name = "a", .content = "hello", .offset = ~0ULL, .is_zip64 = true}}), "behind the begin"},
}), [](const auto& row) { return std::string(row.param.name); });
// clang-format on

// --- entries that cannot be read, in archives that can ---

struct BadEntry {
  const char* name;
  ZipPart part;
  const char* message;
};

void PrintTo(const BadEntry& row, std::ostream* out) {
  *out << row.name;
}

class EntryThatIsRefused : public ::testing::TestWithParam<BadEntry> {};

TEST_P(EntryThatIsRefused, IsRefusedByNameOfItsFault) {
  const std::string file = build_zip({hello("first"), GetParam().part});
  const std::vector<std::uint8_t> block(file.begin(), file.end());
  const auto zip = Zip::open(block, nullptr);
  ASSERT_TRUE(zip) << zip.error().message;
  const auto content = zip->read(*zip->find("a"), kMax);
  ASSERT_FALSE(content);
  EXPECT_THAT(content.error().message, HasSubstr(GetParam().message));
}

// clang-format off
INSTANTIATE_TEST_SUITE_P(All, EntryThatIsRefused, ::testing::ValuesIn(std::vector<BadEntry>{
    {"bomb", {.name = "a", .content = std::string(kMax + 1, '\0'), .is_deflated = true}, "at most 1048576 are read"},
    {"bomb_that_says_less", {.name = "a", .content = std::string(kMax, '\0'), .is_deflated = true, .bytes = 10}, "does not unpack to the 10 bytes"},
    {"says_more", {.name = "a", .content = "hello", .is_deflated = true, .bytes = 6}, "does not unpack to the 6 bytes"},
    {"says_nothing", {.name = "a", .content = "hello", .is_deflated = true, .bytes = 0}, "does not unpack to the 0 bytes"},
    {"not_deflate", {.name = "a", .content = "\xff\xff\xff", .method = 8}, "does not unpack"},
    {"deflate_cut", {.name = "a", .content = "hello", .is_deflated = true, .compressed = 2}, "does not unpack"},
    {"stored_beyond", {.name = "a", .content = "hello", .bytes = 1000}, "reach into the directory"},
    {"deflated_beyond", {.name = "a", .content = "hello", .is_deflated = true, .compressed = 1000}, "reach into the directory"},
    {"no_local_header", {.name = "a", .content = "hello", .local_magic = 1}, "no local header"},
    {"other_local_name", {.name = "a", .content = "hello", .local_name = "b"}, "names another file"},
    {"longer_local_name", {.name = "a", .content = "hello", .local_name = std::string(60000, 'a')}, "names another file"},
    {"other_local_size", {.name = "a", .content = "hello", .local_bytes = 4}, "another size"},
    {"header_within_data", {.name = "a", .content = "hello", .offset = 1}, "no local header"},
}), [](const auto& row) { return std::string(row.param.name); });
// clang-format on

TEST(Zip, OverlappingEntriesAreTold) {
  ZipPart same = hello("b");
  same.offset = 0;
  same.local_name = "a";
  const std::string file = build_zip({hello("a"), same});
  Oddities oddities;
  ASSERT_TRUE(Zip::open(as_bytes(file), &oddities));
  EXPECT_EQ(codes_of(oddities), std::vector<std::string>{"zip_overlap"});
}

// A bomb of overlapping entries (in the manner of 42.zip) costs what is asked for, not what it
// holds.
TEST(Zip, TellsAThousandOverlapsInOneBoundedList) {
  std::vector<ZipPart> parts{hello("kernel")};
  for (int i = 0; i < 1000; ++i) {
    parts.push_back(hello("n" + std::to_string(i)));
    parts.back().offset = 0;
  }
  const std::string file = build_zip(parts);
  Oddities oddities;
  ASSERT_TRUE(Zip::open(as_bytes(file), &oddities));
  EXPECT_EQ(oddities.size(), 65U);
  EXPECT_EQ(oddities.back().code, "more_oddities");
}

// Other readers look for an end record whose comment ends with the file, and find the first one.
TEST(Zip, TheLastEndRecordCountsAndTheOtherIsTold) {
  const std::string whole = build_zip({hello()});
  const std::string file =
      build_zip({hello()}, {.comment_bytes = 22}) + whole.substr(whole.size() - 22);
  Oddities oddities;
  const auto zip = Zip::open(as_bytes(file), &oddities);
  ASSERT_TRUE(zip) << zip.error().message;
  EXPECT_EQ(zip->directory_end(), file.size() - 22);
  EXPECT_EQ(codes_of(oddities), (std::vector<std::string>{"zip_two_ends", "zip_gap"}));
}

TEST(Zip, AnArchiveInTheCommentIsNotTakenForTheTrueOne) {
  const std::string file = build_zip({hello("true")}, {.comment = build_zip({hello("other")})});
  EXPECT_FALSE(Zip::open(as_bytes(file), nullptr));
}

TEST(Zip, ViewOfAStoredEntryIsNoCopy) {
  const std::string file = build_zip({hello()});
  const auto zip = Zip::open(as_bytes(file), nullptr);
  ASSERT_TRUE(zip);
  const auto viewed = zip->view(*zip->find("a"), kMax);
  ASSERT_TRUE(viewed);
  EXPECT_EQ(as_text(viewed->bytes()), "hello");
  EXPECT_EQ(as_text(viewed->bytes()).data(), file.data() + 31);
}

TEST(Zip, FindsNoPartOfAName) {
  const std::string file = build_zip({hello("dir/a")});
  const auto zip = Zip::open(as_bytes(file), nullptr);
  ASSERT_TRUE(zip);
  EXPECT_EQ(zip->find("a"), nullptr);
  EXPECT_EQ(zip->find("DIR/A"), nullptr);
  EXPECT_NE(zip->find("dir/a"), nullptr);
}

// Every cut and every flipped byte gives an error or an answer, and never an access out of bounds.
TEST(Zip, DamageIsRefusedOrRead) {
  const std::string whole =
      build_zip({hello(),
                 {.name = "b", .content = std::string(300, 'x'), .is_deflated = true},
                 {.name = "c", .content = "hello", .is_zip64 = true}},
                {.comment = "c", .is_zip64 = true});
  const auto try_all = [](const std::string& file) {
    const std::vector<std::uint8_t> block(file.begin(), file.end());
    Oddities oddities;
    const auto zip = Zip::open(block, &oddities);
    if (!zip) return;
    for (const ZipEntry& entry : zip->entries()) (void)zip->read(entry, 4096, &oddities);
  };
  for (std::size_t size = 0; size <= whole.size(); ++size) try_all(whole.substr(0, size));
  for (std::size_t at = 0; at < whole.size(); ++at)
    for (const char flip : {'\x01', '\x80', '\xff'}) {
      std::string file = whole;
      file[at] = static_cast<char>(file[at] ^ flip);
      try_all(file);
    }
}

}  // namespace
}  // namespace beian::package
