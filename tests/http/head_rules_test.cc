// How a target is split into its parts; which targets are refused is in messages.cc.
#include "gate/http/head_rules.h"

#include <gtest/gtest.h>

#include <ostream>

namespace beian::http {
namespace {

struct TargetRow {
  const char* name;
  const char* target;
  const char* path;
  const char* query;
  const char* host;
};
std::ostream& operator<<(std::ostream& out, const TargetRow& row) {
  return out << row.target;
}

class Target : public testing::TestWithParam<TargetRow> {};

TEST_P(Target, ComesApart) {
  HeadFacts facts;
  facts.host_count = 1;
  facts.host = "a.example";
  Request request;
  request.target = GetParam().target;
  ASSERT_FALSE(judge_target_and_host(facts, &request));
  EXPECT_EQ(request.path, GetParam().path);
  EXPECT_EQ(request.query, GetParam().query);
  EXPECT_EQ(request.host, GetParam().host);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, Target,
    testing::Values(TargetRow{"path", "/v1/check", "/v1/check", "", "a.example"},
                    TargetRow{"query", "/v1/check?a=b", "/v1/check", "a=b", "a.example"},
                    TargetRow{"empty_query", "/?", "/", "", "a.example"},
                    TargetRow{"second_mark", "/a?b?c", "/a", "b?c", "a.example"},
                    TargetRow{"encoded", "/%3Fa?b", "/%3Fa", "b", "a.example"},
                    TargetRow{"absolute", "http://A.example/p?q", "/p", "q", "A.example"},
                    TargetRow{"absolute_query", "http://a.example?q", "/", "q", "a.example"},
                    TargetRow{"absolute_bare", "http://a.example", "/", "", "a.example"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(Framing, EmptyBodyIsNone) {
  HeadFacts facts;
  Framing framing;
  ASSERT_FALSE(judge_framing(facts, false, &framing));
  EXPECT_FALSE(framing.has_body());
  facts.content_length_count = 1;
  facts.content_length = "0";
  ASSERT_FALSE(judge_framing(facts, false, &framing));
  EXPECT_TRUE(framing.has_length);
  EXPECT_FALSE(framing.has_body());
}

}  // namespace
}  // namespace beian::http
