// Sums are the same by rows and by chunks, bounded in size, and survive a round trip through JSON.
#include "gate/audit/summary.h"

#include <gtest/gtest.h>

#include <map>
#include <random>

#include "cache/base/limits.h"
#include "cache/filing/parse.h"
#include "gate/audit/audit.h"
#include "tests/support/builders.h"

namespace beian::audit {
namespace {

std::string json_of(const Summary& summary) {
  std::string text;
  append_json(summary, &text);
  return text;
}

// Makes rows from a seed; few of them are allowed, so that subjects and lists fill up.
class RowMaker {
 public:
  explicit RowMaker(std::uint32_t seed, std::uint32_t subjects, std::uint32_t platforms = 50)
      : random_(seed), subjects_(subjects), platforms_(platforms) {}

  template <class Visit>
  void make(std::uint64_t row, Visit visit) {
    static constexpr Effect kEffects[] = {Effect::kAllow, Effect::kReview, Effect::kUnknown,
                                          Effect::kDeny};
    request_.clear();
    decision_.clear();
    const std::string id = std::to_string(row);
    request_.id = id;
    const std::string platform = "p" + std::to_string(random_() % platforms_);
    request_.app.platform = platform;
    RowResult result;
    result.row = row;
    result.line = row + 1;
    result.request = &request_;
    const wire::Problem problem{400, "invalid-json", "not valid JSON", "/x"};
    if (random_() % 10 == 0) {
      result.problem = &problem;
      return visit(result);
    }
    result.decision = &decision_;
    decision_.effect = kEffects[random_() % 4];
    decision_.operation = static_cast<Operation>(random_() % 3);
    decision_.assurance = Assurance::kPackage;
    decision_.add(static_cast<Code>(random_() % kCodeCount), FieldId::kPackage).effect =
        decision_.effect;
    const std::string number =
        "京ICP备" + std::to_string(2023000000 + random_() % subjects_) + "号-1A";
    result.number = parse_number(number).number;
    visit(result);
  }

