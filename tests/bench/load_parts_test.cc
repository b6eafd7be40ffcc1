// The parts of the load generator that its figures depend on.
#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "bench/load/answer_reader.h"
#include "bench/load/histogram.h"
#include "bench/load/requests.h"

namespace beian::load {
namespace {

using std::chrono::nanoseconds;

// Naive twin: the sorted values themselves.
TEST(Histogram, PercentileIsAtMostOneSixtyFourthAboveTheTrueOne) {
  Histogram histogram;
  std::vector<std::int64_t> values;
  std::uint64_t state = 1;
  for (int i = 0; i < 20'000; ++i) {
    state = state * 6364136223846793005 + 1442695040888963407;
    const auto value = static_cast<std::int64_t>((state >> 33) >> (state >> 59));
    values.push_back(value);
    histogram.add(nanoseconds{value});
  }
  std::ranges::sort(values);
  for (const double share : {0.001, 0.1, 0.5, 0.9, 0.99, 0.999, 1.0}) {
    const auto rank = static_cast<std::size_t>(std::ceil(share * 20'000)) - 1;
    const std::int64_t got = histogram.percentile(share).count();
    EXPECT_GE(got, values[rank]) << share;
    EXPECT_LE(got, values[rank] + values[rank] / 64 + 1) << share;
  }
  EXPECT_EQ(histogram.max().count(), values.back());
  EXPECT_EQ(histogram.count(), 20'000u);
}

TEST(Histogram, ExtremesHaveTheirBuckets) {
  Histogram histogram;
  histogram.add(nanoseconds{-5});
  histogram.add(nanoseconds::max());
  EXPECT_EQ(histogram.percentile(0.5).count(), 0);
  EXPECT_GT(histogram.percentile(1.0), std::chrono::hours{1});
  EXPECT_EQ(Histogram().percentile(0.5).count(), 0);
}

TEST(Histogram, SumsHaveTheValuesOfBoth) {
  Histogram one;
  Histogram other;
  one.add(nanoseconds{10});
  other.add(nanoseconds{20});
  one.add(other);
  EXPECT_EQ(one.count(), 2u);
  EXPECT_EQ(one.percentile(0.5).count(), 10);
  EXPECT_EQ(one.max().count(), 20);
}

constexpr std::string_view kAnswers =
    "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"
    "HTTP/1.1 100 Continue\r\n\r\n"
    "HTTP/1.1 503 Service Unavailable\r\nTransfer-Encoding: chunked\r\n\r\n"
    "3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nTrailer: x\r\n\r\n"
    "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n";

TEST(AnswerReader, FindsTheSameAnswersHoweverTheyAreCut) {
  for (std::size_t step = 1; step <= kAnswers.size(); ++step) {
    AnswerReader reader;
    std::vector<unsigned> statuses;
    std::string bodies;
    for (std::size_t at = 0; at < kAnswers.size(); at += step) {
      reader.feed(
          kAnswers.substr(at, step), [&](unsigned status) { statuses.push_back(status); },
          [&](std::string_view body) { bodies.append(body); });
    }
    EXPECT_EQ(statuses, (std::vector<unsigned>{200, 503, 204})) << step;
    EXPECT_EQ(bodies, "helloabcde") << step;
    EXPECT_TRUE(reader.closes());
    EXPECT_FALSE(reader.is_broken);
  }
}

TEST(AnswerReader, WhatIsNoAnswerBreaksIt) {
  for (const std::string_view text :
       {"HTTP/2 200\r\n", "HTTP/1.1 x\r\n", "hello\r\n", "HTTP/1.1 200 OK\r\nContent-Length: x\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"}) {
    AnswerReader reader;
    reader.feed(
        text, [](unsigned) {}, [](std::string_view) {});
    EXPECT_TRUE(reader.is_broken) << text;
  }
}

TEST(Targets, AWeightIsTheDigitsBehindTheLastEqualsSign) {
  const auto plain = parse_target("GET", "/v1/check?detail=brief");
  ASSERT_TRUE(plain);
  EXPECT_EQ(plain->path, "/v1/check?detail=brief");
  EXPECT_EQ(plain->weight, 1u);
  const auto weighed = parse_target("GET", "/v1/check?detail=brief=9");
  ASSERT_TRUE(weighed);
  EXPECT_EQ(weighed->path, "/v1/check?detail=brief");
  EXPECT_EQ(weighed->weight, 9u);
  for (const char* text : {"livez", "/livez=0", ""}) EXPECT_FALSE(parse_target("GET", text));
}

TEST(Targets, TurnsAreSpreadByWeight) {
  const std::vector<Target> targets = {{"GET", "/a", 3, {}}, {"GET", "/b", 1, {}}};
  EXPECT_EQ(spread(targets), (std::vector<std::uint32_t>{0, 0, 1, 0}));
}

TEST(Targets, ABatchTakesSeveralRows) {
  Target target{"POST", "/v1/checks?lang=en", 1, {}};
  write_texts({"h:1", ""}, {"{\"a\":1}", "{\"b\":2}", "{\"c\":3}"}, 2, &target);
  ASSERT_EQ(target.texts.size(), 2u);
  EXPECT_TRUE(target.texts[0].ends_with("\r\n\r\n{\"checks\":[{\"a\":1},{\"b\":2}]}"));
  EXPECT_TRUE(target.texts[1].ends_with("{\"checks\":[{\"c\":3},{\"a\":1}]}"));
}

}  // namespace
}  // namespace beian::load
