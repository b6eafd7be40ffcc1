// Gates that follow a registry in a real Redis: what they answer while Redis is filled, changed,
// emptied, stopped, killed and brought back.
#include <gmock/gmock.h>

#include "tests/integration/check_loop.h"
#include "tests/integration/fleet.h"

namespace beian::test {
namespace {

// Lines that delete filings [first, last].
std::string gone(int first, int last) {
  std::string lines;
  for (int i = first; i <= last; ++i)
    lines += R"({"record":"service","op":"delete","id":)" + std::to_string(2 * i + 1) + "}\n";
  return lines;
}

class FollowTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!RedisServer::is_installed()) GTEST_SKIP() << RedisServer::kMissing;
  }
};

// --- good days ---

TEST_F(FollowTest, FirstRegistryThenADeltaChangeWhatIsAnswered) {
  Fleet fleet;
  const GateProcess server(fleet.follower());
  EXPECT_EQ(server.get("/readyz").status, 503U);
  EXPECT_NE(server.get("/readyz").body.find("no registry has come"), std::string::npos);
  EXPECT_EQ(decision_of(server, 1), "unknown");
  const std::string unknown = server.get(check_target(1)).body;
  EXPECT_NE(unknown.find("REGISTRY_INCOMPLETE"), std::string::npos) << unknown;
  EXPECT_EQ(unknown.find("REGISTRY_EXPIRED"), std::string::npos) << "none has come: " << unknown;
  EXPECT_EQ(server.get("/livez").status, 200U);

  fleet.publish(5, 10);
  ASSERT_TRUE(follows(server, 10)) << server.get("/v1/registry").body;
  EXPECT_EQ(server.get("/readyz").status, 200U);
  EXPECT_EQ(decision_of(server, 1), "allow");
  EXPECT_EQ(decision_of(server, 6), "deny");

  fleet.delta(service_line(1, "cancelled") + feed_of(6, 6));
  ASSERT_TRUE(follows(server, 11)) << server.get("/v1/registry").body;
  EXPECT_EQ(decision_of(server, 1), "deny");
  EXPECT_EQ(decision_of(server, 6), "allow");
  const std::string told = server.get("/v1/registry").body;
  EXPECT_NE(told.find(R"("last_changes":[{"kind":"delta","epoch":1,"serial":11,"records":3)"),
            std::string::npos)
      << told;
  EXPECT_NE(told.find(R"("lag_batches":0)"), std::string::npos) << told;
  EXPECT_NE(server.get("/readyz?verbose").body.find(R"({"name":"following","ok":true)"),
            std::string::npos);
}

TEST_F(FollowTest, CompactionGoesOnAndRollbackGoesBack) {
  Fleet fleet;
  fleet.publish(3, 10);
  const GateProcess server(fleet.follower("copy"));
  ASSERT_TRUE(follows(server, 10));
  fleet.delta(service_line(1, "cancelled"));
  ASSERT_TRUE(follows(server, 11));
  const Finished compacted = gate({"registry", "compact", "--to", fleet.redis().url(), "--sign",
                                   fleet.key(), "--key", fleet.public_key()});
  ASSERT_EQ(compacted.exit_code, 0) << compacted.err;
  fleet.delta(service_line(2, "cancelled"));
  ASSERT_TRUE(follows(server, 12)) << server.get("/v1/registry").body;
  const Finished back = gate({"registry", "rollback", "--to", fleet.redis().url(), "--serial", "10",
                              "--sign", fleet.key(), "--key", fleet.public_key()});
  ASSERT_EQ(back.exit_code, 0) << back.err;
  ASSERT_TRUE(follows(server, 10)) << server.get("/v1/registry").body;
  EXPECT_EQ(follower_field(server, "epoch"), "2");
  EXPECT_EQ(decision_of(server, 1), "allow");
}

TEST_F(FollowTest, GuardRefusesALossAndForceAcceptsIt) {
  Fleet fleet;
  fleet.publish(100, 1);
  const GateProcess server(fleet.follower());
  ASSERT_TRUE(follows(server, 1));
  const std::string half = fleet.build(50, 2);
  EXPECT_EQ(fleet.publish(half).exit_code, 0);
  EXPECT_TRUE(waits(server, "50")) << server.get("/v1/registry").body;
  EXPECT_EQ(server.serial(), "1");
  EXPECT_EQ(decision_of(server, 99), "allow");
  EXPECT_EQ(fleet.publish(half, {"--force"}).exit_code, 0);
  ASSERT_TRUE(follows(server, 2)) << server.get("/v1/registry").body;
  EXPECT_EQ(decision_of(server, 99), "deny");
}

