// The local copy of a gate that follows a registry in a real Redis: created, kept up to date,
// served from, found damaged, and never trusted beyond what a trusted key has signed.
#include <filesystem>

#include "cache/redis/publisher.h"
#include "cache/snapshot/snapshot.h"
#include "tests/integration/fleet.h"

namespace beian::test {
namespace {

// A configuration that keeps no copy, changed to keep one in `folder`.
std::string with_copy(std::string config, const std::string& folder) {
  const std::string none = "local_copy = \"\"";
  return config.replace(config.find(none), none.size(), "local_copy = \"" + folder + "\"");
}

class FollowCopyTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!RedisServer::is_installed()) GTEST_SKIP() << RedisServer::kMissing;
  }
};

// Asks the gate to end rather than killing it: by then what it serves is on disk.
void end(GateProcess* gate) {
  gate->process().signal(SIGTERM);
  EXPECT_EQ(gate->process().wait(), 0) << gate->process().err();
}

TEST_F(FollowCopyTest, ACompactedSnapshotBecomesTheBaseOfTheLocalCopy) {
  Fleet fleet;
  fleet.publish(3, 10);
  const std::string snapshot = fleet.folder().path("copy/registry.snap");
  const auto base_serial = [&] {
    const auto opened = cache::Snapshot::open(snapshot);
    return opened ? (*opened)->info().serial : 0;
  };
  const auto log_bytes = [&] {
    std::error_code while_it_is_replaced;
    return std::filesystem::file_size(fleet.folder().path("copy/registry.deltas"),
                                      while_it_is_replaced);
  };
  {
    GateProcess server(fleet.follower("copy"));
    ASSERT_TRUE(follows(server, 10));
    const auto empty = log_bytes();
    for (int i = 0; i < 4; ++i) fleet.delta(service_line(1, i % 2 == 0 ? "cancelled" : "filed"));
    ASSERT_TRUE(follows(server, 14));
    EXPECT_TRUE(wait_until([&] { return log_bytes() > empty; })) << "served first, then kept";
    EXPECT_EQ(base_serial(), 10U);
    const Finished compacted = gate({"registry", "compact", "--to", fleet.redis().url(), "--sign",
                                     fleet.key(), "--key", fleet.public_key()});
    ASSERT_EQ(compacted.exit_code, 0) << compacted.err;
    EXPECT_TRUE(wait_until([&] { return base_serial() == 14 && log_bytes() == empty; }));
    EXPECT_EQ(server.serial(), "14");
    EXPECT_EQ(decision_of(server, 1), "allow");
    fleet.delta(service_line(2, "cancelled"));
    ASSERT_TRUE(follows(server, 15)) << server.get("/v1/registry").body;
    EXPECT_EQ(decision_of(server, 2), "deny");
    EXPECT_EQ(follower_field(server, "local_copy_error"), "null");
    end(&server);
  }
  fleet.redis().kill();
  const GateProcess again(fleet.follower("copy"));
  EXPECT_EQ(again.serial(), "15");
  EXPECT_EQ(decision_of(again, 1), "allow");
  EXPECT_EQ(decision_of(again, 2), "deny");
}

