// The registry file of a running `beian-gate serve`, as it is replaced, damaged or overwritten:
// what is served then, and that no change costs an answer.
#include <filesystem>
#include <fstream>

#include "tests/integration/check_loop.h"
#include "tests/integration/gate_process.h"

namespace beian::test {
namespace {

// Repeats a check until it is stopped.
CheckLoop loop_of_allows(const GateProcess& server) {
  return {server.port(),
          "GET /v1/check?operation=distribute&detail=brief&"
          "number=%E4%BA%ACICP%E5%A4%872099000000%E5%8F%B7-1A HTTP/1.1\r\nHost: gate\r\n\r\n",
          R"("decision":"allow")"};
}

bool serves(const GateProcess& server, const std::string& serial) {
  return wait_until([&] { return server.serial() == serial; });
}

TEST(Serve, ReplacedFileServesWithoutAFailedRequest) {
  const TemporaryFolder folder;
  const std::string snapshot = build_snapshot(folder, "registry.snap", "1");
  GateProcess server({"--registry", snapshot});
  ASSERT_EQ(server.serial(), "1");
  CheckLoop loop = loop_of_allows(server);
  for (const std::string serial : {"2", "3"}) {
    std::filesystem::rename(build_snapshot(folder, "next.snap", serial), snapshot);
    EXPECT_TRUE(serves(server, serial)) << serial;
  }
  loop.stop();
  EXPECT_GT(loop.answers(), 10);
  EXPECT_EQ(loop.failures(), 0);
}

TEST(Serve, RegistryTellsWhichFilesWereServed) {
  const TemporaryFolder folder;
  const std::string snapshot = build_snapshot(folder, "registry.snap", "1");
  GateProcess server({"--registry", snapshot});
  std::filesystem::rename(build_snapshot(folder, "next.snap", "2"), snapshot);
  std::string told;
  const auto entry = [&](const std::string& serial) {
    return told.find(R"({"kind":"file","epoch":null,"serial":)" + serial + R"(,"records":)");
  };
  ASSERT_TRUE(wait_until([&] {
    told = server.get("/v1/registry").body;
    return entry("2") != std::string::npos;
  })) << told;
  EXPECT_NE(told.find(R"("follower":null,"last_changes":[{)"), std::string::npos) << told;
  EXPECT_NE(entry("1"), std::string::npos) << told;
  EXPECT_LT(entry("2"), entry("1")) << told;
  server.process().signal(SIGHUP);
  ASSERT_TRUE(server.process().wait_for("reloading: SIGHUP\nbeian-gate: serving registry"));
  const auto changes = [](const std::string& body) {
    return body.substr(body.find("last_changes"));
  };
  EXPECT_TRUE(wait_until([&] { return changes(server.get("/v1/registry").body) == changes(told); }))
      << "the same file read again is no change of it";
  GateProcess built_in;
  told = built_in.get("/v1/registry").body;
  EXPECT_NE(told.find(R"("last_changes":[{"kind":"built_in")"), std::string::npos);
  built_in.process().signal(SIGHUP);
  ASSERT_TRUE(built_in.process().wait_for("reloading: SIGHUP\nbeian-gate: serving registry"));
  EXPECT_TRUE(
      wait_until([&] { return changes(built_in.get("/v1/registry").body) == changes(told); }));
}

TEST(Serve, HangupReloadsWithoutAFailedRequest) {
  const TemporaryFolder folder;
  const std::string snapshot = build_snapshot(folder, "registry.snap", "1");
  GateProcess server({"--registry", snapshot});
  CheckLoop loop = loop_of_allows(server);
  for (int i = 0; i < 5; ++i) {
    std::filesystem::rename(build_snapshot(folder, "next.snap", std::to_string(i + 2)), snapshot);
    server.process().signal(SIGHUP);
    EXPECT_TRUE(serves(server, std::to_string(i + 2)));
  }
  loop.stop();
  EXPECT_GT(loop.answers(), 10);
  EXPECT_EQ(loop.failures(), 0);
}

// Somebody may be editing the policy when the feed of the night comes: what is half done must
// neither take effect nor keep the registry out.
TEST(Serve, AReplacedRegistryIsTakenUpAloneAndByTheSettingsInEffect) {
  const TemporaryFolder folder;
  const std::string snapshot = build_snapshot(folder, "registry.snap", "1");
  const std::string policy = folder.write("policy.toml", "mode = \"dry_run\"\n");
  const std::string config =
      folder.write("gate.toml", "[registry]\nfile = \"" + snapshot + "\"\n[policy]\nfile = \"" +
                                    policy + "\"\n");
  GateProcess server({"--config", config});
  const auto replace = [&](const std::string& serial) {
    std::filesystem::rename(build_snapshot(folder, "next.snap", serial), snapshot);
  };
  const auto is_refused = [&] {  // a cancelled filing
    return server
               .get(
                   "/v1/check?operation=distribute&detail=brief&"
                   "number=%E4%BA%ACICP%E5%A4%872099000000%E5%8F%B7-2A")
               .body.find(R"("decision":"deny")") != std::string::npos;
  };
  EXPECT_FALSE(is_refused());
  folder.write("policy.toml", "mode = \"enforce\"\n");
  replace("2");
  EXPECT_TRUE(serves(server, "2"));
  EXPECT_FALSE(is_refused()) << "nobody asked for a reload of the policy";
  folder.write("policy.toml", "mode = \"enfo");
  replace("3");
  EXPECT_TRUE(serves(server, "3"));
  replace("4");
  server.process().signal(SIGHUP);
  EXPECT_TRUE(server.process().wait_for("kept the old state: " + policy + ":1: "));
  EXPECT_TRUE(serves(server, "4")) << "a reload that was refused loses no registry";
  EXPECT_FALSE(is_refused());
  folder.write("policy.toml", "mode = \"enforce\"\n");
  server.process().signal(SIGHUP);
  EXPECT_TRUE(wait_until(is_refused)) << server.process().err();
}

TEST(Serve, DamagedFileKeepsTheOldRegistry) {
  const TemporaryFolder folder;
  const std::string snapshot = build_snapshot(folder, "registry.snap", "1");
  GateProcess server({"--registry", snapshot});
  CheckLoop loop = loop_of_allows(server);
  const std::string whole = read_whole(build_snapshot(folder, "next.snap", "2"));
  std::filesystem::rename(folder.write("cut.snap", whole.substr(0, whole.size() / 2)), snapshot);
  EXPECT_TRUE(server.process().wait_for("kept the old state")) << server.process().err();
  EXPECT_EQ(server.serial(), "1");
  std::filesystem::rename(folder.path("next.snap"), snapshot);
  EXPECT_TRUE(serves(server, "2")) << "a whole one is taken again";
  std::filesystem::remove(snapshot);
  server.process().signal(SIGHUP);
  EXPECT_EQ(server.serial(), "2") << "a missing one changes nothing";
  loop.stop();
  EXPECT_EQ(loop.failures(), 0);
}

// Method: the file is written in place, which is wrong but what cp does, so that the mapping holds
// neither the old registry nor a new one. The second write completes it.
TEST(Serve, AFileThatIsWrittenToIsNotServedAnyMore) {
  const TemporaryFolder folder;
  const std::string snapshot = build_snapshot(folder, "registry.snap", "1");
  GateProcess server({"--registry", snapshot});
  const std::string whole = read_whole(build_snapshot(folder, "next.snap", "2"));
  const auto write_in_place = [&](std::string_view bytes) {
    std::fstream file(snapshot, std::ios::in | std::ios::out | std::ios::binary);
    file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  };
  write_in_place(std::string(whole.size() / 2, '\0'));
  EXPECT_TRUE(server.process().wait_for("was written to while it was served"))
      << server.process().err();
  EXPECT_TRUE(server.process().wait_for("kept the old state")) << server.process().err();
  EXPECT_EQ(server.serial(), "0");
  const std::string answer =
      server
          .get("/v1/check?operation=distribute&number=%E4%BA%ACICP%E5%A4%872099000000%E5%8F%B7-1A")
          .body;
  EXPECT_NE(answer.find(R"("decision":"unknown")"), std::string::npos) << answer;
  EXPECT_NE(answer.find("REGISTRY_INCOMPLETE"), std::string::npos) << answer;
  const std::string ready = server.get("/readyz?verbose").body;
  EXPECT_NE(ready.find("the registry's file was written into"), std::string::npos) << ready;
  EXPECT_NE(ready.find(R"({"name":"loaded","ok":false)"), std::string::npos) << ready;
  write_in_place(whole);
  EXPECT_TRUE(serves(server, "2")) << server.process().err();
}

// A file that is picked up automatically has to pass the guard; one given at start is an operator's
// decision.
TEST(Serve, AFileThatGoesBackOrLosesTooMuchIsNotTakenUp) {
  const TemporaryFolder folder;
  const std::string snapshot = build_snapshot(folder, "registry.snap", "5");
  GateProcess server({"--registry", snapshot});
  std::filesystem::rename(build_snapshot(folder, "older.snap", "4"), snapshot);
  EXPECT_TRUE(server.process().wait_for(
      "--registry: registry 4 not activated: it goes back from serial 5 by 1"))
      << server.process().err();
  // Without the test identities.
  ASSERT_EQ(
      gate({"registry", "build", "-", "-o", folder.path("small.snap"), "--serial", "6"}, kFeed)
          .exit_code,
      0);
  std::filesystem::rename(folder.path("small.snap"), snapshot);
  EXPECT_TRUE(server.process().wait_for("are served, a loss of")) << server.process().err();
  EXPECT_EQ(server.serial(), "5");
  EXPECT_EQ(GateProcess({"--registry", snapshot}).serial(), "6");
}

}  // namespace
}  // namespace beian::test