 private:
  std::mt19937 random_;
  std::uint32_t subjects_;
  std::uint32_t platforms_;
  CheckRequest request_;
  Decision decision_;
};

// `rows` rows, merged in chunks of `chunk_rows`.
Summary summary_of(std::uint64_t rows, std::uint64_t chunk_rows, std::uint32_t subjects = 1'000,
                   std::uint32_t platforms = 20) {
  RowMaker maker(7, subjects, platforms);
  Summary total;
  Summary chunk;
  for (std::uint64_t row = 1; row <= rows; ++row) {
    maker.make(row, [&](const RowResult& result) { chunk.add(result); });
    if (row % chunk_rows != 0 && row != rows) continue;
    total.merge(&chunk);
    chunk.restart(total.listed_enough());
  }
  return total;
}

TEST(Summary, ChunksAddUpToTheWhole) {
  const std::string whole = json_of(summary_of(20'000, 20'000));
  EXPECT_TRUE(json_of(summary_of(20'000, 20)) == whole);
  EXPECT_TRUE(json_of(summary_of(20'000, 333)) == whole);
}

TEST(Summary, JsonIsExact) {
  Summary summary = summary_of(5'000, 100);
  summary.catalog = "目录 \"quoted\".ndjson";
  summary.registry = "registry.snap";
  summary.serial = 18'446'744'073'709'551'615U;
  summary.registry_as_of = "2026-01-02T03:00:00Z";
  summary.registry_state = "fresh";
  summary.lines = 5'001;
  summary.worst.push_back({"京ICP备2023000001号", "测试", {0, 1, 2, 3, 0}});
  summary.unknown.add("/app", "包\"名\n", 3);
  const std::string text = json_of(summary);
  const auto back = summary_from_json(text, "test");
  ASSERT_TRUE(back.has_value()) << back.error().message;
  EXPECT_TRUE(json_of(*back) == text);
}

TEST(Summary, DamagedJsonIsRefusedByName) {
  const std::string good = json_of(summary_of(50, 50));
  // The value of `as_of` appears in reports verbatim.
  const auto with_as_of = [&](const std::string& as_of) {
    std::string text = good;
    const std::size_t at = text.find("\"as_of\":\"") + 9;
    return text.insert(at, as_of);
  };
  EXPECT_TRUE(summary_from_json(with_as_of("2026-01-02T03:00:00Z"), "part.json").has_value());
  for (const std::string& text :
       {std::string(), std::string("{}"), std::string("[]"), good.substr(0, good.size() / 2),
        std::string(R"({"catalog":1})"), with_as_of("\\u001b[31m"), with_as_of("today")}) {
    const auto read = summary_from_json(text, "part.json");
    ASSERT_FALSE(read.has_value()) << text;
    EXPECT_TRUE(read.error().message.starts_with("part.json ")) << read.error().message;
  }
}

TEST(Summary, SizeIsBoundedWhateverTheCatalog) {
  const Summary summary = summary_of(60'000, 1'000, 50'000, 50);
  EXPECT_LE(summary.subjects.size(), limits::kAuditSubjectsMax);
  EXPECT_LE(summary.platforms.size(), limits::kAuditPlatformsMax);
  EXPECT_EQ(summary.platforms.back().platform, "other");
  EXPECT_EQ(summary.rows_of(Outcome::kDeny).size(), limits::kAuditRowsListedMax);
  EXPECT_EQ(summary.rows_of(Outcome::kAllow).size(), limits::kAuditAllowedListedMax);
  std::uint64_t platforms = 0;
  for (const PlatformTally& tally : summary.platforms)
    for (const std::uint64_t count : tally.rows) platforms += count;
  EXPECT_EQ(platforms, 60'000 - summary.count(Outcome::kBad)) << "none is lost";
}

// Misra-Gries: a count is too low by at most the reported error.
TEST(Summary, SubjectCountsAreShortByAtMostTheirError) {
  std::map<std::uint64_t, std::uint64_t> exact;
  RowMaker maker(7, 20'000, 20);
  for (std::uint64_t row = 1; row <= 60'000; ++row)
    maker.make(row, [&](const RowResult& result) {
      if (result.outcome() != Outcome::kAllow && result.number)
        ++exact[static_cast<std::uint64_t>(result.number->subject())];
    });
  const Summary summary = summary_of(60'000, 1'000, 20'000);
  EXPECT_GT(summary.subject_error, 0U) << "else this shows nothing";
  for (const SubjectTally& tally : summary.subjects) {
    const std::uint64_t want = exact[static_cast<std::uint64_t>(tally.subject)];
    EXPECT_LE(tally.total(), want);
    EXPECT_GE(tally.total() + summary.subject_error, want);
  }
}

TEST(Summary, KeyOfARowDoesNotDependOnItsPlace) {
  ListedRow row;
  row.row = 17;
  EXPECT_EQ(row.key(), "row:17") << "nothing else names it";
  row.filing_number = "京ICP备2023000001号-1A";
  EXPECT_EQ(row.key(), "number:京ICP备2023000001号-1A");
  row.package = "cn.example";
  row.platform = "android";
  EXPECT_EQ(row.key(), "package:android/cn.example");
  row.id = "x";
  EXPECT_EQ(row.key(), "id:x");
}

TEST(Summary, LongTextsAreCutBetweenCharacters) {
  Summary summary;
  CheckRequest request;
  Decision decision;
  decision.effect = Effect::kDeny;
  std::string name;
  while (name.size() < 1'000) name += "测";
  request.app.name = name;
  RowResult row;
  row.request = &request;
  row.decision = &decision;
  summary.add(row);
  const std::string& cut = summary.rows_of(Outcome::kDeny).front().name;
  EXPECT_LE(cut.size(), limits::kAuditTextBytesMax + 3);
  EXPECT_TRUE(cut.ends_with("测…")) << cut;
}

// A number that was reclaimed and reissued belongs to its new subject.
TEST(Subjects, AreNamedByWhoHasTheNumberNow) {
  const auto generation = beian::test::registry_of(
      R"({"record":"subject","id":1,"number":"京ICP备2023000001号","sponsor":"旧主","nature":"企业","status":"cancelled"}
{"record":"subject","id":2,"number":"京ICP备2023000001号","sponsor":"新主","nature":"企业","status":"filed"}
{"record":"service","id":3,"subject_id":2,"number":"京ICP备2023000001号-1A","status":"filed"}
)");
  Summary summary;
  const SubjectKey subject = parse_number("京ICP备2023000001号").number.subject();
  summary.subjects.push_back({subject, {0, 1, 0, 0, 0}});
  rank_subjects(&generation->registry(), &summary);
  ASSERT_EQ(summary.worst.size(), 1U);
  EXPECT_EQ(summary.worst[0].sponsor, "新主");
}

}  // namespace
}  // namespace beian::audit
