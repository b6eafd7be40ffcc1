// Goal: a million filings, three gates and 10,000 deltas: each gate ends with the registry, byte
// for byte, that a full build of the final feed gives. Method: the synthetic feed is published;
// deltas change, remove, add and rebind filings all over it, subjects with thousands of services
// among them. The same lines appended to the first feed are the final feed (later lines win), which
// the program itself builds. One gate is killed half-way and restarts from its copy.
#include <fstream>
#include <random>

#include "cache/feed/render.h"
#include "cache/snapshot/record_of.h"
#include "cache/snapshot/snapshot.h"
#include "tests/integration/delta_stream.h"
#include "tests/integration/kept_registry.h"
#include "tests/support/paths.h"

namespace beian::test {
namespace {

constexpr const char* kMillion = "1000000";
constexpr int kDeltas = 10'000;
const std::string kSynth = build_path("fixtures/beian-synth");

// Makes deltas to the filings of a snapshot, as lines of a feed.
class Changes {
 public:
  explicit Changes(std::shared_ptr<const cache::Snapshot> snapshot)
      : snapshot_(std::move(snapshot)) {}

  std::string next() {
    const cache::ServiceView service =
        snapshot_->service(static_cast<std::uint32_t>(random_() % snapshot_->info().services));
    const auto dice = random_() % 100;
    if (dice < 10) return cache::to_ndjson(cache::FeedRecord(cache::RemoveService{service.id()}));
    if (dice < 12 && service.subject().is_recorded()) {
      SubjectRecord subject = cache::record_of(service.subject());
      subject.sponsor = "更名 " + std::to_string(++count_);
      return cache::to_ndjson(subject);
    }
    ServiceRecord record = cache::record_of(service);
    if (dice < 25) {
      record.id = 8'000'000'000'000 + ++count_;
      record.number = record.number.with_service(
          static_cast<std::uint32_t>(80'000 + count_ % 19'000), Kind::kApp);
    } else {
      const Status statuses[] = {Status::kFiled, Status::kCancelled, Status::kChanging};
      record.status = statuses[random_() % 3];
      if (dice < 40) record.names = {{"更名 " + std::to_string(++count_)}};
    }
    return cache::to_ndjson(record);
  }

 private:
  std::shared_ptr<const cache::Snapshot> snapshot_;
  std::mt19937_64 random_{20'230'901};
  std::uint64_t count_ = 0;
};

TEST(FollowMillion, ThreeGatesEndWithTheRegistryOfAFullBuild) {
  if (!RedisServer::is_installed()) GTEST_SKIP() << RedisServer::kMissing;
  Fleet fleet;
  const std::string feed = fleet.folder().path("feed.ndjson");
  const std::string first = fleet.folder().path("first.snap");
  Finished done = run({kSynth, "feed", "--services", kMillion, "--seed", "1", "-o", feed});
  ASSERT_EQ(done.exit_code, 0) << done.err;
  done = gate({"registry", "build", feed, "-o", first, "--serial", "1", "--sign", fleet.key()});
  ASSERT_EQ(done.exit_code, 0) << done.err;
  done = fleet.publish(first);
  ASSERT_EQ(done.exit_code, 0) << done.err;

  const std::string names[] = {"one", "two", "restarted"};
  std::vector<std::unique_ptr<GateProcess>> gates;
  for (const std::string& name : names)
    gates.push_back(std::make_unique<GateProcess>(fleet.follower(name)));
  for (const auto& gate : gates) ASSERT_TRUE(follows(*gate, 1)) << gate->get("/v1/registry").body;

  Changes changes(*cache::Snapshot::open(first));
  DeltaStream stream(fleet);
  const std::string deltas = fleet.folder().path("deltas.ndjson");
  std::ofstream lines(deltas, std::ios::binary);
  std::uint64_t serial = 1;
  for (int i = 0; i < kDeltas; ++i) {
    if (i == kDeltas / 2) {
      gates[2]->process().signal(SIGKILL);
      gates[2].reset();
      gates[2] = std::make_unique<GateProcess>(fleet.follower("restarted"));
    }
    const std::string line = changes.next() + "\n";
    lines << line;
    serial = stream.publish(line);
  }
  lines.close();
  ASSERT_EQ(serial, 1U + kDeltas);
  for (const auto& gate : gates) {
    EXPECT_TRUE(follows(*gate, serial)) << gate->get("/v1/registry").body;
    gate->process().signal(SIGTERM);
    EXPECT_EQ(gate->process().wait(), 0);
  }

  cache::SealOptions seal;
  std::string built;
  for (const std::string& name : names) {
    SCOPED_TRACE(name);
    const std::string bytes = compacted(fleet, name, &seal);
    if (built.empty()) {
      const std::string path = fleet.folder().path("final.snap");
      done = gate({"registry", "build", feed, deltas, "-o", path, "--serial",
                   std::to_string(seal.serial), "--as-of", format_instant(seal.as_of)});
      ASSERT_EQ(done.exit_code, 0) << done.err;
      built = read_whole(path);
    }
    EXPECT_GT(bytes.size(), 100U << 20);
    EXPECT_TRUE(bytes == built);
  }
}

}  // namespace
}  // namespace beian::test
