// The twelve most common mistakes: for each, the first suggestion is the filing that was meant. One
// registry for all of them, so that every mistake has wrong neighbours to choose from.
#include "gate/decision/suggest.h"

#include <gtest/gtest.h>

#include "tests/support/builders.h"
#include "tests/support/count_allocations.h"

namespace beian {
namespace {

using test::Checker;
using test::registry_of;
using test::request_of;

// Subject 1 has a site, three apps and a mini-program; 2 has its number with two digits swapped; 3
// has an old number of 8 digits; 4 is in Sichuan and has a licence; 5 has a look-alike number.
constexpr std::string_view kSuggestFeed = R"(
{"record":"subject","id":1,"number":"京ICP备2023000015号","sponsor":"北京示例科技有限公司","status":"filed"}
{"record":"subject","id":2,"number":"京ICP备2023000051号","sponsor":"北京对换有限公司","status":"filed"}
{"record":"subject","id":3,"number":"京ICP备12004567号","sponsor":"北京老牌有限公司","status":"filed"}
{"record":"subject","id":4,"number":"蜀ICP备12007028号","sponsor":"成都示例有限公司","status":"filed"}
{"record":"subject","id":5,"number":"沪ICP备2023000015号","sponsor":"上海示例有限公司","status":"filed"}
{"record":"subject","id":6,"number":"川B2-20100027","sponsor":"成都平台有限公司","status":"filed"}
{"record":"service","id":10,"subject_id":1,"number":"京ICP备2023000015号-1","names":["示例官网"],"status":"filed","domains":["site.example.cn"]}
{"record":"service","id":11,"subject_id":1,"number":"京ICP备2023000015号-2A","names":["示例应用"],"status":"filed","platforms":[{"os":"android","package":"cn.example.app","fingerprints":["9f86d081884c7d659a2feaa0c55ad015"]}]}
{"record":"service","id":12,"subject_id":1,"number":"京ICP备2023000015号-3A","names":["示例地图"],"status":"filed","platforms":[{"os":"android","package":"cn.example.maps"}]}
{"record":"service","id":13,"subject_id":1,"number":"京ICP备2023000015号-4X","names":["示例应用"],"status":"filed"}
{"record":"service","id":14,"subject_id":1,"number":"京ICP备2023000015号-5A","names":["示例应用"],"status":"filed","platforms":[{"os":"ios","package":"cn.example.ios"}]}
{"record":"service","id":15,"subject_id":1,"number":"京ICP备2023000015号-6A","names":["示例应用"],"status":"cancelled","platforms":[{"os":"android","package":"cn.example.app"}]}
{"record":"service","id":20,"subject_id":2,"number":"京ICP备2023000051号-2A","names":["对换应用"],"status":"filed","platforms":[{"os":"android","package":"cn.swapped"}]}
{"record":"service","id":21,"subject_id":2,"number":"京ICP备2023000051号-7A","names":["对换相册"],"status":"filed"}
{"record":"service","id":30,"subject_id":3,"number":"京ICP备12004567号-8A","names":["老牌应用"],"status":"filed"}
{"record":"service","id":40,"subject_id":4,"number":"蜀ICP备12007028号-3A","names":["蜀地应用"],"status":"filed"}
{"record":"service","id":50,"subject_id":5,"number":"沪ICP备2023000015号-2A","names":["上海应用"],"status":"filed"}
{"record":"subject","id":7,"number":"闽ICP备2023000070号","sponsor":"福州示例有限公司","status":"filed"}
{"record":"service","id":70,"subject_id":7,"number":"闽ICP备2023000070号-1A","names":["待审应用"],"status":"authority_review"}
{"record":"service","id":71,"subject_id":7,"number":"闽ICP备2023000070号-2A","names":["待审应用"],"status":"returned"}
{"record":"subject","id":8,"number":"琼ICP备2023000080号","sponsor":"海口示例有限公司","status":"filed"}
{"record":"service","id":80,"subject_id":8,"number":"琼ICP备2023000080号-1A","names":["受限应用"],"status":"filed","limit_access":true,"platforms":[{"os":"android"}]}
{"record":"subject","id":9,"number":"京ICP证030188号","sponsor":"北京证照有限公司","status":"filed"}
{"record":"service","id":90,"subject_id":9,"number":"京ICP证030188号-209A","names":["证照应用"],"status":"filed"}
{"record":"subject","id":10,"number":"粤B2-20090555","sponsor":"深圳平台有限公司","status":"filed"}
{"record":"service","id":100,"subject_id":10,"number":"粤B2-20090555-1615A","names":["深圳应用"],"status":"filed"}
{"record":"subject","id":11,"number":"湘ICP备2023000110号","sponsor":"长沙示例有限公司","status":"filed"}
{"record":"service","id":110,"subject_id":11,"number":"湘ICP备2023000110号-1A","names":["湘江应用"],"status":"filed"}
{"record":"service","id":111,"subject_id":11,"number":"湘ICP备2023000110号-2A","names":["审核应用"],"status":"authority_review"}
{"record":"service","id":112,"subject_id":11,"number":"湘ICP备2023000110号-3A","names":["退回应用"],"status":"returned"}
{"record":"service","id":113,"subject_id":11,"number":"湘ICP备2023000110号-4A","names":["湘江应用"],"status":"submitted"}
{"record":"service","id":60,"subject_id":6,"number":"川B2-20100027-9A","names":["平台应用"],"status":"filed"}
)";

struct SuggestRow {
  std::string_view name;
  std::string_view fields;
  std::string_view want;    // number of the first suggestion; "" for none
  std::string_view reason;  // for the reader
};
std::ostream& operator<<(std::ostream& out, const SuggestRow& row) {
  return out << row.name;
}

class Suggest : public testing::TestWithParam<SuggestRow> {};

TEST_P(Suggest, TheFirstIsTheOneThatWasMeant) {
  static const auto kRegistry = registry_of(kSuggestFeed);
  Checker checker(kRegistry);
  const Decision& decision = checker.check(request_of(GetParam().fields));
  const auto list = suggest(checker.request(), decision, checker.generation());
  const std::string first = list.empty() ? "" : canonical(list.front().filing.number());
  EXPECT_EQ(first, GetParam().want) << test::summary(decision);
}

#define NAMED(number) "'filing_number':'" number "','app':{'name':'示例应用','platform':'android'}"
constexpr SuggestRow kMistakes[] = {
    {"m01_suffix_lost", NAMED("京ICP备2023000015号-2"), "京ICP备2023000015号-2A", "letter lost"},
    {"m01_suffix_lost_nothing_known", "'filing_number':'京ICP备2023000015号-3'",
     "京ICP备2023000015号-3A", "the serial tells"},
    {"m01_serial_lost", NAMED("京ICP备2023000015号A"), "京ICP备2023000015号-2A", "the name tells"},
    {"m01_hyphen_lost", "'filing_number':'京ICP备2023000015号3A'", "京ICP备2023000015号-3A",
     "号3A"},
    {"m02_website_number", NAMED("京ICP备2023000015号-1"), "京ICP备2023000015号-2A", "F-15"},
    {"m02_website_by_domain", "'app':{'domains':['site.example.cn'],'name':'示例地图'}",
     "京ICP备2023000015号-3A", "F-15"},
    {"m03_subject_number", NAMED("京ICP备2023000015号"), "京ICP备2023000015号-2A", "F-15"},
    {"m03_subject_number_of_another",
     "'filing_number':'沪ICP备2023000015号','app':{'platform':'android','package':'cn.swapped'}",
     "京ICP备2023000051号-2A", "the package says more than the subject"},
    {"m04_wrong_letter", NAMED("京ICP备2023000015号-2X"), "京ICP备2023000015号-2A", "one counter"},
    {"m04_wrong_letter_nothing_known", "'filing_number':'京ICP备2023000015号-3K'",
     "京ICP备2023000015号-3A", "one counter"},
    {"m04_unknown_letter", NAMED("京ICP备2023000015号-2B"), "京ICP备2023000015号-2A", "name"},
    {"m05_two_digits_swapped", NAMED("京ICP备2023000051号-2A"), "京ICP备2023000015号-2A",
     "claimed another's number, which exists"},
    {"m05_swapped_to_nobody", NAMED("京ICP备2032000015号-2A"), "京ICP备2023000015号-2A", "slip"},
    {"m05_swapped_nothing_known", "'filing_number':'京ICP备2032000015号-3A'",
     "京ICP备2023000015号-3A", "no other is so near"},
    {"m05_swapped_and_a_name_of_blanks",
     "'filing_number':'京ICP备2032000015号-3A','app':{'name':'\u3000','sponsor':{'name':' '}}",
     "京ICP备2023000015号-3A", "that is nothing known"},
    {"m06_year_shortened", NAMED("京ICP备23000015号-2A"), "京ICP备2023000015号-2A", "8 for 10"},
    {"m06_year_lengthened", "'filing_number':'京ICP备2012004567号-8A','app':{'name':'老牌应用'}",
     "京ICP备12004567号-8A", "10 for 8"},
    {"m06_digit_lost", NAMED("京ICP备202300015号-2A"), "京ICP备2023000015号-2A", "9 for 10"},
    {"m06_digit_doubled", NAMED("京ICP备20230000015号-2A"), "京ICP备2023000015号-2A", "11 for 10"},
    {"m07_province_alias_is_repaired", "'filing_number':'川ICP备12007028号-3A'", "", "allowed"},
    {"m07_alias_of_a_licence", "'filing_number':'蜀B2-20100027-9A','app':{'name':'平台应用'}",
     "川B2-20100027-9A", "licences print 川"},
    {"m07_other_province", NAMED("津ICP备2023000015号-2A"), "京ICP备2023000015号-2A",
     "the name tells it from Shanghai's"},
    {"m07_joke_province", NAMED("萌ICP备2023000015号-2A"), "京ICP备2023000015号-2A", "name"},
    {"m07_province_lost", NAMED("ICP备2023000015号-2A"), "京ICP备2023000015号-2A", "name"},
    {"m08_O_for_0", NAMED("京ICP备2O23OOO015号-2A"), "京ICP备2023000015号-2A", "look-alike"},
    {"m08_I_for_1", "'filing_number':'京ICP备20230000I5号-3A'", "京ICP备2023000015号-3A", "same"},
    {"m08_S_for_5", "'filing_number':'京ICP备202300001S号-3A'", "京ICP备2023000015号-3A", "same"},
    {"m08_B_for_8", "'filing_number':'蜀ICP备1200702B号-3A'", "蜀ICP备12007028号-3A", "same"},
    {"m08_S_in_the_serial", "'filing_number':'京ICP备2023000015号-SA'", "京ICP备2023000015号-5A",
     "same"},
    {"m08_O_in_a_licence", "'filing_number':'川B2-2O100027-9A'", "川B2-20100027-9A", "B2 stays"},
    {"m09_full_width_is_folded", "'filing_number':'京ＩＣＰ备２０２３０００015号－3Ａ'", "",
     "allowed"},
    {"m09_full_width_and_letter_lost", "'filing_number':'京ＩＣＰ备2023000015号－３'",
     "京ICP备2023000015号-3A", "folded first"},
    {"m10_other_app_of_the_subject", NAMED("京ICP备2023000015号-3A"), "京ICP备2023000015号-2A",
     "name"},
    {"m10_other_app_by_package",
     "'filing_number':'京ICP备2023000015号-3A','app':{'platform':'android','package':'cn.example."
     "app'}",
     "京ICP备2023000015号-2A", "package"},
    {"m11_package_renamed",
     "'app':{'platform':'android','package':'cn.example.app2',"
     "'fingerprint':'9f86d081884c7d659a2feaa0c55ad015'}",
     "京ICP备2023000015号-2A", "same certificate"},
    {"m11_package_renamed_wrong_number",
     "'filing_number':'京ICP备2023000051号-2A','app':{'package':'cn.example.app2',"
     "'fingerprint':'9f86d081884c7d659a2feaa0c55ad015'}",
     "京ICP备2023000015号-2A", "same certificate"},
    {"m11_certificate_of_another_and_digits_swapped",
     "'filing_number':'京ICP备2032000051号-2A','app':{'name':'对换应用','platform':'android',"
     "'fingerprint':'9f86d081884c7d659a2feaa0c55ad015'}",
     "京ICP备2023000051号-2A", "a shared certificate says less than number and name"},
    {"m11_certificate_of_another_and_digits_swapped_sponsor_given",
     "'filing_number':'京ICP备2032000051号-2A','app':{'name':'对换应用','platform':'android',"
     "'sponsor':{'name':'北京对换有限公司'},'fingerprint':'9f86d081884c7d659a2feaa0c55ad015'}",
     "京ICP备2023000051号-2A", "nor more than a sponsor beside them"},
    {"m12_other_platform", NAMED("京ICP备2023000015号-5A"), "京ICP备2023000015号-2A",
     "the Android filing of the same name"},
    {"m12_other_platform_ios",
     "'filing_number':'京ICP备2023000015号-2A','app':{'name':'示例应用','platform':'ios'}",
     "京ICP备2023000015号-5A", "and the reverse"},
};
#define MEANT(number) "'filing_number':'" number "'"
constexpr SuggestRow kDamaged[] = {
    {"icp_lost", MEANT("京备2023000015号-3A"), "京ICP备2023000015号-3A", "digits tell"},
    {"icp_swapped", MEANT("京PIC备2023000015号-3A"), "京ICP备2023000015号-3A", "same"},
    {"icp_with_a_digit", MEANT("京IC9备2023000015号-3A"), "京ICP备2023000015号-3A", "same"},
    {"bei_lost", MEANT("京ICP2023000015号-3A"), "京ICP备2023000015号-3A", "same"},
    {"bei_misspelt", MEANT("京ICP被2023000015号-3A"), "京ICP备2023000015号-3A", "same"},
    {"full_width_and_icp_lost", MEANT("京備２０２３０００015號－3a"), "京ICP备2023000015号-3A",
     "folded first"},
    {"digit_lost_in_full_width", NAMED("京ＩＣＰ備２０２３０００15號－２Ａ"),
     "京ICP备2023000015号-2A", "folded first"},
    {"O_for_0_and_digit_lost", NAMED("京ICP备2O2300015号-2A"), "京ICP备2023000015号-2A", "both"},
    {"name_before", MEANT("示例地图京ICP备2023000015号-3A"), "京ICP备2023000015号-3A", "there"},
    {"name_before_with_colon", MEANT("示例地图：京ICP备2023000015号-3A"), "京ICP备2023000015号-3A",
     "there"},
    {"name_inside", MEANT("京示例地图ICP备2023000015号-3A"), "京ICP备2023000015号-3A", "there"},
    {"text_behind", MEANT("京ICP备2023000015号-3A示例地图"), "京ICP备2023000015号-3A", "there"},
    {"two_numbers", MEANT("京ICP备2023000015号-3A/沪ICP备2023000015号-2A"),
     "京ICP备2023000015号-3A", "the first"},
    {"year_in_brackets", MEANT("京ICP备(2023)000015号-3A"), "京ICP备2023000015号-3A", "there"},
    {"underscore", MEANT("京ICP备2023000015号_3A"), "京ICP备2023000015号-3A", "a hyphen"},
    {"letter_before_serial", MEANT("京ICP备2023000015号-A3"), "京ICP备2023000015号-3A", "order"},
    {"serial_padded", MEANT("京ICP备2023000015号-03A"), "京ICP备2023000015号-3A", "no zeros"},
    {"province_and_token_lost", MEANT("2032000015号-3A"), "", "nothing is one slip away"},
    {"only_digits", MEANT("2023000070号-2A"), "", "that one is returned"},
    {"only_digits_of_one", MEANT("2023000051号-7A"), "京ICP备2023000051号-7A", "one province"},
    {"icp_licence_as_filing", MEANT("京ICP备030188号-209A"), "京ICP证030188号-209A", "six digits"},
    {"icp_licence_without_token", MEANT("京030188号-209A"), "京ICP证030188号-209A", "six digits"},
    {"licence_as_filing", MEANT("粤ICP备20090555号-1615A"), "粤B2-20090555-1615A", "same digits"},
    {"licence_as_filing_named",
     "'filing_number':'粤ICP备20090555号-1615A','app':{'name':'深圳应用'}", "粤B2-20090555-1615A",
     "same digits"},
    {"licence_as_icp_licence", MEANT("粤ICP证20090555号-1615A"), "粤B2-20090555-1615A", "same"},
    {"licence_of_another_class", MEANT("粤B1-20090555-1615A"), "粤B2-20090555-1615A", "same"},
    {"licence_without_a_class_digit", MEANT("粤B-20090555-1615A"), "粤B2-20090555-1615A", "same"},
    {"licence_without_its_hyphen", MEANT("粤B220090555-1615A"), "粤B2-20090555-1615A", "same"},
    {"licence_without_class", MEANT("粤20090555-1615A"), "粤B2-20090555-1615A", "same"},
    {"licence_with_8_for_B", MEANT("粤82-20090555-1615A"), "粤B2-20090555-1615A", "same"},
    {"licence_without_province", MEANT("B2-20090555-1615A"), "粤B2-20090555-1615A", "same"},
    {"licence_of_sichuan_as_filing", MEANT("蜀ICP备20100027号-9A"), "川B2-20100027-9A",
     "licences print 川"},
    {"province_lost_and_text_behind", NAMED("ICP备2023000015号-2A示例应用"),
     "京ICP备2023000015号-2A", "both"},
    {"province_and_icp_lost", NAMED("备2023000015号-2A"), "京ICP备2023000015号-2A", "both"},
    {"icp_lost_and_digits_swapped", NAMED("京备2032000015号-2A"), "京ICP备2023000015号-2A", "both"},
    {"letter_for_digit_and_digits_swapped", NAMED("京ICP备2O32000015号-2A"),
     "京ICP备2023000015号-2A", "both"},
    {"licence_of_a_joke", MEANT("萌B2-20090555-1615A"), "粤B2-20090555-1615A", "one province"},
    {"other_code", MEANT("Z021054321"), "", "no filing number at all"},
};
INSTANTIATE_TEST_SUITE_P(Damaged, Suggest, testing::ValuesIn(kDamaged), test::row_name);

INSTANTIATE_TEST_SUITE_P(Mistakes, Suggest, testing::ValuesIn(kMistakes), test::row_name);

constexpr SuggestRow kOthers[] = {
    {"pending_and_the_name_of_another",
     "'filing_number':'湘ICP备2023000110号-2A','app':{'name':'湘江应用'}", "湘ICP备2023000110号-1A",
     "name"},
    {"pending_while_its_namesake_is_filed", "'filing_number':'湘ICP备2023000110号-4A'",
     "湘ICP备2023000110号-1A", "submitted again"},
    {"cancelled_and_filed_again", NAMED("京ICP备2023000015号-6A"), "京ICP备2023000015号-2A",
     "name and platform"},
};
INSTANTIATE_TEST_SUITE_P(Others, Suggest, testing::ValuesIn(kOthers), test::row_name);

constexpr SuggestRow kSilences[] = {
    {"allowed", "'filing_number':'京ICP备2023000015号-2A'", "", "nothing to improve"},
    {"plain_words", "'filing_number':'暂无备案号'", "", "no reading"},
    {"other_register", "'filing_number':'京公网安备11010502025545号'", "", "not a mistyped filing"},
    {"nothing_near", "'filing_number':'新ICP备2026543210号-1A'", "", "no filing is one slip away"},
    {"near_digits_of_another_app",
     "'filing_number':'京ICP备2023000061号-2A','app':{'name':'无人应用','package':'no.such'}", "",
     "that some number exists one digit away says nothing when the app differs"},
    {"near_digits_of_another_app_of_the_platform",
     "'filing_number':'京ICP备2023000061号-2A','app':{'name':'无人应用','platform':'android'}", "",
     "nearly every app is of it"},
    {"right_number_wrong_display",
     "'filing_number':'京ICP备2023000015号-2A','app':{'displayed_number':''}", "",
     "another number would not be displayed either"},
    {"right_number_other_domain",
     "'filing_number':'京ICP备2023000015号-2A','app':{'name':'示例应用','domains':['x.example']}",
     "", "the domain has to be added"},
    {"differs_and_no_other_fits_better",
     "'filing_number':'京ICP备2023000015号-3A','app':{'name':'无人应用'}", "",
     "other apps of the subject have other names too"},
    {"restricted_one_that_nothing_speaks_for", "'filing_number':'琼ICP备2023000080号'", "",
     "it would be refused as well"},
    {"restricted_one_of_the_platform",
     "'filing_number':'琼ICP备2023000080号','app':{'platform':'android'}", "",
     "nearly every app is of it"},
    {"only_pending_and_returned_ones",
     "'filing_number':'闽ICP备2023000070号','app':{'name':'待审应用'}", "",
     "neither can be claimed"},
    {"pending_and_nothing_given", "'filing_number':'湘ICP备2023000110号-2A'", "",
     "other services of the subject are other apps"},
    {"returned_and_nothing_given", "'filing_number':'湘ICP备2023000110号-3A'", "", "the same"},
    {"pending_and_all_is_its_own",
     "'filing_number':'湘ICP备2023000110号-2A','app':{'name':'审核应用','sponsor':{'name':"
     "'长沙示例有限公司'}}",
     "", "a sponsor is that of every service"},
    {"cancelled_and_nothing_given",
     "'filing_number':'京ICP备2023000015号-6A','app':{'name':"
     "'无人应用'}",
     "", "the same"},
    {"nothing_given", "", "", "nothing to look with"},
};
INSTANTIATE_TEST_SUITE_P(Silences, Suggest, testing::ValuesIn(kSilences), test::row_name);

// A registry of one subject with `services` apps, all signed with one certificate.
std::shared_ptr<const cache::Generation> crowded(std::size_t services) {
  std::string feed =
      R"({"record":"subject","id":1,"number":"粤B2-20090059","sponsor":"平台","status":"filed"})"
      "\n";
  for (std::size_t i = 1; i <= services; ++i) {
    const std::string n = std::to_string(i);
    feed += R"({"record":"service","id":)" + std::to_string(100 + i) +
            R"(,"subject_id":1,"number":"粤B2-20090059-)" + n + R"(A","names":["应用)" + n +
            R"("],"status":"filed","platforms":[{"os":"android","package":"cn.app)" + n +
            R"(","fingerprints":["9f86d081884c7d659a2feaa0c55ad015"]}]})" + "\n";
  }
  return registry_of(feed);
}