// A loss that the guard refuses in one snapshot is also refused when spread over several batches.
TEST_F(FollowTest, GuardCountsWhatBatchesLoseTogether) {
  Fleet fleet;
  fleet.publish(100, 1);
  GateProcess server(fleet.follower());
  ASSERT_TRUE(follows(server, 1));
  fleet.delta(gone(1, 3));
  ASSERT_TRUE(follows(server, 2)) << server.get("/v1/registry").body;
  fleet.delta(gone(4, 6));
  EXPECT_TRUE(waits(server, "94 services where 100 were there")) << server.get("/v1/registry").body;
  EXPECT_EQ(server.serial(), "2");
  EXPECT_EQ(decision_of(server, 5), "allow");
  // A batch that arrives later is judged together with the refused one; and a new snapshot starts
  // the count afresh.
  fleet.delta(feed_of(101, 103));
  ASSERT_TRUE(follows(server, 4)) << server.get("/v1/registry").body;
  EXPECT_EQ(decision_of(server, 5), "deny");
  const Finished compacted = gate({"registry", "compact", "--to", fleet.redis().url(), "--sign",
                                   fleet.key(), "--key", fleet.public_key()});
  ASSERT_EQ(compacted.exit_code, 0) << compacted.err;
  fleet.delta(gone(7, 10));
  ASSERT_TRUE(follows(server, 5)) << server.get("/v1/registry").body;
  EXPECT_EQ(decision_of(server, 7), "deny");
}

// Method: the gate is stopped (SIGSTOP) while they are published and then reads them at once: after
// the one batch that it was waiting for, or together with that one if it had not arrived yet.
TEST_F(FollowTest, GuardRefusesARunOfBatchesAsAWhole) {
  Fleet fleet;
  fleet.publish(100, 1);
  GateProcess server(fleet.follower());
  ASSERT_TRUE(follows(server, 1));
  server.process().signal(SIGSTOP);
  fleet.delta(service_line(90, "cancelled"));
  for (int first = 1; first < 9; first += 4) fleet.delta(gone(first, first + 3));
  server.process().signal(SIGCONT);
  EXPECT_TRUE(waits(server, "92 services where 100 were there")) << server.get("/v1/registry").body;
  EXPECT_THAT(server.serial(), testing::AnyOf("1", "2"));
  EXPECT_EQ(decision_of(server, 1), "allow");
  fleet.publish(90, 5, {"--force"});
  ASSERT_TRUE(follows(server, 5)) << server.get("/v1/registry").body;
  EXPECT_EQ(decision_of(server, 95), "deny");
}

// --- trust ---

TEST_F(FollowTest, UnsignedIsRefusedUnlessAllowed) {
  Fleet fleet;
  const Finished published =
      gate({"registry", "publish", fleet.build(3, 1, false), "--to", fleet.redis().url()});
  ASSERT_EQ(published.exit_code, 0) << published.err;
  const GateProcess strict(fleet.follower());
  EXPECT_TRUE(waits(strict, "not trusted")) << strict.get("/v1/registry").body;
  EXPECT_EQ(decision_of(strict, 1), "unknown");
  EXPECT_EQ(strict.get("/readyz").status, 503U);

  const std::string url = "[registry]\nurl = \"" + fleet.redis().url() + "\"\n";
  const GateProcess open(
      {"--config", fleet.folder().write("open.toml", url + "allow_unsigned = true\n")});
  ASSERT_TRUE(follows(open, 1)) << open.get("/v1/registry").body;

  const std::string none = fleet.folder().write("none.toml", url);
  const Finished refused = gate({"serve", "--listen", "127.0.0.1:0", "--config", none});
  EXPECT_EQ(refused.exit_code, 65) << "as for `config check`";
  EXPECT_NE(refused.err.find(none + ":2: a registry from Redis needs registry.trusted_keys"),
            std::string::npos)
      << refused.err;
}

TEST_F(FollowTest, FlagsAloneFollowWhatIsPublished) {
  Fleet fleet;
  const Finished published =
      gate({"registry", "publish", fleet.build(3, 1, false), "--to", fleet.redis().url()});
  ASSERT_EQ(published.exit_code, 0) << published.err;
  GateProcess open({"--registry", fleet.redis().url()});
  ASSERT_TRUE(follows(open, 1)) << open.get("/v1/registry").body;
  EXPECT_TRUE(open.process().wait_for("no key is named")) << open.process().err();

  const GateProcess strict({"--registry", fleet.redis().url(), "--key", fleet.public_key()});
  EXPECT_TRUE(waits(strict, "not trusted")) << strict.get("/v1/registry").body;
  fleet.publish(5, 2);
  ASSERT_TRUE(follows(strict, 2)) << strict.get("/v1/registry").body;
  ASSERT_TRUE(follows(open, 2)) << open.get("/v1/registry").body;
}