// A snapshot with the right serial and chain, but of another registry, changes no answer.
TEST_F(FollowCopyTest, ABaseThatIsNotWhatIsServedIsRefused) {
  Fleet fleet;
  const auto client = client_of(fleet.redis().url());
  cache::PublisherOptions options;
  options.trust = {{}, true};
  options.token = "test";
  cache::Publisher publisher(client.get(), options);
  const auto now = *parse_instant("2026-01-02T04:00:00Z");
  const auto go_on = [](std::uint64_t, std::uint64_t) { return true; };
  ASSERT_TRUE(publisher.publish(fleet.build(3, 10, false), now, go_on));
  const std::string feed = fleet.folder().write("delta.ndjson", service_line(2, "cancelled"));
  ASSERT_EQ(gate({"registry", "delta", feed, "--to", fleet.redis().url()}).exit_code, 0);
  const GateProcess server(fleet.follower("copy", "allow_unsigned = true\n"));
  ASSERT_TRUE(follows(server, 11)) << server.get("/v1/registry").body;
  const auto tip = cache::decode_tip(fleet.command({"GET", "{beian}:tip"}).text);
  ASSERT_TRUE(tip);
  ASSERT_TRUE(publisher.publish_compacted(fleet.build(1, 11, false), *tip, now, go_on));
  const auto is_told = [&] {
    return follower_field(server, "local_copy_error").find("it is not taken") != std::string::npos;
  };
  EXPECT_TRUE(wait_until(is_told)) << server.get("/v1/registry").body;
  EXPECT_EQ(decision_of(server, 1), "allow");
  EXPECT_EQ(decision_of(server, 2), "deny");
  EXPECT_EQ(decision_of(server, 3), "allow");
  // Further batches in the copy do not repair it; a snapshot does.
  const std::string more = fleet.folder().write("more.ndjson", service_line(1, "cancelled"));
  ASSERT_EQ(gate({"registry", "delta", more, "--to", fleet.redis().url()}).exit_code, 0);
  ASSERT_TRUE(follows(server, 12)) << server.get("/v1/registry").body;
  EXPECT_TRUE(is_told()) << server.get("/v1/registry").body;
  ASSERT_TRUE(publisher.publish(fleet.build(3, 13, false), now, go_on));
  ASSERT_TRUE(follows(server, 13)) << server.get("/v1/registry").body;
  EXPECT_TRUE(wait_until([&] { return follower_field(server, "local_copy_error") == "null"; }));
}

// Configured while the gate follows: the copy is made from the head's snapshot and the stream.
TEST_F(FollowCopyTest, ALocalCopyIsMadeOfWhatIsServedAlready) {
  Fleet fleet;
  fleet.publish(3, 10);
  fleet.delta(service_line(1, "cancelled"));
  {
    GateProcess server(fleet.follower());
    ASSERT_TRUE(follows(server, 11));
    const std::string config = read_whole(fleet.folder().path("gate.toml"));
    const std::string folder = fleet.folder().path("copy");
    fleet.folder().write("gate.toml", with_copy(config, folder));
    server.process().signal(SIGHUP);
    ASSERT_TRUE(wait_until([&] { return std::filesystem::exists(folder + "/registry.snap"); }))
        << server.get("/v1/registry").body;
    ASSERT_TRUE(wait_until([&] { return follower_field(server, "local_copy_error") == "null"; }));
    fleet.delta(service_line(2, "cancelled"));
    ASSERT_TRUE(follows(server, 12));
    end(&server);
  }
  fleet.redis().kill();
  const GateProcess again(fleet.follower("copy"));
  EXPECT_EQ(again.serial(), "12");
  EXPECT_EQ(decision_of(again, 1), "deny");
  EXPECT_EQ(decision_of(again, 2), "deny");
  EXPECT_EQ(decision_of(again, 3), "allow");
}

// Method: a folder in the place of the new copy's file of batches stands for a full disk.
TEST_F(FollowCopyTest, ACopyThatCouldNotBeInstalledIsMadeLater) {
  Fleet fleet;
  const std::string in_the_way = fleet.folder().path("copy/registry.deltas.next");
  std::filesystem::create_directories(in_the_way + "/taken");
  fleet.publish(3, 10);
  {
    const GateProcess server(fleet.follower("copy"));
    ASSERT_TRUE(follows(server, 10));
    fleet.delta(service_line(1, "cancelled"));
    ASSERT_TRUE(follows(server, 11));
    EXPECT_NE(follower_field(server, "local_copy_error"), "null");
    std::filesystem::remove_all(in_the_way);
    // Retried after 5 seconds, and again after 10.
    const auto is_whole = [&] { return follower_field(server, "local_copy_error") == "null"; };
    EXPECT_TRUE(wait_until(is_whole) || wait_until(is_whole)) << server.get("/v1/registry").body;
  }
  fleet.redis().kill();
  const GateProcess again(fleet.follower("copy"));
  EXPECT_EQ(again.serial(), "11");
  EXPECT_EQ(decision_of(again, 1), "deny");
}

