// One record: its bytes are pinned, and anything that differs in a single byte is refused.
#include "gate/log/chain.h"

#include <gtest/gtest.h>

#include "gate/log/record.h"

namespace beian::log {
namespace {

std::string golden() {
  std::string text;
  ChainPoint point;
  append_record("decision", "\"n\":1", 0, &point, &text);
  return text;
}

TEST(Chain, TheBytesOfARecordArePinned) {
  EXPECT_EQ(golden(),
            "{\"record\":\"decision\",\"sequence\":1,\"n\":1,\"durable\":0,\"previous\":"
            "\"0000000000000000000000000000000000000000000000000000000000000000\","
            "\"checksum\":\"24606eaa\"}\n");
}

TEST(Chain, ARecordReadsBack) {
  std::string text = golden();
  text.pop_back();
  const auto record = parse_record(text);
  ASSERT_TRUE(record);
  EXPECT_EQ(record->kind, "decision");
  EXPECT_EQ(record->sequence, 1U);
  EXPECT_EQ(record->body, "\"n\":1");
  EXPECT_EQ(record->durable, 0U);
  EXPECT_EQ(record->previous, Hash{});
}

TEST(Chain, EachRecordNamesTheOneBefore) {
  std::string text;
  ChainPoint point;
  append_record("decision", "\"n\":1", 0, &point, &text);
  const ChainPoint first = point;
  EXPECT_EQ(first.hash, sha256(std::string_view(text).substr(0, text.size() - 1)));
  const std::size_t begin = text.size();
  append_record("decision", "\"n\":2", 1, &point, &text);
  const auto second = parse_record(std::string_view(text).substr(begin, text.size() - begin - 1));
  ASSERT_TRUE(second);
  EXPECT_EQ(second->sequence, 2U);
  EXPECT_EQ(second->durable, 1U);
  EXPECT_EQ(second->previous, first.hash);
}

TEST(Chain, NothingElseIsARecord) {
  std::string text = golden();
  text.pop_back();
  for (std::size_t i = 0; i < text.size(); ++i) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string changed = text;
      changed[i] = static_cast<char>(changed[i] ^ (1 << bit));
      EXPECT_FALSE(parse_record(changed)) << changed;
    }
    EXPECT_FALSE(parse_record(std::string_view(text).substr(0, i)));
    EXPECT_FALSE(parse_record(std::string_view(text).substr(i + 1)));
  }
  EXPECT_FALSE(parse_record(text + " "));
}

TEST(Record, ItsOwnKindsReadBack) {
  SegmentRecord segment{"2026-01-02T03:04:05.678Z", {7}, 12, Opened::kError, 345, 6, "0011"};
  const auto read = parse_segment(render(segment));
  ASSERT_TRUE(read);
  EXPECT_EQ(render(*read), render(segment));
  EXPECT_EQ(read->index, 12U);
  EXPECT_EQ(read->opened, Opened::kError);

  const cache::SigningKey key = cache::SigningKey::generate();
  CheckpointRecord checkpoint{"2026-01-02T03:04:05.678Z", {7}, CheckpointReason::kStop, {}};
  EXPECT_TRUE(parse_checkpoint(render(checkpoint)));
  checkpoint.signed_by = cache::sign_with(&key, as_bytes("text"));
  const auto reread = parse_checkpoint(render(checkpoint));
  ASSERT_TRUE(reread);
  EXPECT_EQ(reread->signed_by.signature, checkpoint.signed_by.signature);

  const auto retired = parse_retired(render(RetiredRecord{"t", 4}));
  ASSERT_TRUE(retired);
  EXPECT_EQ(retired->through_index, 4U);
}

TEST(Record, ASecondSpellingIsRefused) {
  EXPECT_FALSE(parse_retired("\"time\":\"t\",\"through_index\":04"));
  EXPECT_FALSE(parse_retired("\"time\":\"t\",\"through_index\":4 "));
  EXPECT_FALSE(parse_retired("\"time\":\"t\", \"through_index\":4"));
  EXPECT_FALSE(parse_retired("\"time\":\"t\",\"through_index\":-4"));
}

struct NameCase {
  const char* name;
  std::uint64_t index;  // 0: not a segment's name
  bool is_compressed;
};
std::ostream& operator<<(std::ostream& out, const NameCase& one) {
  return out << one.name;
}
class SegmentNames : public testing::TestWithParam<NameCase> {};

TEST_P(SegmentNames, AreReadInOneSpelling) {
  const auto parsed = parse_segment_name(GetParam().name);
  EXPECT_EQ(parsed ? parsed->index : 0, GetParam().index);
  EXPECT_EQ(parsed && parsed->is_compressed, GetParam().is_compressed);
}

INSTANTIATE_TEST_SUITE_P(All, SegmentNames,
                         testing::Values(NameCase{"decisions-00000001.ndjson", 1, false},
                                         NameCase{"decisions-00000010.ndjson.zst", 10, true},
                                         NameCase{"decisions-123456789.ndjson", 123456789, false},
                                         NameCase{"decisions-012345678.ndjson", 0, false},
                                         NameCase{"decisions-0000001.ndjson", 0, false},
                                         NameCase{"decisions-00000000.ndjson", 0, false},
                                         NameCase{"decisions-0000000x.ndjson", 0, false},
                                         NameCase{"decisions-00000001.ndjson.new", 0, false},
                                         NameCase{"decisions-00000001", 0, false},
                                         NameCase{"head", 0, false}, NameCase{"", 0, false}));

}  // namespace
}  // namespace beian::log
