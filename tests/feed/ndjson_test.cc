// The NDJSON dialect: each field, each way in which a row can be bad, and that nothing is lost.
#include <gtest/gtest.h>

#include "cache/base/limits.h"
#include "tests/feed/read_all.h"
#include "tests/support/process.h"

namespace beian::cache {
namespace {

struct GoodRow {
  const char* name;
  std::string input;
  std::string want;  // canonical NDJSON
};
std::ostream& operator<<(std::ostream& out, const GoodRow& row) {
  return out << row.name;
}

class GoodRows : public ::testing::TestWithParam<GoodRow> {};

TEST_P(GoodRows, GiveTheirRecord) {
  const FeedOutcome outcome = read_all(GetParam().input);
  EXPECT_EQ(outcome.error, "");
  EXPECT_EQ(outcome.records, std::vector<std::string>{GetParam().want});
}

const std::string kService = R"({"record":"service","id":7,"number":"京ICP备2023000001号-2A")";

INSTANTIATE_TEST_SUITE_P(
    Table, GoodRows,
    ::testing::Values(
        GoodRow{
            "subject_with_every_field",
            R"({"record":"subject","id":110001964865,"number":"京ICP备2023000001号","sponsor":"北京示例科技有限公司","nature":"企业","certificate_number":"91110000","province":"京","status":"filed","updated_at":"2025-03-02T10:00:00+08:00","cancelled_on":"2025-04-01"})",
            R"({"record":"subject","id":110001964865,"number":"京ICP备2023000001号","sponsor":"北京示例科技有限公司","nature":"企业","certificate_number":"91110000","province":"京","status":"filed","updated_at":"2025-03-02T02:00:00Z","cancelled_on":"2025-04-01"})"},
        GoodRow{
            "service_with_every_field",
            R"({"record":"service","id":4134047,"subject_id":110001964865,"number":"京ICP备2023000001号-2A","names":["示例应用","Example"],"status":"filed","limit_access":false,"contents":["新闻"],"approvals":["news"],"domains":["Example.CN"],"ips":["192.0.2.0-192.0.2.255","2001:db8::1"],"providers":["aliyun"],"host_platform":"wechat","platforms":[{"os":"Android","package":"cn.example.app","fingerprints":["9F:86:D0:81:88:4C:7D:65:9A:2F:EA:A0:C5:5A:D0:15"],"public_keys":["sha256:000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"]},{"os":"ios","public_keys":[]}],"version":"3.2.1","submitted_on":"2025-02-20","approved_on":"2025-03-02","cancelled_on":null,"updated_at":"2025-03-02 10:00:00"})", R"({"record":"service","id":4134047,"subject_id":110001964865,"number":"京ICP备2023000001号-2A","names":["示例应用","Example"],"status":"filed","limit_access":false,"contents":["新闻"],"approvals":["news"],"domains":["example.cn"],"ips":["192.0.2.0-192.0.2.255","2001:db8::1"],"providers":["aliyun"],"host_platform":"wechat","platforms":[{"os":"android","package":"cn.example.app","fingerprints":["9f86d081884c7d659a2feaa0c55ad015"],"public_keys":["sha256:000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"]},{"os":"ios","public_keys":[]}],"version":"3.2.1","submitted_on":"2025-02-20","approved_on":"2025-03-02","updated_at":"2025-03-02T02:00:00Z"})"},
        GoodRow{
            "null_and_empty_text_are_not_known",
            kService +
                R"(,"names":null,"status":null,"limit_access":null,"host_platform":"","approved_on":"","platforms":null})",
            kService + "}"},
        GoodRow{"empty_list_is_known_to_be_none", kService + R"(,"providers":[],"platforms":[]})",
                kService + R"(,"providers":[],"platforms":[]})"},
        GoodRow{
            "blanks_around_a_package_are_no_part_of_it",
            kService +
                R"(,"platforms":[{"os":"ios","package":" cn.a b\t\r\n"},{"os":"ios","package":" "}]})",
            kService + R"(,"platforms":[{"os":"ios","package":"cn.a b"},{"os":"ios"}]})"},
        GoodRow{"single_name", kService + R"(,"name":"示例"})", kService + R"(,"names":["示例"]})"},
        GoodRow{"unknown_field", kService + R"(,"x":{"y":[1,2.5,"z"]}})", kService + "}"},
        GoodRow{"fields_in_any_order",
                R"({"number":"京ICP备2023000001号-2A","id":7,"record":"service"})", kService + "}"},
        GoodRow{"typography_folds",
                R"({"record":"service","id":7,"number":"京ＩＣＰ备 2023000001号－2a"})",
                kService + "}"},
        GoodRow{"escaped_text",
                R"({"record":"service","id":7,"number":"\u4eacICP\u59072023000001\u53f7-2A"})",
                kService + "}"},
        GoodRow{"largest_id", R"({"record":"service","id":9223372036854775808,"op":"delete"})",
                R"({"record":"service","id":9223372036854775808,"op":"delete"})"},
        GoodRow{"id_beyond_double", R"({"record":"subject","id":9007199254740993,"op":"delete"})",
                R"({"record":"subject","id":9007199254740993,"op":"delete"})"},
        GoodRow{"upsert_is_the_default", kService + R"(,"op":"upsert"})", kService + "}"},
        GoodRow{"delete_needs_no_more", R"({"record":"service","id":7,"op":"delete","number":1})",
                R"({"record":"service","id":7,"op":"delete"})"},
        GoodRow{"subject_may_be_blacklisted",
                R"({"record":"subject","id":1,"number":"粤B2-20090059","status":"blacklisted"})",
                R"({"record":"subject","id":1,"number":"粤B2-20090059","status":"blacklisted"})"},
        GoodRow{"carriage_return", kService + "}\r", kService + "}"}),
    [](const auto& row) { return std::string(row.param.name); });

std::string digests(int count) {
  std::string list;
  for (int i = 0; i < count; ++i) {
    const std::string digits = std::to_string(1'000'000 + i);
    list += (i == 0 ? "\"" : ",\"") + std::string(32 - digits.size(), '0') + digits + '"';
  }
  return list;
}

struct BadRow {
  const char* name;
  std::string input;
  std::string want;  // COLUMN: MESSAGE
};
std::ostream& operator<<(std::ostream& out, const BadRow& row) {
  return out << row.name;
}

class BadRows : public ::testing::TestWithParam<BadRow> {};

TEST_P(BadRows, AreNamedWithTheirPlace) {
  const std::string good = R"({"record":"subject","id":1,"op":"delete"})";
  const FeedOutcome outcome =
      read_all(good + "\n" + GetParam().input + "\n" + good, Dialect::kNdjson, 1);
  EXPECT_EQ(outcome.error, "");
  EXPECT_EQ(outcome.problems, std::vector<std::string>{"2:" + GetParam().want});
  EXPECT_EQ(outcome.records.size(), 2U) << "the rows around it are read";
}

INSTANTIATE_TEST_SUITE_P(
    Fields, BadRows,
    ::testing::Values(
        BadRow{"record_missing", "{\"id\":1}", "1: a row without `record`"},
        BadRow{"record_unknown", R"({"record":"app","id":1})",
               "11: /record: expected `subject` or `service`"},
        BadRow{"record_not_text", R"({"record":1})",
               "11: /record: expected `subject` or `service`"},
        BadRow{"op_unknown", R"({"record":"service","id":1,"op":"drop"})",
               "33: /op: expected `upsert` or `delete`"},
        BadRow{"text_that_no_snapshot_holds",
               kService + R"(,"names":["a",")" + std::string(65'536, 'x') + "\"]}",
               "78: /names/1: a text of 65536 bytes; at most 65535 are stored"},
        BadRow{"sponsor_that_no_snapshot_holds",
               R"({"record":"subject","id":7,"number":"京ICP备2023000001号","sponsor":")" +
                   std::string(70'000, 'x') + "\"}",
               "72: /sponsor: a text of 70000 bytes; at most 65535 are stored"},
        BadRow{"more_digests_than_a_snapshot_holds",
               kService + R"(,"platforms":[{"os":"ios"},{"os":"android","fingerprints":[)" +
                   digests(4'096) + "]}]}",
               "122: /platforms/1/fingerprints: 4096 of them; at most 4095 are stored"},
        BadRow{"id_missing", R"({"record":"service","number":"京ICP备2023000001号-2A"})",
               "1: a row without `id`"},
        BadRow{"id_text", R"({"record":"service","id":"7"})",
               "26: /id: expected an integer from 1 to 2^63"},
        BadRow{"id_zero", R"({"record":"service","id":0})",
               "26: /id: expected an integer from 1 to 2^63"},
        BadRow{"id_negative", R"({"record":"service","id":-1})",
               "26: /id: expected an integer from 1 to 2^63"},
        BadRow{"id_with_point", R"({"record":"service","id":7.0})",
               "26: /id: expected an integer from 1 to 2^63"},
        BadRow{"id_above_2_63", R"({"record":"service","id":9223372036854775809})",
               "26: /id: expected an integer from 1 to 2^63"},
        BadRow{"id_twice", R"({"record":"service","id":7,"id":7})", "33: /id: given twice"},
        BadRow{"number_missing", R"({"record":"service","id":7})", "1: a row without `number`"},
        BadRow{"number_malformed",
               R"({"record":"service","id":7,"number":"京ICP备202300001号-1A"})",
               "37: /number: not a filing number (main_digit_count at byte 9 of the text): "
               "`京ICP备202300001号-1A`"},
        BadRow{"number_of_another_register",
               R"({"record":"service","id":7,"number":"京公网安备11010502025545号"})",
               "37: /number: a number of another register (public_security): "
               "`京公网安备11010502025545号`"},
        BadRow{"number_needs_repair",
               R"({"record":"service","id":7,"number":"京ICP备2023000001-1A"})",
               "37: /number: a filing number that needs repair (missing_hao): "
               "`京ICP备2023000001-1A`"},
        BadRow{"service_without_serial",
               R"({"record":"service","id":7,"number":"京ICP备2023000001号"})",
               "37: /number: a service's number has a serial: `京ICP备2023000001号`"},
        BadRow{"subject_with_serial",
               R"({"record":"subject","id":7,"number":"京ICP备2023000001号-1"})",
               "37: /number: a subject's number has no serial: `京ICP备2023000001号-1`"},
        BadRow{"status_unknown", kService + R"(,"status":"live"})",
               "74: /status: not a status: `live`"},
        BadRow{"status_of_subjects", kService + R"(,"status":"blacklisted"})",
               "74: /status: a status of subjects only: `blacklisted`"},
        BadRow{"names_text", kService + R"(,"names":"示例"})", "73: /names: expected a list"},
        BadRow{"names_with_number", kService + R"(,"names":["a",1]})",
               "78: /names/1: expected a text"},
        BadRow{"names_with_empty", kService + R"(,"names":[""]})", "74: /names/0: empty"},
        BadRow{"name_and_names", kService + R"(,"name":"a","names":["a"]})",
               "84: /names: given besides `name`"},
        BadRow{"limit_access_text", kService + R"(,"limit_access":"true"})",
               "80: /limit_access: expected true or false"},
        BadRow{"domain", kService + R"(,"domains":["a..b"]})",
               "76: /domains/0: not a domain: `a..b`"},
        BadRow{"ip", kService + R"(,"ips":["192.0.2.256"]})",
               "72: /ips/0: not an address or range of addresses: `192.0.2.256`"},
        BadRow{"platform_text", kService + R"(,"platforms":["ios"]})",
               "78: /platforms/0: expected an object"},
        BadRow{"platform_without_os", kService + R"(,"platforms":[{"package":"a.b"}]})",
               "78: /platforms/0: a platform without its `os`"},
        BadRow{"os", kService + R"(,"platforms":[{"os":"安卓"}]})",
               "84: /platforms/0/os: not a lower-case word: `安卓`"},
        BadRow{"os_twice", kService + R"(,"platforms":[{"os":"ios","os":"ios"}]})",
               "95: /platforms/0/os: given twice"},
        BadRow{"fingerprint", kService + R"(,"platforms":[{"os":"ios","fingerprints":["9f86"]}]})",
               "106: /platforms/0/fingerprints/0: not an MD5, SHA-1 or SHA-256 in hexadecimal: "
               "`9f86`"},
        BadRow{"fingerprint_of_another_length",
               kService + R"(,"platforms":[{"os":"ios","fingerprints":["SHA1: 9f86"]}]})",
               "106: /platforms/0/fingerprints/0: labelled SHA-1, and not 20 bytes of "
               "hexadecimal: `SHA1: 9f86`"},
        BadRow{"public_key",
               kService + R"(,"platforms":[{"os":"ios","public_keys":["sha256:00"]}]})",
               "105: /platforms/0/public_keys/0: not a digest of 32 bytes in hexadecimal: "
               "`sha256:00`"},
        BadRow{"day", kService + R"(,"approved_on":"2025-02-29"})",
               "79: /approved_on: not a day (YYYY-MM-DD): `2025-02-29`"},
        BadRow{"instant", kService + R"(,"updated_at":"2025-02-28"})",
               "78: /updated_at: not a time (RFC 3339): `2025-02-28`"},
        BadRow{"nul_in_text", kService + R"(,"version":"a\u0000b"})",
               "75: /version: a NUL in a text: `a\\u{0}b`"},
        BadRow{"province",
               R"({"record":"subject","id":7,"number":"京ICP备2023000001号","province":"川"})",
               "73: /province: not a province's character: `川`"}),
    [](const auto& row) { return std::string(row.param.name); });

INSTANTIATE_TEST_SUITE_P(
    Json, BadRows,
    ::testing::Values(
        BadRow{"not_an_object", "[]", "1: expected an object"},
        BadRow{"cut", R"({"record":"service")", "20: not JSON: the row ends too early"},
        BadRow{"two_rows_on_one_line", "{} {}", "4: not JSON: text behind the JSON value"},
        BadRow{"lone_low_surrogate_in_unknown_field",
               R"({"record":"service","id":1,"op":"delete","x":"\udc00"})",
               "47: not JSON: a lone surrogate"},
        BadRow{"bad_utf8", "{\"x\":\"\xFF\"}", "7: not JSON: bytes that are not UTF-8"},
        BadRow{"mark_inside", "\xEF\xBB\xBF{}", "1: not JSON: not a JSON value"},
        BadRow{"number_out_of_range_in_unknown_field",
               R"({"record":"service","id":1,"op":"delete","x":1e999})",
               "1: a number out of range"},
        BadRow{"too_deep",
               R"({"record":"service","id":1,"op":"delete","x":)" + std::string(16, '[') +
                   std::string(16, ']') + "}",
               "61: not JSON: nested too deep"},
        BadRow{"comment", R"({"record":"service" /* */})", "21: not JSON: expected `,` or `}`"},
        BadRow{"too_long", std::string(limits::kFeedLineBytesMax + 1, ' '),
               "1: longer than a line may be"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(Ndjson, DepthSixteenIsRead) {
  const std::string row = R"({"record":"service","id":1,"op":"delete","x":)" +
                          std::string(15, '[') + std::string(15, ']') + "}";
  EXPECT_EQ(read_all(row).records.size(), 1U);
}

TEST(Ndjson, BlankLinesAndAMissingLastNewlineAreFine) {
  const std::string row = R"({"record":"subject","id":1,"op":"delete"})";
  const FeedOutcome outcome = read_all("\xEF\xBB\xBF\n" + row + "\r\n \t\r\n\n" + row);
  EXPECT_EQ(outcome.error, "");
  EXPECT_EQ(outcome.stats.deletes, 2U);
  EXPECT_EQ(outcome.stats.lines, 5U);
}

TEST(Ndjson, FirstBadLineBeyondTheAllowanceEndsTheReading) {
  const std::string good = R"({"record":"subject","id":1,"op":"delete"})";
  const std::string text = good + "\n{\n{\n" + good + "\n";
  EXPECT_EQ(read_all(text).error, "feed:2:2: not JSON: the row ends too early");
  EXPECT_EQ(read_all(text, Dialect::kNdjson, 1).error,
            "feed:3:2: not JSON: the row ends too early");
  const FeedOutcome allowed = read_all(text, Dialect::kNdjson, 2);
  EXPECT_EQ(allowed.error, "");
  EXPECT_EQ(allowed.stats.bad_lines, 2U);
  EXPECT_EQ(allowed.records.size(), 2U);
}

TEST(Ndjson, RecordsComeInOrderAndLeaveNothingOfTheRowBefore) {
  const std::string full = kService + R"(,"names":["a"],"providers":[],"version":"1"})";
  const FeedOutcome outcome = read_all(full + "\n" + kService + "}\n" + full);
  EXPECT_EQ(outcome.records, (std::vector<std::string>{full, kService + "}", full}));
}

TEST(Feed, APackedFeedIsToldFromABadOne) {
  for (const auto& [bytes, packer] :
       {std::pair("\x1F\x8B\x08\x00rest", "gzip"), std::pair("\x28\xB5\x2F\xFDrest", "zstd")}) {
    const beian::test::TemporaryFolder folder;
    const std::string path = folder.write("packed.ndjson", {bytes, 8});
    const auto stats = read_feed(path, {}, [](FeedRecord&&) {}, {});
    ASSERT_FALSE(stats);
    EXPECT_EQ(stats.error().kind, ErrorKind::kBadInput);
    EXPECT_NE(stats.error().message.find("packed by " + std::string(packer)), std::string::npos)
        << stats.error().message;
  }
}

TEST(Feed, MissingFileIsUnavailable) {
  const auto stats = read_feed("/nonexistent/feed", {}, [](FeedRecord&&) {}, {});
  ASSERT_FALSE(stats);
  EXPECT_EQ(stats.error().kind, ErrorKind::kUnavailable);
}

TEST(Feed, DialectsHaveTheirNames) {
  EXPECT_EQ(parse_dialect("ndjson"), Dialect::kNdjson);
  EXPECT_EQ(parse_dialect("csv"), Dialect::kCsv);
  EXPECT_EQ(parse_dialect("miit"), Dialect::kMiit);
  EXPECT_EQ(parse_dialect("xml"), std::nullopt);
}

}  // namespace
}  // namespace beian::cache
