// Which decisions a filter lets through, row by row; and that lines of the log can be read back.
#include "gate/log/filter.h"

#include <gtest/gtest.h>

#include "gate/log/chain.h"
#include "tests/support/builders.h"

namespace beian::log {
namespace {

constexpr std::string_view kBody =
    R"("time":"2026-01-02T03:04:05.678Z","decision_id":"01J","caller":"store","peer":null,)"
    R"("trace_id":"0af7651916cd43dd8448eb211c80319c","request_id":"edge-7",)"
    R"("operation":"distribute","decision":"deny",)"
    R"("assurance":"name","serial":48213,"findings":["NOT_FILED","REGISTRY_STALE"],"id":"row-1",)"
    R"("filing_number":"京ICP备2023000001号-1A","platform":"android","package":"cn.example.app",)"
    R"("name":"乙","request_digest":"00")";

const DecisionRecord& read(DecisionReader* reader, const std::string& body) {
  static std::string line;
  line.clear();
  ChainPoint point;
  append_record("decision", body, 0, &point, &line);
  line.pop_back();
  const auto record = reader->read(line);
  EXPECT_TRUE(record);
  return **record;
}

struct Row {
  const char* name;
  std::vector<std::string> filters;
  bool is_shown;
};
std::ostream& operator<<(std::ostream& out, const Row& row) {
  return out << row.name;
}
class Filters : public testing::TestWithParam<Row> {};

TEST_P(Filters, ShowWhatTheySay) {
  DecisionReader reader;
  Filter filter;
  for (const std::string& text : GetParam().filters) ASSERT_TRUE(filter.add(text)) << text;
  EXPECT_EQ(filter.matches(read(&reader, std::string(kBody))), GetParam().is_shown);
}

INSTANTIATE_TEST_SUITE_P(
    All, Filters,
    testing::Values(Row{"none", {}, true}, Row{"decision", {"decision=deny"}, true},
                    Row{"other_decision", {"decision=allow"}, false},
                    Row{"one_of", {"decision=allow,deny"}, true},
                    Row{"code", {"code=REGISTRY_STALE"}, true},
                    Row{"other_code", {"code=PENDING"}, false},
                    Row{"all_of", {"decision=deny", "caller=store"}, true},
                    Row{"not_all", {"decision=deny", "caller=other"}, false},
                    Row{"package", {"package=cn.example.app"}, true},
                    Row{"part_of_package", {"package=cn.example"}, false},
                    Row{"number_folded", {"number=京icp备2023000001号－1a"}, true},
                    Row{"other_number", {"number=京ICP备2023000001号-2A"}, false},
                    Row{"serial", {"serial=48213"}, true}, Row{"other_serial", {"serial=1"}, false},
                    Row{"id", {"id=row-1"}, true}, Row{"decision_id", {"decision_id=01J"}, true},
                    Row{"trace", {"trace_id=0af7651916cd43dd8448eb211c80319c"}, true},
                    Row{"request", {"request_id=edge-7"}, true},
                    Row{"other_request", {"request_id=edge"}, false},
                    Row{"platform", {"platform=ios"}, false}, Row{"name", {"name=乙"}, true}),
    beian::test::row_name);

TEST(Filter, RefusesWhatItDoesNotKnow) {
  for (const char* text : {"", "=", "decision", "colour=red", "Decision=deny"})
    EXPECT_FALSE(Filter().add(text)) << text;
}

TEST(Filter, RefusesValuesThatNoDecisionHas) {
  struct Slip {
    const char* text;
    const char* told;
  };
  for (const Slip& slip : {Slip{"code=SHELLL", "did you mean SHELL?"},
                           {"code=DENY,SHELL", "no such code"},
                           {"decision=alow", "did you mean allow?"},
                           {"decision=bogus", "no such decision"},
                           {"operation=preinstal", "did you mean preinstall?"},
                           {"serial=x", "not a number"},
                           {"serial=", "not a number"}}) {
    const auto added = Filter().add(slip.text);
    ASSERT_FALSE(added) << slip.text;
    EXPECT_EQ(added.error().kind, ErrorKind::kUsage);
    EXPECT_NE(added.error().message.find(slip.told), std::string::npos) << added.error().message;
  }
}

TEST(Filter, ASpanHasItsBeginningAndNotItsEnd) {
  DecisionReader reader;
  const DecisionRecord& record = read(&reader, std::string(kBody));
  const Instant second = *parse_instant("2026-01-02T03:04:05Z");
  Filter filter;
  filter.since(second);
  filter.until(second + std::chrono::seconds{1});
  EXPECT_TRUE(filter.matches(record));
  filter.until(second);
  EXPECT_FALSE(filter.matches(record));
}

TEST(Filter, FindsWhatIsThereAsADigest) {
  const DigestKey key({1, 2, 3});
  std::string body(kBody);
  const std::string given = "\"cn.example.app\"";
  body.replace(body.find(given), given.size(),
               "\"" + key.digest("package", "cn.example.app") + "\"");
  DecisionReader reader;
  const DecisionRecord& record = read(&reader, body);
  Filter filter;
  ASSERT_TRUE(filter.add("package=cn.example.app"));
  EXPECT_FALSE(filter.matches(record));
  filter.use_key(key);
  EXPECT_TRUE(filter.matches(record));
}

}  // namespace
}  // namespace beian::log
