// What an entry says of a decision: in the clear or as digests, with the request or without.
#include "gate/log/entry.h"

#include <gtest/gtest.h>
#include <simdjson.h>

#include <array>
#include <cstdio>

#include "cache/base/bytes.h"
#include "cache/snapshot/seal.h"
#include "gate/log/limits.h"
#include "tests/support/builders.h"
#include "tests/support/process.h"

namespace beian::log {
namespace {

using beian::test::request_of;

constexpr std::string_view kFeed =
    R"({"record":"subject","id":1,"number":"京ICP备2023000001号","sponsor":"甲","status":"filed"})"
    "\n"
    R"({"record":"service","id":2,"subject_id":1,"number":"京ICP备2023000001号-1A","names":["乙"],)"
    R"("status":"filed"})"
    "\n";

class EntryTest : public testing::Test {
 protected:
  EntryTest() : checker_(beian::test::registry_of(kFeed)) {}

  std::string entry(const std::string& json, const Privacy& privacy = {}) {
    checker_.check(json);
    std::string out;
    EntryWriter(privacy).append(
        {wire::Milliseconds(std::chrono::milliseconds(1'767'323'045'678)), "01DECISION", "store",
         "192.0.2.1", "", checker_.request(), checker_.decision(), RequestForm::kJson, json},
        &out);
    return out;
  }
  static Privacy digests() {
    Privacy privacy;
    privacy.key = DigestKey({1, 2, 3});
    return privacy;
  }

