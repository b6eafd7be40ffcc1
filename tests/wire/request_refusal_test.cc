// Bodies that are refused, each one step from an acceptable one: what is not JSON at all is
// `invalid-json` as a whole; JSON of the wrong shape is `invalid-field` with a JSON Pointer.
#include <array>
#include <vector>

#include "cache/base/limits.h"
#include "gate/wire/fields.h"
#include "tests/wire/request_support.h"

namespace beian::wire::test {
namespace {

using namespace std::string_view_literals;

constexpr std::string_view kValid =
    R"({"id":"r","operation":"distribute","filing_number":"京ICP备2023000001号-1A",)"
    R"("app":{"kind":"app","name":"示例","fingerprint":["9f86d081884c7d659a2feaa0c55ad015"],)"
    R"("sponsor":{"name":"甲\u4e59"},"offline":false},"min_serial":7,"as_of":"2024-02-01"})";

// --- not JSON ---

constexpr JsonRow kNotJson[] = {
    {"", "empty"},
    {" ", "white space only"},
    {"\n\t\r ", "white space of every sort"},
    {"{", "object not closed"},
    {"}", "never opened"},
    {"[", "array not closed"},
    {"]", "array never opened"},
    {"{]", "closed by the other bracket"},
    {"[}", "the other way round"},
    {"{{}}", "an object as key"},
    {"{[]}", "an array as key"},
    {"{'operation'}", "key without value"},
    {"{'operation':}", "colon without value"},
    {"{:'distribute'}", "no key"},
    {"{'operation''distribute'}", "no colon"},
    {"{'operation'='distribute'}", "equals for colon"},
    {"{'operation';'distribute'}", "semicolon for colon"},
    {"{'operation','distribute'}", "comma for colon"},
    {"{'operation'::'distribute'}", "two colons"},
    {"{'operation':'distribute',}", "comma before the brace"},
    {"{,'operation':'distribute'}", "comma behind the brace"},
    {"{'operation':'distribute',,'id':'r'}", "two commas"},
    {"{'operation':'distribute' 'id':'r'}", "no comma"},
    {"{'operation':'distribute';'id':'r'}", "semicolon for comma"},
    {"{'operation':'distribute'", "brace lost"},
    {"'operation':'distribute'}", "opening brace lost"},
    {"{'operation':'distribute}", "string not closed"},
    {"{'operation':distribute'}", "string not opened"},
    {"{operation:'distribute'}", "bare key"},
    {"{'operation':distribute}", "bare value"},
    {"{1:'distribute'}", "a number as key"},
    {"{null:'distribute'}", "null as key"},
    {"{true:'distribute'}", "true as key"},
    {"{'operation':'distribute'}}", "one brace too many"},
    {"{'operation':'distribute'}]", "a bracket behind it"},
    {"{'operation':'distribute'},", "a comma behind it"},
    {"{'operation':'distribute'}x", "a letter behind it"},
    {"{'operation':'distribute'} 1", "a number behind it"},
    {"{'operation':'distribute'} null", "null behind it"},
    {"{'operation':'distribute'}{'operation':'connect'}", "two documents"},
    {"{'operation':'distribute'}\n{'operation':'connect'}", "two lines"},
    {"{'operation':'distribute'} // why", "a comment behind it"},
    {"/* why */{'operation':'distribute'}", "a comment before it"},
    {"{'operation':'distribute' /* why */}", "a comment in it"},
    {"{'operation':'distribute'# why\n}", "another kind of comment"},
    {"x{'operation':'distribute'}", "a letter before it"},
    {"\xEF\xBB\xBF{'operation':'distribute'}", "a byte order mark"},
    {"\xFF\xFE{\0}\0"sv, "UTF-16"},
    {"\xFE\xFF\0{\0}"sv, "UTF-16, big end first"},
    {"{'operation':'distribute'}\0"sv, "NUL behind it"},
    {"\0{'operation':'distribute'}"sv, "NUL before it"},
    {"{\0'operation':'distribute'}"sv, "NUL between"},
    {"{'operation':'dis\0tribute'}"sv, "NUL in a string"},
    {"{'operation':'dis\x01tribute'}", "control character in a string"},
    {"{'operation':'dis\ntribute'}", "line break in a string"},
    {"{'operation':'dis\ttribute'}", "tab in a string"},
    {"{'operation':'dis\rtribute'}", "carriage return in a string"},
    {"{'operation':'dis\x1Ftribute'}", "the last control character"},
    {"{'operation\n':'distribute'}", "line break in a key"},
    {"{\f'operation':'distribute'}", "form feed is no white space"},
    {"{\v'operation':'distribute'}", "nor is a vertical tab"},
    {"{\xC2\xA0'operation':'distribute'}", "nor a no-break space"},
    {"{\xE3\x80\x80'operation':'distribute'}", "nor an ideographic space"},
    {"{'name':'\xFF'}", "a byte that UTF-8 never has"},
    {"{'name':'\x80'}", "a continuation alone"},
    {"{'name':'\xC3'}", "a sequence cut short"},
    {"{'name':'\xE4\xBA'}", "cut short in three"},
    {"{'name':'\xF0\x9F\x98'}", "cut short in four"},
    {"{'name':'\xC0\xAF'}", "overlong in two"},
    {"{'name':'\xE0\x80\xAF'}", "overlong in three"},
    {"{'name':'\xF0\x80\x80\xAF'}", "overlong in four"},
    {"{'name':'\xED\xA0\x80'}", "a surrogate in UTF-8"},
    {"{'name':'\xF4\x90\x80\x80'}", "beyond U+10FFFF"},
    {"{'name':'\xF8\x88\x80\x80\x80'}", "five bytes"},
    {"{'\xFF':1}", "not UTF-8 in an unknown key"},
    {"{'x':'\\ud800'}", "a high surrogate alone"},
    {"{'x':'\\udc00'}", "a low surrogate alone"},
    {"{'x':'\\udc00\\ud800'}", "surrogates in the wrong order"},
    {"{'x':'\\ud800\\u0041'}", "a high surrogate before a letter"},
    {"{'x':'\\ud800x'}", "a high surrogate before text"},
    {"{'x':'\\ud83d\\ud83d'}", "two high surrogates"},
    {"{'\\ud800':1}", "a lone surrogate in a key"},
    {"{'x':'\\x41'}", "an escape that JSON has not"},
    {"{'x':'\\a'}", "another"},
    {"{'x':'\\'}", "the quote escaped, so the string goes on"},
    {"{'x':'\\u'}", "no digits"},
    {"{'x':'\\u12'}", "two digits"},
    {"{'x':'\\u123'}", "three digits"},
    {"{'x':'\\u12g4'}", "a letter that is no digit"},
    {"{'x':'\\U0001F600'}", "the escape of other languages"},
    {"{'x':'\\", "ends in an escape"},
    {"{'x':tru}", "true cut short"},
    {"{'x':True}", "a capital"},
    {"{'x':TRUE}", "capitals"},
    {"{'x':truee}", "one letter too many"},
    {"{'x':fals}", "false cut short"},
    {"{'x':nul}", "null cut short"},
    {"{'x':nulll}", "one letter too many"},
    {"{'x':None}", "null of another language"},
    {"{'x':undefined}", "and of another"},
    {"{'x':NaN}", "not a number"},
    {"{'x':Infinity}", "no number either"},
    {"{'x':-Infinity}", "nor this"},
    {"{'x':01}", "a leading zero"},
    {"{'x':-01}", "a leading zero behind the sign"},
    {"{'x':00}", "two zeros"},
    {"{'x':+1}", "a plus sign"},
    {"{'x':-}", "a sign alone"},
    {"{'x':--1}", "two signs"},
    {"{'x':.5}", "no digit before the point"},
    {"{'x':5.}", "no digit behind it"},
    {"{'x':1.e5}", "the same before an exponent"},
    {"{'x':1e}", "no exponent"},
    {"{'x':1e+}", "only its sign"},
    {"{'x':1E-}", "only its sign, with a capital"},
    {"{'x':0x1F}", "hexadecimal"},
    {"{'x':1_000}", "digits in groups"},
    {"{'x':1,000}", "groups with a comma"},
    {"{'x':1 000}", "groups with a space"},
    {"{'x':1e400}", "larger than any double"},
    {"{'x':-1e400}", "the same below"},
    {"{'x':18446744073709551616}", "2^64"},
    {"{'x':-9223372036854775809}", "below -2^63"},
    {"{'x':1a}", "a letter behind a number"},
    {"{'x':[1 2]}", "no comma in an array"},
    {"{'x':[1,]}", "comma before the bracket"},
    {"{'x':[,1]}", "comma behind the bracket"},
    {"{'x':[1,,2]}", "two commas in an array"},
    {"{'x':[1}", "array closed by a brace"},
    {"{'x':{'y':1]", "object closed by a bracket"},
    {"{'x':['a':1]}", "a key in an array"},
    {"{'x':(1)}", "round brackets"},
    {"{'x':`1`}", "other quotes"},
    {"operation=distribute&number=1", "a form"},
    {"<check operation=\"distribute\"/>", "XML"},
    {"operation: distribute", "YAML"},
};

TEST(RequestRefusal, WhatIsNotJsonIsInvalidJsonAsAWhole) {
  for (const JsonRow& row : kNotJson)
    EXPECT_EQ(JsonReading(json_of(row.json)).told_as(), "400 invalid-json")
        << row.why << ": " << row.json;
}

// Single quotes are the error here, so ' is not replaced.
TEST(RequestRefusal, SingleQuotesAreNotJson) {
  for (const std::string_view json :
       {"{'operation':\"distribute\"}", "{\"operation\":'distribute'}"})
    EXPECT_EQ(JsonReading(json).told_as(), "400 invalid-json") << json;
}

TEST(RequestRefusal, EveryPrefixOfAValidBodyIsInvalidJson) {
  ASSERT_EQ(JsonReading(kValid).told_as(), "accepted");
  for (std::size_t length = 0; length < kValid.size(); ++length)
    EXPECT_EQ(JsonReading(kValid.substr(0, length)).told_as(), "400 invalid-json") << length;
}

TEST(RequestRefusal, EveryByteOfAValidBodyReplacedByNulIsInvalidJson) {
  for (std::size_t at = 0; at < kValid.size(); ++at) {
    std::string body(kValid);
    body[at] = '\0';
    EXPECT_EQ(JsonReading(body).told_as(), "400 invalid-json") << at;
  }
}

// --- depth ---

std::string nested(std::size_t depth, char open, char close) {
  std::string inner;
  for (std::size_t i = 1; i < depth; ++i)
    inner += open == '{' && i > 1 ? "\"x\":{" : std::string(1, open);
  for (std::size_t i = 1; i < depth; ++i) inner += close;
  return R"({"operation":"distribute","x":)" + inner + "}";
}

TEST(RequestRefusal, DepthSixteenIsReadAndSeventeenRefused) {
  static_assert(limits::kJsonDepthMax == 16);
  for (const auto& [open, close] : {std::pair{'[', ']'}, std::pair{'{', '}'}}) {
    EXPECT_EQ(JsonReading(nested(16, open, close)).told_as(), "accepted") << open;
    EXPECT_EQ(JsonReading(nested(17, open, close)).told_as(), "400 invalid-json") << open;
    EXPECT_EQ(JsonReading(nested(30'000, open, close)).told_as(), "400 invalid-json") << open;
  }
  EXPECT_EQ(JsonReading(std::string(60'000, '[')).told_as(), "400 invalid-json");
  EXPECT_EQ(JsonReading(nested(17, '[', ']')).detail(), "nested deeper than allowed");
}

// --- JSON, but not a check request ---

struct FieldRow {
  std::string_view json;
  std::string_view want;
  std::string_view why;
};

constexpr FieldRow kWrongFields[] = {
    {"[]", "400 invalid-field", "an array"},
    {"[{'operation':'distribute'}]", "400 invalid-field", "a request in an array"},
    {"'distribute'", "400 invalid-field", "a string"},
    {"''", "400 invalid-field", "an empty string"},
    {"1", "400 invalid-field", "a number"},
    {"1.5", "400 invalid-field", "a fraction"},
    {"true", "400 invalid-field", "a boolean"},
    {"null", "400 invalid-field", "null"},
    {"{}", "400 missing-field /operation", "no operation"},
    {"{'operation':null}", "400 missing-field /operation", "null is not given"},
    {"{'app':{'operation':'distribute'}}", "400 missing-field /operation", "at the wrong level"},
    {"{'Operation':'distribute'}", "400 missing-field /operation", "names are exact"},
    {"{'operation ':'distribute'}", "400 missing-field /operation", "to the space"},
    {"{'operation':''}", "400 invalid-field /operation", "empty"},
    {"{'operation':'Distribute'}", "400 invalid-field /operation", "a capital"},
    {"{'operation':' distribute'}", "400 invalid-field /operation", "a space"},
    {"{'operation':'distributed'}", "400 invalid-field /operation", "another word"},
    {"{'operation':'distribute\\u0000'}", "400 invalid-field /operation", "an escaped NUL"},
    {"{'operation':'publish'}", "400 invalid-field /operation", "no operation of ours"},
    {"{'operation':['distribute']}", "400 invalid-field /operation", "in an array"},
    {"{'operation':{'x':1}}", "400 invalid-field /operation", "an object"},
    {"{'operation':1}", "400 invalid-field /operation", "a number"},
    {"{'id':1.5}", "400 invalid-field /id", "a fraction"},
    {"{'id':1e3}", "400 invalid-field /id", "a double, though whole"},
    {"{'id':9223372036854775808}", "400 invalid-field /id", "2^63"},
    {"{'id':true}", "400 invalid-field /id", "a boolean"},
    {"{'id':[]}", "400 invalid-field /id", "an array"},
    {"{'id':{}}", "400 invalid-field /id", "an object"},
    {"{'min_serial':-1}", "400 invalid-field /min_serial", "below zero"},
    {"{'min_serial':1.0}", "400 invalid-field /min_serial", "a double"},
    {"{'min_serial':9223372036854775808}", "400 invalid-field /min_serial", "2^63"},
    {"{'min_serial':18446744073709551615}", "400 invalid-field /min_serial", "2^64-1"},
    {"{'min_serial':'7'}", "400 invalid-field /min_serial", "a string"},
    {"{'as_of':'2024-02-30'}", "400 invalid-field /as_of", "no such day"},
    {"{'as_of':'2023-02-29'}", "400 invalid-field /as_of", "no leap year"},
    {"{'as_of':'2024-13-01'}", "400 invalid-field /as_of", "month 13"},
    {"{'as_of':'2024-00-01'}", "400 invalid-field /as_of", "month 0"},
    {"{'as_of':'2024-01-00'}", "400 invalid-field /as_of", "day 0"},
    {"{'as_of':'2024-1-1'}", "400 invalid-field /as_of", "one digit"},
    {"{'as_of':'20240101'}", "400 invalid-field /as_of", "no hyphens"},
    {"{'as_of':'2024/01/01'}", "400 invalid-field /as_of", "slashes"},
    {"{'as_of':'2024-01-01T00:00:00Z'}", "400 invalid-field /as_of", "a time"},
    {"{'as_of':' 2024-01-01'}", "400 invalid-field /as_of", "a space"},
    {"{'as_of':'yesterday'}", "400 invalid-field /as_of", "a word"},
    {"{'as_of':20240101}", "400 invalid-field /as_of", "a number"},
    {"{'app':{'first_published':'2022-05-32'}}", "400 invalid-field /app/first_published",
     "day 32"},
    {"{'app':{'first_published':'2022-5-1'}}", "400 invalid-field /app/first_published", "digits"},
    {"{'detail':'verbose'}", "400 invalid-field /detail", "no such detail"},
    {"{'detail':'Full'}", "400 invalid-field /detail", "a capital"},
    {"{'detail':true}", "400 invalid-field /detail", "a boolean"},
    {"{'app':{'kind':'website'}}", "400 invalid-field /app/kind", "not a kind that is checked"},
    {"{'app':{'kind':'App'}}", "400 invalid-field /app/kind", "a capital"},
    {"{'app':{'kind':'miniprogram'}}", "400 invalid-field /app/kind", "without underscore"},
    {"{'app':{'platform':'MyOS'}}", "400 invalid-field /app/platform", "capitals of no known word"},
    {"{'app':{'fingerprint':'xyz'}}", "400 invalid-field /app/fingerprint", "no digits"},
    {"{'app':{'fingerprint':'9f86'}}", "400 invalid-field /app/fingerprint", "too short"},
    {"{'app':{'fingerprint':['9f86d081884c7d659a2feaa0c55ad015','zz']}}",
     "400 invalid-field /app/fingerprint/1", "the second one"},
    {"{'app':{'fingerprint':'SHA1: 9f86d081884c7d659a2feaa0c55ad015'}}",
     "400 invalid-field /app/fingerprint", "the digest is no SHA-1"},
    {"{'app':{'fingerprint':[1]}}", "400 invalid-field /app/fingerprint/0", "a number in it"},
    {"{'app':{'fingerprint':[null]}}", "400 invalid-field /app/fingerprint/0", "null in it"},
    {"{'app':{'fingerprint':[['9f86d081884c7d659a2feaa0c55ad015']]}}",
     "400 invalid-field /app/fingerprint/0", "an array in it"},
    {"{'app':{'public_key':'not a key'}}", "400 invalid-field /app/public_key", "no key"},
    {"{'app':{'public_key':['-----BEGIN PUBLIC KEY-----']}}", "400 invalid-field /app/public_key/0",
     "a PEM that does not end"},
    {"{'app':{'public_key':[{}]}}", "400 invalid-field /app/public_key/0", "an object in it"},
    {"{'app':{'domains':['a..b']}}", "400 invalid-field /app/domains/0", "an empty label"},
    {"{'app':{'domains':['example.cn','exam ple.cn']}}", "400 invalid-field /app/domains/1",
     "a space"},
    {"{'app':{'domains':[true]}}", "400 invalid-field /app/domains/0", "a boolean in it"},
    {"{'app':{'ips':['192.0.2.256']}}", "400 invalid-field /app/ips/0", "256"},
    {"{'app':{'ips':['192.0.2.1','2001:db8::g']}}", "400 invalid-field /app/ips/1", "a letter"},
    {"{'app':{'ips':'192.0.2'}}", "400 invalid-field /app/ips", "three parts"},
    {"{'app':{'ips':['192.0.2.0/24']}}", "400 invalid-field /app/ips/0", "a range"},
    {"{'app':{'ips':[3221225985]}}", "400 invalid-field /app/ips/0", "an address as number"},
    {"{'app':{'categories':[1]}}", "400 invalid-field /app/categories/0", "a number in it"},
    {"{'app':{'categories':['news',{}]}}", "400 invalid-field /app/categories/1",
     "an object in it"},
    {"{'app':{'sponsor':'甲'}}", "400 invalid-field /app/sponsor", "a name alone"},
    {"{'id':'a','id':'b'}", "400 invalid-field /id", "twice"},
    {"{'id':null,'id':'b'}", "400 invalid-field /id", "twice, though null"},
    {"{'i\\u0064':'a','id':'b'}", "400 invalid-field /id", "twice, once by an escape"},
    {"{'app':{},'app':{}}", "400 invalid-field /app", "an object twice"},
    {"{'app':{'name':'a','name':'a'}}", "400 invalid-field /app/name", "twice the same"},
    {"{'app':{'sponsor':{'name':'a','name':'b'}}}", "400 invalid-field /app/sponsor/name",
     "inside"},
    {"{'app':{'sponsor':{},'sponsor':null}}", "400 invalid-field /app/sponsor", "then null"},
};

TEST(RequestRefusal, WrongFieldsAreNamedByTheirPointer) {
  for (const FieldRow& row : kWrongFields)
    EXPECT_EQ(JsonReading(json_of(row.json)).told_as(), row.want) << row.why << ": " << row.json;
}

TEST(RequestRefusal, TablesHoldAtLeastTwoHundredBodies) {
  EXPECT_GE(std::size(kNotJson) + std::size(kWrongFields), 200U);
}

}  // namespace
}  // namespace beian::wire::test