// Allocations spent on suggesting. The name given is folded for each comparison, because it has a
// capital, and is too long for a short string: so allocations count the filings looked at.
std::uint64_t cost_of_suggesting(std::size_t services, std::string_view fields) {
  Checker checker(crowded(services));
  const Decision& decision = checker.check(request_of(fields));
  const std::uint64_t before = test::allocations();
  const auto list = suggest(checker.request(), decision, checker.generation());
  EXPECT_LE(list.size(), kSuggestionsMax);
  return test::allocations() - before;
}

// The registry may have several filings under one number; the one that fits best represents it.
TEST(SuggestNumbers, AreEachNamedOnce) {
  Checker checker(registry_of(R"(
{"record":"subject","id":1,"number":"京ICP备2023000001号","status":"filed"}
{"record":"service","id":11,"subject_id":1,"number":"京ICP备2023000001号-2A","names":["甲"],"status":"filed","platforms":[{"os":"android","package":"p.a"}]}
{"record":"service","id":12,"subject_id":1,"number":"京ICP备2023000001号-2A","names":["乙"],"status":"filed","platforms":[{"os":"android","package":"p.b"}]}
{"record":"service","id":13,"subject_id":1,"number":"京ICP备2023000001号-3A","names":["丙"],"status":"filed"}
)"));
  const auto numbers = [&](std::string_view fields) {
    std::string out;
    const Decision& decision = checker.check(request_of(fields));
    for (const Suggestion& one : suggest(checker.request(), decision, checker.generation()))
      out += canonical(one.filing.number()) + " " + std::to_string(one.filing.id()) + "; ";
    return out;
  };
  EXPECT_EQ(numbers("'filing_number':'京ICP备2023000001号'"),
            "京ICP备2023000001号-2A 11; 京ICP备2023000001号-3A 13; ");
  EXPECT_EQ(numbers("'filing_number':'京ICP备2023000001号','app':{'name':'乙'}"),
            "京ICP备2023000001号-2A 12; 京ICP备2023000001号-3A 13; ");
  // Nor is the judged number suggested again because of another of its filings.
  EXPECT_EQ(numbers("'filing_number':'京ICP备2023000001号-2A','app':{'name':'甲','package':'p.b'}"),
            "");
}

TEST(SuggestReason, NamesTheSharedCertificateOfOneSubject) {
  Checker checker(registry_of(kSuggestFeed));
  const Decision& decision = checker.check(request_of(
      "'filing_number':'京ICP备2023000015号-3A','app':{'platform':'android','package':'cn."
      "renamed','fingerprint':'9f86d081884c7d659a2feaa0c55ad015'}"));
  const auto list = suggest(checker.request(), decision, checker.generation());
  ASSERT_FALSE(list.empty());
  EXPECT_EQ(canonical(list.front().filing.number()), "京ICP备2023000015号-2A");
  EXPECT_EQ(list.front().reason, SuggestionReason::kSameSubjectSameCertificate);
}

// Where policy only warns, what it would deny still needs fixing.
TEST(Suggest, WhatWouldBeDeniedIsMendedToo) {
  Checker checker(registry_of(kSuggestFeed), "2026-01-02T04:30:00Z",
                  Policy::compile({}, PolicyMode::kWarn, nullptr));
  const Decision& decision = checker.check(request_of("'filing_number':'京ICP备2023000015号3A'"));
  EXPECT_EQ(decision.effect, Effect::kAllow);
  const auto list = suggest(checker.request(), decision, checker.generation());
  ASSERT_FALSE(list.empty());
  EXPECT_EQ(canonical(list.front().filing.number()), "京ICP备2023000015号-3A");
}

TEST(SuggestReason, NamesTheSlip) {
  Checker checker(registry_of(kSuggestFeed));
  const auto reason = [&](std::string_view fields) {
    const Decision& decision = checker.check(request_of(fields));
    return suggest(checker.request(), decision, checker.generation()).at(0).reason;
  };
  EXPECT_EQ(reason("'filing_number':'京ICP备20230000I5号-3A'"), SuggestionReason::kLetterForDigit);
  EXPECT_EQ(reason("'filing_number':'京ICP备2023000015号3A'"), SuggestionReason::kTextDamaged);
}

TEST(SuggestReason, NamesWhatAgreesBesideTheSubject) {
  Checker checker(registry_of(kSuggestFeed));
  const auto reason = [&](std::string_view app) {
    const std::string fields = "'filing_number':'京ICP备2023000015号','app':{" + std::string(app);
    const Decision& decision = checker.check(request_of(fields + "}"));
    return suggest(checker.request(), decision, checker.generation()).at(0).reason;
  };
  EXPECT_EQ(reason(""), SuggestionReason::kSameSubject);
  EXPECT_EQ(reason("'name':'示例地图'"), SuggestionReason::kSameSubjectSameName);
  EXPECT_EQ(reason("'package':'cn.example.maps'"), SuggestionReason::kSameSubjectSamePackage);
}

TEST(SuggestCost, OfALargeSubjectTheRightOneIsStillFirst) {
  Checker checker(crowded(3'000));
  const Decision& decision =
      checker.check(request_of("'filing_number':'粤B2-20090059','app':{'name':'应用2987'}"));
  const auto list = suggest(checker.request(), decision, checker.generation());
  ASSERT_FALSE(list.empty());
  EXPECT_EQ(canonical(list.front().filing.number()), "粤B2-20090059-2987A");
}

TEST(SuggestCost, DoesNotGrowWithASharedCertificate) {
  constexpr std::string_view kFields =
      "'app':{'name':'A 没有人用的应用','fingerprint':'9f86d081884c7d659a2feaa0c55ad015'}";
  const std::uint64_t few = cost_of_suggesting(5'000, kFields);
  EXPECT_GT(few, 256U);
  EXPECT_EQ(cost_of_suggesting(10'000, kFields), few);
}

TEST(SuggestCost, DoesNotGrowWithASubject) {
  constexpr std::string_view kFields =
      "'filing_number':'粤B2-20090059','app':{'name':'A 没有人用的应用'}";
  const std::uint64_t few = cost_of_suggesting(5'000, kFields);
  EXPECT_GT(few, 256U);
  EXPECT_EQ(cost_of_suggesting(10'000, kFields), few);
}

}  // namespace
}  // namespace beian