  beian::test::Checker checker_;
  const std::string json_ = request_of(
      "'id':'row-1','filing_number':'京icp备2023000001号-1a','app':{'name':'乙','platform':"
      "'android','package':'cn.example.app'}");
};

TEST_F(EntryTest, SaysWhatWasAskedAndAnswered) {
  EXPECT_EQ(entry(json_),
            "\"time\":\"2026-01-02T03:04:05.678Z\",\"decision_id\":\"01DECISION\",\"caller\":"
            "\"store\",\"peer\":\"192.0.2.1\",\"trace_id\":null,\"operation\":\"distribute\","
            "\"decision\":\"allow\",\"assurance\":\"name\",\"serial\":48213,\"findings\":["
            "\"NOT_COMPARABLE\"],\"id\":\"row-1\",\"filing_number\":\"京ICP备2023000001号-1A\","
            "\"platform\":\"android\",\"package\":\"cn.example.app\",\"name\":\"乙\","
            "\"request_digest\":\"" +
                to_hex(sha256(json_)) + "\"");
}

TEST_F(EntryTest, HasTheRequestIdOnlyWhereThereIsOne) {
  std::string out;
  EntryWriter({}).append({{}, "", "", "", "", {}, checker_.decision(), {}, "", "edge-7"}, &out);
  EXPECT_NE(out.find("\"trace_id\":null,\"request_id\":\"edge-7\",\"operation\""),
            std::string::npos)
      << out;
  EXPECT_EQ(entry(json_).find("request_id"), std::string::npos);
}

TEST(RequestIds, AreThoseThatNeedNoEscape) {
  const std::string longest(kRequestIdBytesMax, 'x');
  for (const std::string& good : {std::string("a.B_9-"), longest})
    EXPECT_EQ(request_id_of(good), good);
  for (const std::string& bad :
       {std::string(), longest + "x", std::string("a b"), std::string("a/b"), std::string("a\""),
        std::string("\xE4\xBA\xAC"), std::string("a\n")})
    EXPECT_EQ(request_id_of(bad), "") << bad;
}

TEST_F(EntryTest, WhatIsNotGivenIsNull) {
  const std::string text = entry(request_of(""));
  for (const char* field : {"id", "filing_number", "platform", "package", "name"})
    EXPECT_NE(text.find("\"" + std::string(field) + "\":null"), std::string::npos) << field;
}

TEST_F(EntryTest, UnderDigestsNoTextOfTheCallerIsLeft) {
  const std::string text = entry(json_, digests());
  for (const char* given : {"cn.example.app", "乙", "2023000001", "row-1"})
    EXPECT_EQ(text.find(given), std::string::npos) << given;
  EXPECT_EQ(text.find(to_hex(sha256(json_))), std::string::npos);
}

TEST_F(EntryTest, DigestsFindAgainWhatIsKnown) {
  const DigestKey key({1, 2, 3});
  const std::string text = entry(json_, digests());
  EXPECT_NE(text.find("\"package\":\"" + key.digest("package", "cn.example.app") + "\""),
            std::string::npos);
  // The same digest however the number was written.
  EXPECT_NE(text.find(key.digest("filing_number", "京ICP备2023000001号-1A")), std::string::npos);
  EXPECT_NE(key.digest("name", "x"), key.digest("package", "x"));
  EXPECT_NE(key.digest("name", "x"), DigestKey({1, 2, 4}).digest("name", "x"));
}

// The second case of RFC 4231 has a 4-byte key; the zeros after it are the padding that HMAC itself
// adds.
TEST_F(EntryTest, DigestsAreHmacSha256) {
  const DigestKey jefe({'J', 'e', 'f', 'e'});
  // HMAC-SHA256(key, "f" NUL "v"), by openssl dgst.
  EXPECT_EQ(jefe.digest("f", "v"), "hmac:af794b4cdade2a687223698d0341ac83");
}

TEST_F(EntryTest, ARequestIsKeptAsItCameWhenThatIsWanted) {
  Privacy privacy;
  privacy.is_request_kept = true;
  EXPECT_EQ(entry(json_).find("\"request\":"), std::string::npos);
  const std::string text = entry(json_, privacy);
  EXPECT_NE(text.find("\"request_form\":\"json\",\"request\":\"{\\\"operation\\\":"),
            std::string::npos)
      << text;
  const std::string large =
      request_of("'app':{'name':'" + std::string(3'000, 'x') + "'},'unknown':'" +
                 std::string(kRequestKeptBytesMax, 'y') + "'");
  EXPECT_EQ(entry(large, privacy).find("\"request\":"), std::string::npos);
}

TEST_F(EntryTest, IsOneLineWhateverComes) {
  const std::string text = entry(request_of("'app':{'name':'a\\nb\\u2028c\\u0000'}"));
  EXPECT_EQ(text.find('\n'), std::string::npos);
  EXPECT_EQ(text.find("\xE2\x80\xA8"), std::string::npos);
}

// Characters that a terminal must not act on: C0, DEL, C1, line separators and bidi controls.
// Readers still get them as they were given.
TEST_F(EntryTest, ControlsOfAScreenAreEscaped) {
  Privacy privacy;
  privacy.is_request_kept = true;
  std::vector<std::pair<char32_t, std::string>> controls;
  const auto add = [&](char32_t first, char32_t last) {
    for (char32_t c = first; c <= last; ++c) {
      std::string text;
      if (c >= 0x800) text += static_cast<char>(0xE0 | (c >> 12));
      if (c >= 0x80)
        text += static_cast<char>(c >= 0x800 ? 0x80 | ((c >> 6) & 63) : 0xC0 | (c >> 6));
      text += static_cast<char>(c >= 0x80 ? 0x80 | (c & 63) : c);
      controls.emplace_back(c, text);
    }
  };
  add(0x7F, 0x9F);
  add(0x061C, 0x061C);
  add(0x200E, 0x200F);
  add(0x2028, 0x202E);
  add(0x2066, 0x2069);
  for (const auto& [code, character] : controls) {
    std::array<char, 8> escape{};
    std::snprintf(escape.data(), escape.size(), "\\u%04x", static_cast<unsigned>(code));
    const std::string json = request_of("'app':{'name':'a" + character + "乙'}");
    const std::string text = entry(json, privacy);
    EXPECT_EQ(text.find(character), std::string::npos) << escape.data();
    EXPECT_NE(text.find("\"name\":\"a" + std::string(escape.data()) + "乙\""), std::string::npos)
        << escape.data() << text;
    simdjson::dom::parser parser;
    std::string_view kept;
    ASSERT_EQ(parser.parse("{" + text + "}")["request"].get(kept), simdjson::SUCCESS);
    EXPECT_EQ(kept, json);
  }
}

TEST_F(EntryTest, NeighboursOfControlsStandAsTheyAre) {
  for (const char* character : {"\u00A0", "\u00A5", "\u061B", "\u061D", "\u200D", "\u2010",
                                "\u2027", "\u202F", "\u2065", "\u206A", "乙", "\U0001F600"})
    EXPECT_NE(entry(request_of("'app':{'name':'" + std::string(character) + "'}")).find(character),
              std::string::npos)
        << character;
  checker_.check(request_of(""));
  CheckRequest request;  // with bytes that are not UTF-8
  request.app.name = "\xE4\xC2\x85\xE2\x80";
  std::string out;
  EntryWriter({}).append({{}, "", "", "", "", request, checker_.decision(), RequestForm::kJson, ""},
                         &out);
  EXPECT_NE(out.find("\"name\":\"\uFFFD\\u0085\uFFFD\uFFFD\""), std::string::npos) << out;
}

TEST_F(EntryTest, TheLargestFitsARecord) {
  Privacy privacy;
  privacy.is_request_kept = true;
  const std::string hostile(limits::kTextFieldBytesMax, '\x01');
  CheckRequest request;
  request.id = request.app.name = request.app.package = request.app.platform =
      request.filing_number = hostile;
  const std::string body(kRequestKeptBytesMax, '\x01');
  checker_.check(request_of(""));
  std::string out;
  EntryWriter(privacy).append(
      {{}, "", hostile, "", "", request, checker_.decision(), RequestForm::kQuery, body}, &out);
  EXPECT_LT(out.size() + kEnvelopeBytesMax, kRecordBytesMax);
}

TEST(DigestKeyFile, IsSixtyFourDigits) {
  const beian::test::TemporaryFolder folder;
  const std::string digits(64, 'a');
  EXPECT_TRUE(DigestKey::load(folder.write("good", digits + "\n")));
  EXPECT_FALSE(DigestKey::load(folder.write("short", digits.substr(1))));
  EXPECT_FALSE(DigestKey::load(folder.write("long", digits + "aa")));
  EXPECT_FALSE(DigestKey::load(folder.write("text", std::string(64, 'g'))));
  EXPECT_FALSE(DigestKey::load(folder.path("none")));
}

struct TraceCase {
  const char* name;
  std::string text;
  std::string id;
};
std::ostream& operator<<(std::ostream& out, const TraceCase& one) {
  return out << one.name;
}
class TraceIds : public testing::TestWithParam<TraceCase> {};

TEST_P(TraceIds, AreReadFromTraceparent) {
  EXPECT_EQ(trace_id_of(GetParam().text), GetParam().id);
}

const std::string kId = "0af7651916cd43dd8448eb211c80319c";
INSTANTIATE_TEST_SUITE_P(
    All, TraceIds,
    testing::Values(TraceCase{"good", "00-" + kId + "-b7ad6b7169203331-01", kId},
                    TraceCase{"later_version", "01-" + kId + "-b7ad6b7169203331-01-x", kId},
                    TraceCase{"none", "", ""}, TraceCase{"cut", "00-" + kId, ""},
                    TraceCase{"later_version_cut", "01-" + kId + "-b7ad6b7169203331-0", ""},
                    TraceCase{"later_version_longer", "01-" + kId + "-b7ad6b7169203331-01x", ""},
                    TraceCase{"version_ff", "ff-" + kId + "-b7ad6b7169203331-01", ""},
                    TraceCase{"version_upper", "0A-" + kId + "-b7ad6b7169203331-01", ""},
                    TraceCase{"version_letters", "zz-" + kId + "-b7ad6b7169203331-01", ""},
                    TraceCase{"longer", "00-" + kId + "-b7ad6b7169203331-01-x", ""},
                    TraceCase{"parent_zeros", "00-" + kId + "-0000000000000000-01", ""},
                    TraceCase{"parent_upper", "00-" + kId + "-B7ad6b7169203331-01", ""},
                    TraceCase{"flags_letters", "00-" + kId + "-b7ad6b7169203331-0g", ""},
                    TraceCase{"no_hyphen", "00-" + kId + "-b7ad6b7169203331x01", ""},
                    TraceCase{"zeros", "00-" + std::string(32, '0') + "-b7ad6b7169203331-01", ""},
                    TraceCase{"upper", "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
                              ""},
                    TraceCase{"other", std::string(60, '"'), ""}),
    beian::test::row_name);

}  // namespace
}  // namespace beian::log
