// Many deltas at once: gates that followed them, by whatever path, hold byte for byte the registry
// that a full build of the final feed gives; and swapping generations under load fails no request.
#include <map>
#include <random>

#include "tests/integration/batch_loop.h"
#include "tests/integration/check_loop.h"
#include "tests/integration/delta_stream.h"
#include "tests/integration/kept_registry.h"
#include "tests/support/fault_proxy.h"

namespace beian::test {
namespace {

// The final feed, computed independently: the newest lines of each filing that exists.
class Model {
 public:
  explicit Model(int filings) {
    for (int i = 1; i <= filings; ++i) lines_[i] = feed_of(i, i);
  }

  // The lines of a delta that adds, changes or removes one filing.
  std::string step(std::mt19937* random) {
    const int filing = static_cast<int>((*random)() % 260) + 1;
    const auto found = lines_.find(filing);
    if (found == lines_.end()) return lines_[filing] = feed_of(filing, filing);
    if ((*random)() % 3 == 0) {
      lines_.erase(found);
      return R"({"record":"service","op":"delete","id":)" + std::to_string(2 * filing + 1) + "}\n" +
             R"({"record":"subject","op":"delete","id":)" + std::to_string(2 * filing) + "}\n";
    }
    const std::string_view statuses[] = {"filed", "cancelled", "revoked", "changing"};
    const std::string line = service_line(filing, statuses[(*random)() % 4]);
    found->second = subject_line(filing) + line;
    return line;
  }

  Result<std::string> build(const cache::SealOptions& seal) const {
    cache::SnapshotWriter writer;
    for (const auto& [filing, lines] : lines_)
      for (const cache::FeedRecord& record : records_of(lines)) writer.apply(record);
    return std::move(writer).to_bytes(seal);
  }

 private:
  std::map<int, std::string> lines_;
};

TEST(FollowFleet, GatesEndWithTheRegistryOfAFullBuild) {
  if (!RedisServer::is_installed()) GTEST_SKIP() << RedisServer::kMissing;
  Fleet fleet;
  fleet.publish(200, 1);
  FaultProxy proxy(fleet.redis().port());
  std::vector<std::unique_ptr<GateProcess>> gates;
  gates.push_back(std::make_unique<GateProcess>(fleet.follower("steady")));
  gates.push_back(std::make_unique<GateProcess>(fleet.follower("restarted")));
  fleet.lead_gates_to(proxy.url());
  gates.push_back(std::make_unique<GateProcess>(fleet.follower("cut")));
  for (const auto& gate : gates) ASSERT_TRUE(follows(*gate, 1));

  Model model(200);
  DeltaStream stream(fleet);
  std::mt19937 random(20'230'901);
  std::uint64_t serial = 1;
  for (int i = 0; i < 120; ++i) {
    if (i == 40) gates[1].reset();
    if (i == 50) proxy.set(FaultProxy::Mode::kCut);
    if (i == 80) gates[1] = std::make_unique<GateProcess>(fleet.follower("restarted"));
    if (i == 90) proxy.set(FaultProxy::Mode::kPass);
    serial = stream.publish(model.step(&random));
  }
  ASSERT_EQ(serial, 121U);
  for (const auto& gate : gates)
    EXPECT_TRUE(follows(*gate, serial)) << gate->get("/v1/registry").body;
  // Asked to end, not killed: by then what is served is on disk.
  for (const auto& gate : gates) {
    gate->process().signal(SIGTERM);
    EXPECT_EQ(gate->process().wait(), 0);
  }
  cache::SealOptions seal;
  for (const std::string name : {"steady", "restarted", "cut"}) {
    const std::string bytes = compacted(fleet, name, &seal);
    const auto built = model.build(seal);
    ASSERT_TRUE(built) << built.error().message;
    EXPECT_TRUE(bytes == *built) << name;
  }
}

TEST(FollowFleet, HundredSwapsUnderLoadFailNoRequest) {
  if (!RedisServer::is_installed()) GTEST_SKIP() << RedisServer::kMissing;
  Fleet fleet;
  fleet.publish(500, 1);
  const GateProcess gate(fleet.follower("copy"));
  ASSERT_TRUE(follows(gate, 1));
  BatchLoop batches(gate.port());
  CheckLoop checks(gate.port(), "GET " + check_target(1) + " HTTP/1.1\r\nHost: gate\r\n\r\n",
                   "\"allow\"");
  DeltaStream stream(fleet);
  for (int i = 0; i < 100; ++i) {
    const std::uint64_t serial =
        stream.publish(service_line(450, i % 2 == 0 ? "cancelled" : "filed"));
    ASSERT_TRUE(wait_until([&] { return gate.serial() == std::to_string(serial); })) << i;
    // One worker serves it; the others follow within a moment.
    const std::string expected = i % 2 == 0 ? "deny" : "allow";
    ASSERT_TRUE(wait_until([&] { return decision_of(gate, 450) == expected; })) << i;
  }
  batches.stop();
  checks.stop();
  EXPECT_EQ(batches.wrong(), 0) << batches.first_wrong();
  EXPECT_EQ(checks.failures(), 0) << checks.first_failure();
  EXPECT_GT(batches.right(), 1'000);
  EXPECT_GT(checks.answers(), 100);
}

}  // namespace
}  // namespace beian::test
