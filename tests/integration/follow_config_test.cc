// Gates that are told to follow a registry in a real Redis: by which flags, and what SIGHUP changes
// while they serve.
#include <gtest/gtest.h>

#include "tests/integration/check_loop.h"
#include "tests/integration/fleet.h"

namespace beian::test {
namespace {

class FollowConfig : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!RedisServer::is_installed()) GTEST_SKIP() << RedisServer::kMissing;
  }
};

TEST_F(FollowConfig, HangupTakesNewSettingsWhileTheRegistryGoesOn) {
  Fleet fleet;
  fleet.publish(3, 1);
  GateProcess server(fleet.follower("copy"));
  ASSERT_TRUE(follows(server, 1));
  CheckLoop loop(server.port(), check_request(1), "\"allow\"");
  fleet.follower("copy", "[registry.redis]\ncommand_ms = 3000\n");
  server.process().signal(SIGHUP);
  EXPECT_TRUE(server.process().wait_for("reloading: SIGHUP"));
  fleet.delta(service_line(2, "cancelled"));
  EXPECT_TRUE(follows(server, 2)) << server.get("/v1/registry").body;
  loop.stop();
  EXPECT_EQ(loop.failures(), 0) << loop.first_failure();
  const std::string told = server.get("/v1/registry").body;
  EXPECT_EQ(told.find("\"kind\":\"local_copy\""), std::string::npos) << told;
  EXPECT_NE(told.find("\"kind\":\"snapshot\""), std::string::npos) << "as before the reload";
}

// Once a key is no longer trusted, what it signed is no longer served, neither from memory nor from
// the copy.
TEST_F(FollowConfig, HangupWithAKeyLessStartsFromWhatTheOthersSigned) {
  Fleet fleet;
  fleet.publish(3, 1);
  const std::string other = fleet.folder().path("other");
  ASSERT_EQ(gate({"registry", "keygen", other}).exit_code, 0);
  GateProcess server(fleet.follower("copy"));
  ASSERT_TRUE(follows(server, 1));
  const std::string config = read_whole(fleet.folder().path("copy.toml"));
  const auto hang_up_with = [&](const std::string& keys) {
    std::string text = config;
    const std::size_t at = text.find("trusted_keys");
    text.replace(at, text.find('\n', at) - at, "trusted_keys = [" + keys + "]");
    fleet.folder().write("copy.toml", text);
    server.process().signal(SIGHUP);
  };
  const std::string both = "\"" + fleet.public_key() + "\", \"" + other + ".pub\"";
  hang_up_with(both);
  ASSERT_TRUE(server.process().wait_for("+ registry.trusted_keys"));
  EXPECT_EQ(decision_of(server, 1), "allow") << "a key more changes nothing";
  hang_up_with("\"" + other + ".pub\"");
  EXPECT_TRUE(wait_until([&] {
    return server.get("/readyz").status == 503 && decision_of(server, 1) == "unknown";
  })) << server.process().err();
  const std::string resigned = fleet.folder().path("resigned.snap");
  ASSERT_EQ(gate({"registry", "build", fleet.folder().path("feed.ndjson"), "-o", resigned,
                  "--serial", "2", "--sign", other})
                .exit_code,
            0);
  const Finished published =
      gate({"registry", "publish", resigned, "--to", fleet.publish_url(), "--sign", other});
  ASSERT_EQ(published.exit_code, 0) << published.err;
  ASSERT_TRUE(follows(server, 2)) << server.get("/v1/registry").body;
  EXPECT_EQ(decision_of(server, 1), "allow");
}

// Redis holds nothing yet, so what was served before is all that the gate has.
TEST_F(FollowConfig, HangupThatBeginsToFollowKeepsTheFileByTheNewSettings) {
  Fleet fleet;
  const auto serve = [&](const std::string& snapshot) {
    const std::string file = snapshot.empty() ? "" : "[registry]\nfile = \"" + snapshot + "\"\n";
    return std::vector<std::string>{"--config", fleet.folder().write("gate.toml", file)};
  };
  const auto begin_to_follow = [&](GateProcess* server, const std::string& more = "") {
    fleet.follower("", more);
    server->process().signal(SIGHUP);
    EXPECT_TRUE(waits(*server, "holds no registry")) << server->process().err();
  };
  {
    GateProcess server(serve(fleet.build(3, 1)));
    begin_to_follow(&server);
    EXPECT_EQ(decision_of(server, 1), "allow");
    begin_to_follow(&server, "stale_after_seconds = 1\nexpired_after_seconds = 1\n");
    EXPECT_TRUE(wait_until([&] { return decision_of(server, 1) == "unknown"; })) << "it is old";
    begin_to_follow(&server);
    EXPECT_TRUE(wait_until([&] { return decision_of(server, 1) == "allow"; }));
    fleet.publish(2, 2);
    EXPECT_TRUE(follows(server, 2)) << server.get("/v1/registry").body;
  }
  fleet.command({"FLUSHALL"});
  {
    GateProcess server(serve(fleet.build(3, 1, false)));
    EXPECT_EQ(decision_of(server, 1), "allow");
    begin_to_follow(&server);
    EXPECT_TRUE(wait_until([&] { return decision_of(server, 1) == "unknown"; }))
        << "nobody trusted has signed the file";
  }
  GateProcess server(serve(""));
  const std::string test_identity =
      "/v1/check?operation=distribute&number=%E4%BA%ACICP%E5%A4%872099000000%E5%8F%B7-1A";
  const auto decision = [&] { return decision_in(server.get(test_identity).body); };
  EXPECT_EQ(decision(), "allow");
  begin_to_follow(&server, "allow_unsigned = true\n");
  EXPECT_TRUE(wait_until([&] { return decision() == "unknown"; })) << "it is invented";
}

TEST_F(FollowConfig, OnlyServeFollows) {
  Fleet fleet;
  std::vector<std::string> words = {"check", "--operation", "distribute", "--number",
                                    "京ICP备2023000001号-1A"};
  for (const std::string& word : fleet.follower()) words.push_back(word);
  const Finished refused = gate(words);
  EXPECT_EQ(refused.exit_code, 64);
  EXPECT_NE(refused.err.find("--registry FILE"), std::string::npos) << refused.err;
  words.insert(words.end(), {"--registry", fleet.build(1, 1)});
  EXPECT_EQ(gate(words).exit_code, 0);
  EXPECT_EQ(gate({"config", "check", fleet.follower().back()}).exit_code, 0);
}

TEST_F(FollowConfig, UrlOnTheCommandLineFollows) {
  Fleet fleet;
  fleet.publish(3, 1);
  std::vector<std::string> words = fleet.follower();
  words.insert(words.end(), {"--registry", fleet.redis().url()});
  const GateProcess server(words);
  EXPECT_TRUE(follows(server, 1)) << server.get("/v1/registry").body;
}

}  // namespace
}  // namespace beian::test
