// conf/guidance.toml: complete as shipped, and refused as a whole when anything is wrong.
#include "gate/wire/guidance.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "cache/base/file.h"
#include "cache/filing/provinces.h"
#include "gate/decision/identity_text.h"
#include "tests/support/paths.h"

namespace beian::wire {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

std::string shipped_text() {
  const auto text = read_file(beian::test::source_path("conf/guidance.toml"), 1 << 20);
  EXPECT_TRUE(text);
  return text ? *text : "";
}

TEST(GuidanceFile, ShippedOneIsComplete) {
  const Guidance& guidance = Guidance::built_in();
  EXPECT_EQ(guidance.query_url(), "https://beian.miit.gov.cn");
  EXPECT_THAT(guidance.portals(), SizeIs(3));
  EXPECT_THAT(guidance.unit_checklist(), SizeIs(7));
  EXPECT_THAT(guidance.individual_checklist(), SizeIs(5));
  for (const char* id : {"wechat", "alipay", "douyin", "baidu"})
    EXPECT_EQ(std::ranges::count(guidance.host_platforms(), id, &Guidance::HostPlatform::id), 1)
        << id;
  for (const Province& province : kProvinces)
    EXPECT_EQ(guidance.administration(province.character) != nullptr, province.is_on_filings)
        << province.zh;
}

// Host platforms with guidance are also compared; an id or name unknown to the rules would match
// any other.
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

// The shipped file with one of its texts replaced, and the resulting error.
TEST(GuidanceFile, WhatWouldMisleadItsReadersIsRefused) {
  struct Row {
    std::string_view text;
    std::string_view instead;
    std::string_view told;
  };
  const Row rows[] = {
      {"province = \"蜀\"", "province = \"川\"", "province: the character that begins filing"},
      {"province = \"蜀\"", "province = \"Sichuan\"", "province: the character that begins"},
      {"province = \"蜀\"", "province = \"京\"", "province: 京 is there twice"},
      {"id = \"alipay\"", "id = \"wechat\"", "host_platform.id: wechat is there twice"},
      {"https://beian.miit.gov.cn", "https://a b", "query_url: an address that begins with"},
      {"https://beian.miit.gov.cn", "https://a<b", "query_url: an address that begins with"},
      {"https://beian.miit.gov.cn", "https://", "query_url: an address that begins with"},
      {"https://beian.miit.gov.cn", "https:///x", "query_url: an address that begins with"},
      {"https://beian.aliyun.com", "javascript:alert(1)", "portal.url: an address that begins"},
      {"https://beian.aliyun.com", "beian.aliyun.com", "portal.url: an address that begins with"},
      {"zh = \"阿里云\"", "zh = \"阿里\\n云\"", "portal.name.zh: holds a line break"},
      {"zh = \"阿里云\"", "zh = \"阿里\\u202e云\"", "portal.name.zh: holds a line break or"},
      {"en = \"your own ID\"", "en = \"\\u001b[2J\"", "individual.en: holds a line break or"},
  };
  const std::string shipped = shipped_text();
  for (const Row& row : rows) {
    std::string text = shipped;
    const std::size_t at = text.find(row.text);
    ASSERT_NE(at, std::string::npos) << row.text;
    const std::size_t line = 1 + static_cast<std::size_t>(std::count(
                                     text.begin(), text.begin() + static_cast<long>(at), '\n'));
    text.replace(at, row.text.size(), row.instead);
    const auto parsed = Guidance::parse(text, "g.toml");
    ASSERT_FALSE(parsed) << row.instead;
    EXPECT_THAT(parsed.error().message, HasSubstr("g.toml:" + std::to_string(line) + ": "))
        << row.instead;
    EXPECT_THAT(parsed.error().message, HasSubstr(std::string(row.told))) << row.instead;
  }
  std::string local = shipped;
  local.replace(local.find("https://beian.aliyun.com"), 24, "http://10.0.0.1:8080/备案?a=b&c#d");
  EXPECT_TRUE(Guidance::parse(local, "g.toml")) << "an intranet's own";
}

TEST(GuidanceFile, SentencesNeedAPlaceForMiniPrograms) {
  std::string text = shipped_text();
  const std::string entry = "[[host_platform]]\n";
  for (std::size_t at = text.find(entry); at != std::string::npos; at = text.find(entry, at)) {
    at += entry.size();
    if (text.substr(at, 200).find("kind = ") > text.substr(at, 200).find("where = "))
      text.insert(at, "kind = \"quick_app\"\n");
  }
  const auto parsed = Guidance::parse(text, "g.toml");
  ASSERT_FALSE(parsed);
  EXPECT_THAT(parsed.error().message, HasSubstr("host_platform: at least one for mini-programs"));
}

}  // namespace
}  // namespace beian::wire
