// conf/guidance.toml: complete as shipped, refused as a whole when wrong.
#include "gate/wire/guidance.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cache/filing/provinces.h"
#include "gate/decision/identity_text.h"

namespace beian::wire {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

TEST(GuidanceFile, ShippedOneIsComplete) {
  const Guidance& guidance = Guidance::built_in();
  EXPECT_EQ(guidance.query_url(), "https://beian.miit.gov.cn");
  EXPECT_THAT(guidance.portals(), SizeIs(3));
  EXPECT_THAT(guidance.unit_checklist(), SizeIs(7));
  EXPECT_THAT(guidance.individual_checklist(), SizeIs(5));
  for (const char* id : {"wechat", "alipay", "douyin", "baidu"})
    EXPECT_NE(guidance.host_platform(id), nullptr) << id;
  for (const Province& province : kProvinces)
    EXPECT_EQ(guidance.administration(province.character) != nullptr, province.is_on_filings)
        << province.zh;
}

// What is advised of is compared, too: an id or a name that is not known fits any other.
TEST(GuidanceFile, EveryHostPlatformIsKnownToTheRulesByIdAndNames) {
  for (const Guidance::HostPlatform& host : Guidance::built_in().host_platforms()) {
    const auto index = host_platform_index(host.id);
    EXPECT_TRUE(index.has_value()) << host.id;
    for (const std::string& name : {host.name.zh, host.name.en})
      EXPECT_EQ(host_platform_index(name), index) << name;
  }
}

TEST(GuidanceFile, AllErrorsAreReportedAtOnce) {
  const auto parsed = Guidance::parse(R"(query_ur = "x"
portal = [ { name = { zh = "甲", en = "" }, url = 7 } ]
host_platform = [ 1, { id = "a", kind = "app", name = { zh = "甲", en = "a" }, where = { zh = "甲", en = "a" } } ]
administration = []
[checklist]
unit = []
)",
                                      "g.toml");
  ASSERT_FALSE(parsed);
  const std::string errors = parsed.error().message;
  EXPECT_THAT(errors, HasSubstr("g.toml:1: query_ur: unknown key; did you mean query_url?"));
  EXPECT_THAT(errors, HasSubstr("query_url: missing"));
  EXPECT_THAT(errors, HasSubstr("g.toml:2: portal.name.en: empty"));
  EXPECT_THAT(errors, HasSubstr("g.toml:2: portal.url: a text in quotes is wanted"));
  EXPECT_THAT(errors, HasSubstr("g.toml:3: host_platform: a table is wanted"));
  EXPECT_THAT(errors,
              HasSubstr("g.toml:3: host_platform.kind: mini_program or quick_app is wanted"));
  EXPECT_THAT(errors, HasSubstr("g.toml:5: checklist.individual: missing"));
  EXPECT_THAT(errors, HasSubstr("g.toml:6: checklist.unit: at least one is wanted"));
}

}  // namespace
}  // namespace beian::wire