// Otherwise a whole fleet would read it every second.
TEST_F(FollowTest, ASnapshotThatCannotBeTrustedIsReadOnce) {
  Fleet fleet;
  const std::string other = fleet.folder().path("other");
  ASSERT_EQ(gate({"registry", "keygen", other}).exit_code, 0);
  const std::string feed = fleet.folder().write("feed.ndjson", feed_of(1, 3));
  const std::string path = fleet.folder().path("others.snap");
  const Finished built =
      gate({"registry", "build", feed, "-o", path, "--serial", "10", "--sign", other});
  ASSERT_EQ(built.exit_code, 0) << built.err;
  const Finished published = fleet.publish(path, {"--key", other + ".pub"});
  ASSERT_EQ(published.exit_code, 0) << published.err;
  fleet.command({"CONFIG", "RESETSTAT"});
  const GateProcess server(fleet.follower("copy"));
  ASSERT_TRUE(waits(server, "signed by the unknown key")) << server.get("/v1/registry").body;
  const auto calls = [&](const std::string& command) {
    const std::string told = fleet.command({"INFO", "commandstats"}).text;
    const std::string name = "cmdstat_" + command + ":calls=";
    const std::size_t at = told.find(name);
    return at == std::string::npos ? 0 : std::stoi(told.substr(at + name.size()));
  };
  EXPECT_EQ(calls("get"), 2) << "the manifest and its one chunk";
  const int looks = calls("mget");
  // More and more slowly, up to once a second.
  ASSERT_TRUE(wait_until([&] { return calls("mget") > looks + 5; })) << "it goes on looking";
  EXPECT_EQ(calls("get"), 2);
  fleet.publish(3, 20);
  EXPECT_TRUE(follows(server, 20)) << server.get("/v1/registry").body;
}

// --- bad days ---

TEST_F(FollowTest, RedisThatIsKilledCostsNothingAndComesBack) {
  Fleet fleet;
  fleet.publish(3, 1);
  const GateProcess server(fleet.follower());
  ASSERT_TRUE(follows(server, 1));
  fleet.command({"SAVE"});
  CheckLoop loop(server.port(), check_request(1), "\"allow\"");
  fleet.redis().kill();
  EXPECT_TRUE(waits(server, "")) << server.get("/v1/registry").body;
  EXPECT_EQ(server.get("/readyz").status, 200U);
  fleet.redis().start();
  EXPECT_TRUE(follows(server, 1)) << server.get("/v1/registry").body;
  fleet.delta(service_line(2, "cancelled"));
  EXPECT_TRUE(follows(server, 2)) << server.get("/v1/registry").body;
  loop.stop();
  EXPECT_EQ(loop.failures(), 0) << loop.first_failure();
  EXPECT_GT(loop.answers(), 10);
}

TEST_F(FollowTest, RedisThatHangsIsToldAndCostsNothing) {
  Fleet fleet;
  fleet.publish(3, 1);
  const GateProcess server(fleet.follower());
  ASSERT_TRUE(follows(server, 1));
  fleet.redis().signal(SIGSTOP);
  EXPECT_TRUE(waits(server, "")) << server.get("/v1/registry").body;
  EXPECT_EQ(decision_of(server, 1), "allow");
  EXPECT_EQ(decision_of(server, 4), "deny");
  fleet.redis().signal(SIGCONT);
  EXPECT_TRUE(follows(server, 1)) << server.get("/v1/registry").body;
}

// Such a replica answers every query, but learns of no cancellation.
TEST_F(FollowTest, AReplicaThatLostItsMasterIsTold) {
  Fleet fleet;
  RedisServer replica({"--replicaof", "127.0.0.1", std::to_string(fleet.redis().port())});
  fleet.publish(3, 1);
  fleet.lead_gates_to(replica.url());
  const GateProcess server(fleet.follower());
  ASSERT_TRUE(follows(server, 1)) << server.get("/v1/registry").body;
  const auto direct = client_of(replica.url());
  const auto lead_to = [&](std::uint16_t port) {
    EXPECT_EQ(ask(*direct, {"REPLICAOF", "127.0.0.1", std::to_string(port)}).text, "OK");
  };
  const ReservedPort nobody;
  lead_to(nobody.number());
  EXPECT_TRUE(waits(server, "has no link to its master")) << server.get("/v1/registry").body;
  fleet.delta(service_line(2, "cancelled"));
  EXPECT_EQ(decision_of(server, 2), "allow");
  lead_to(fleet.redis().port());
  EXPECT_TRUE(follows(server, 2)) << server.get("/v1/registry").body;
  EXPECT_EQ(decision_of(server, 2), "deny");
}

TEST_F(FollowTest, FlushAllUnderLoadChangesNoAnswer) {
  Fleet fleet;
  fleet.publish(3, 1);
  const GateProcess server(fleet.follower());
  ASSERT_TRUE(follows(server, 1));
  CheckLoop filed(server.port(), check_request(1), "\"allow\"");
  CheckLoop unfiled(server.port(), check_request(9), "\"deny\"");
  fleet.command({"FLUSHALL"});
  EXPECT_TRUE(waits(server, "publish it again")) << server.get("/v1/registry").body;
  fleet.publish(4, 2);
  EXPECT_TRUE(follows(server, 2)) << server.get("/v1/registry").body;
  for (CheckLoop* loop : {&filed, &unfiled}) {
    loop->stop();
    EXPECT_EQ(loop->failures(), 0) << loop->first_failure();
    EXPECT_GT(loop->answers(), 10);
  }
}

}  // namespace
}  // namespace beian::test