TEST_F(FollowCopyTest, LocalCopyServesWhileRedisIsDown) {
  Fleet fleet;
  fleet.publish(3, 1);
  {
    const GateProcess first(fleet.follower("copy"));
    ASSERT_TRUE(follows(first, 1));
    const auto log_bytes = [&] {
      return std::filesystem::file_size(fleet.folder().path("copy/registry.deltas"));
    };
    const auto empty = log_bytes();
    fleet.delta(service_line(2, "cancelled"));
    ASSERT_TRUE(follows(first, 2));
    ASSERT_TRUE(wait_until([&] { return log_bytes() > empty; })) << "served first, then kept";
  }
  fleet.redis().kill();
  const GateProcess second(fleet.follower("copy"));
  EXPECT_EQ(second.serial(), "2");
  EXPECT_EQ(second.get("/readyz").status, 200U);
  EXPECT_EQ(decision_of(second, 1), "allow");
  EXPECT_EQ(decision_of(second, 2), "deny");
  EXPECT_TRUE(waits(second, "")) << second.get("/v1/registry").body;
}

TEST_F(FollowCopyTest, DamagedLocalCopyIsRefusedAndReplacedWhenRedisIsBack) {
  Fleet fleet;
  fleet.publish(3, 1);
  {
    const GateProcess first(fleet.follower("copy"));
    ASSERT_TRUE(follows(first, 1));
  }
  const std::string copy = fleet.folder().path("copy/registry.snap");
  std::string bytes = read_whole(copy);
  bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
  std::ofstream(copy, std::ios::binary) << bytes;
  fleet.command({"SAVE"});
  fleet.redis().kill();
  const GateProcess second(fleet.follower("copy"));
  EXPECT_EQ(second.get("/readyz").status, 503U);
  EXPECT_EQ(decision_of(second, 1), "unknown");
  EXPECT_NE(follower_field(second, "local_copy_error").find("registry.snap"), std::string::npos)
      << second.get("/v1/registry").body;
  fleet.redis().start();
  ASSERT_TRUE(follows(second, 1)) << second.get("/v1/registry").body;
  EXPECT_EQ(decision_of(second, 1), "allow");
  EXPECT_EQ(follower_field(second, "local_copy_error"), "null");
}

TEST_F(FollowCopyTest, DamagedLocalCopyFallsBackToTheOneBeforeAndNeverToNothing) {
  Fleet fleet;
  fleet.publish(3, 1);
  {
    const GateProcess first(fleet.follower("copy"));
    ASSERT_TRUE(follows(first, 1));
    fleet.delta(service_line(2, "cancelled"));
    ASSERT_TRUE(follows(first, 2));
    fleet.publish(4, 3);
    ASSERT_TRUE(follows(first, 3));
  }
  const auto damage = [&](const char* name) {
    const std::string path = fleet.folder().path(std::string("copy/") + name);
    std::string bytes = read_whole(path);
    bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
    std::ofstream(path, std::ios::binary) << bytes;
  };
  damage("registry.snap");
  fleet.command({"SAVE"});
  fleet.redis().kill();
  {
    const GateProcess second(fleet.follower("copy"));
    EXPECT_EQ(second.serial(), "2") << "the snapshot before, with its batch";
    EXPECT_EQ(second.get("/readyz").status, 200U);
    EXPECT_EQ(decision_of(second, 1), "allow");
    EXPECT_EQ(decision_of(second, 2), "deny");
    const std::string error = follower_field(second, "local_copy_error");
    EXPECT_NE(error.find("registry.snap"), std::string::npos) << error;
    EXPECT_NE(second.get("/v1/registry").body.find("went back to serial 2"), std::string::npos);
    fleet.redis().start();
    ASSERT_TRUE(follows(second, 3)) << second.get("/v1/registry").body;
    EXPECT_EQ(decision_of(second, 4), "allow");
    EXPECT_EQ(follower_field(second, "local_copy_error"), "null");
  }
  damage("registry.snap");
  damage("registry.snap.previous");
  fleet.redis().kill();
  const GateProcess third(fleet.follower("copy"));
  EXPECT_EQ(third.get("/readyz").status, 503U);
  EXPECT_EQ(decision_of(third, 1), "unknown");
  EXPECT_NE(third.get("/v1/registry").body.find("registry.snap.previous"), std::string::npos)
      << third.get("/v1/registry").body;
}

}  // namespace
}  // namespace beian::test
