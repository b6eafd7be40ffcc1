// `beian-gate serve` as a real process: what it prints, bad input over a socket, and that neither a
// new registry nor the end of the process costs an answer.
#include <filesystem>
#include <fstream>

#include "tests/integration/check_loop.h"
#include "tests/integration/gate_process.h"
#include "tests/support/paths.h"

namespace beian::test {
namespace {

using http::RawClient;

constexpr std::string_view kCheck =
    "GET /v1/check?operation=distribute&detail=brief&"
    "number=%E4%BA%ACICP%E5%A4%872099000000%E5%8F%B7-1A HTTP/1.1\r\nHost: gate\r\n\r\n";

// Repeats that check until it is stopped.
CheckLoop loop_of_allows(const GateProcess& server) {
  return {server.port(), std::string(kCheck), R"("decision":"allow")"};
}

TEST(Serve, AConfigurationWithoutRegistryIsWarnedOf) {
  TemporaryFolder folder;
  const std::string config = folder.write("gate.toml", "drain_seconds = 1\n");
  GateProcess forgotten({"--config", config});
  EXPECT_TRUE(forgotten.process().wait_for("no registry is configured"));
  const std::string snapshot = build_snapshot(folder, "registry.snap", "5");
  GateProcess named({"--config", config, "--registry", snapshot});
  GateProcess trying;
  for (GateProcess* gate : {&named, &trying}) {
    gate->process().signal(SIGTERM);
    EXPECT_EQ(gate->process().wait(), 0);  // also reads all its output
    EXPECT_EQ(gate->process().err().find("no registry is configured"), std::string::npos);
  }
}

// As when the file is read while somebody writes it.
TEST(Serve, AReloadDoesNotPutTheInventedRegistryInThePlaceOfAnother) {
  TemporaryFolder folder;
  const std::string snapshot = build_snapshot(folder, "registry.snap", "5");
  const std::string text = "drain_seconds = 1\n";
  const std::string named = text + "[registry]\nfile = \"" + snapshot + "\"\n";
  GateProcess server({"--config", folder.write("gate.toml", named)});
  ASSERT_EQ(server.serial(), "5");
  folder.write("gate.toml", text);
  server.process().signal(SIGHUP);
  EXPECT_TRUE(server.process().wait_for("kept the old state: neither registry.file nor"))
      << server.process().err();
  EXPECT_EQ(server.serial(), "5");
  folder.write("gate.toml", named + "[registry.guard]\nshrink_max_percent = 7\n");
  server.process().signal(SIGHUP);
  EXPECT_TRUE(server.process().wait_for("+ registry.guard.shrink_max_percent = 7"))
      << server.process().err();
}

TEST(Serve, AnExceptionThatIsOverIsToldAtStartAndBySighup) {
  TemporaryFolder folder;
  const auto write_policy = [&](const std::string& owner) {
    return folder.write("policy.toml",
                        "[[exception]]\nowner = \"" + owner +
                            "\"\nnote = \"n\"\ncodes = [\"NAME_MISMATCH\"]\n"
                            "filing_number = \"京ICP备2023000001号-1A\"\nexpires = 2024-12-31\n");
  };
  const std::string config =
      folder.write("gate.toml", "[policy]\nfile = \"" + write_policy("wang") + "\"\n");
  GateProcess server({"--config", config});
  const std::string warning = "expired on 2024-12-31, lifts nothing any more; its owner is ";
  EXPECT_TRUE(server.process().wait_for(warning + "wang\n"));
  write_policy("li");
  server.process().signal(SIGHUP);
  EXPECT_TRUE(server.process().wait_for(warning + "li\n"));
}

TEST(Serve, AKeyThatAFlagNamesIsNoFaultOfTheFile) {
  TemporaryFolder folder;
  const std::string text =
      "[registry]\nurl = \"redis://127.0.0.1\"\ntrusted_keys = [\"nosuch.pub\"]\n";
  const std::string config = folder.write("gate.toml", text);
  const auto told = [&](std::vector<std::string> more) {
    more.insert(more.begin(), {"serve", "--listen", "127.0.0.1:0", "--config", config});
    const Finished refused = gate(std::move(more));
    EXPECT_EQ(refused.exit_code, 69) << refused.err;
    return refused.err;
  };
  EXPECT_TRUE(told({}).starts_with("beian-gate: " + config + ":3: registry.trusted_keys: cannot"));
  const std::string of_flag = told({"--key", folder.path("none.pub")});
  EXPECT_TRUE(of_flag.starts_with("beian-gate: --key: cannot open ")) << of_flag;
}

TEST(Serve, AReloadTellsWhatChangesInPolicyAndGuidance) {
  TemporaryFolder folder;
  const std::string policy = folder.write("policy.toml", "mode = \"enforce\"\n[profile.a]\n");
  std::string text = read_whole(source_path("conf/guidance.toml"));
  const std::string guidance = folder.write("guidance.toml", text);
  const std::string config =
      folder.write("gate.toml", "[policy]\nfile = \"" + policy + "\"\n[guidance]\nfile = \"" +
                                    guidance + "\"\n");
  GateProcess server({"--config", config});
  server.process().signal(SIGHUP);
  ASSERT_TRUE(server.process().wait_for("reloading: SIGHUP\nbeian-gate: serving registry"))
      << "nothing changed: " << server.process().err();
  folder.write("policy.toml", "mode = \"dry_run\"\n[codes]\nSHELL = \"deny\"\n[profile.a]\n");
  folder.write("guidance.toml", text.replace(text.find("阿里云"), 9, "甲云"));
  server.process().signal(SIGHUP);
  EXPECT_TRUE(server.process().wait_for(
      "beian-gate: policy: mode enforce is now dry_run; codes with other effects: 1\n"
      "beian-gate: policy, profile a: mode enforce is now dry_run; codes with other effects: 1\n"
      "beian-gate: guidance: other texts\n"))
      << server.process().err();
}

TEST(Serve, WhatAReloadCannotReadIsToldAtOnceWithLineAndKey) {
  TemporaryFolder folder;
  const std::string config = folder.write("gate.toml", "");
  GateProcess server({"--config", config});
  folder.write("gate.toml", "[policy]\nfile = \"nosuch.toml\"\n[guidance]\nfile = \"none.toml\"\n");
  server.process().signal(SIGHUP);
  EXPECT_TRUE(server.process().wait_for("kept the old state: " + config +
                                        ":2: policy.file: cannot open nosuch.toml"))
      << server.process().err();
  EXPECT_TRUE(server.process().wait_for(config + ":4: guidance.file: cannot open none.toml"));
}

bool serves(const GateProcess& server, const std::string& serial) {
  return wait_until([&] { return server.serial() == serial; });
}

TEST(Serve, PrintsItsUrlAndACommandThatGivesAllow) {
  GateProcess server;
  const std::string& out = server.process().out();
  EXPECT_NE(out.find("listening on " + server.url()), std::string::npos) << out;
  const std::size_t begin = out.find(server.url() + "/v1/check");
  ASSERT_NE(begin, std::string::npos) << out;
  const std::string url = out.substr(begin, out.find('\'', begin) - begin);
  const http::Answer answer = server.get(url.substr(server.url().size()));
  EXPECT_EQ(answer.status, 200U);
  EXPECT_NE(answer.body.find("\"decision\":\"allow\""), std::string::npos) << answer.body;
  EXPECT_EQ(gate({"healthcheck", "--url", server.url()}).exit_code, 0);
  server.process().signal(SIGTERM);
  EXPECT_EQ(server.process().wait(), 0);
}

TEST(Serve, PortInUseEndsWith69) {
  const GateProcess server;
  const std::string address = server.url().substr(7);
  const Finished second = gate({"serve", "--listen", address});
  EXPECT_EQ(second.exit_code, 69) << second.err;
  EXPECT_NE(second.err.find(address), std::string::npos) << second.err;
  EXPECT_EQ(gate({"serve", "--listen", "nonsense"}).exit_code, 64);
}

TEST(Serve, BadInputGetsItsAnswerAndNothingElseChanges) {
  const GateProcess server;
  const auto post = [&](const std::string& body) {
    return server.exchange(
        "POST /v1/check HTTP/1.1\r\nHost: gate\r\nContent-Type: application/json"
        "\r\nContent-Length: " +
        std::to_string(body.size()) + "\r\n\r\n" + body);
  };
  EXPECT_EQ(post("{").status, 400U);
  EXPECT_EQ(post(R"({"operation":7})").status, 400U);
  EXPECT_EQ(post(std::string(30'000, '[')).status, 400U);
  EXPECT_EQ(post(std::string(100'000, ' ')).status, 413U);
  EXPECT_EQ(server.get("/nowhere").status, 404U);
  EXPECT_EQ(server.exchange("BREW / HTTP/1.1\r\nHost: gate\r\n\r\n").status, 501U);
  EXPECT_EQ(server.exchange("DELETE /v1/check HTTP/1.1\r\nHost: gate\r\n\r\n").status, 405U);
  EXPECT_EQ(server.exchange("nonsense\r\n\r\n").status, 400U);
  EXPECT_EQ(server.get("/" + std::string(9'000, 'x')).status, 414U);
  const std::string large(10 * 1024 * 1024, 'x');
  EXPECT_EQ(server.exchange("GET /livez HTTP/1.1\r\nHost: gate\r\nX: " + large + "\r\n\r\n").status,
            431U);
  for (const http::Answer& answer : {post("{"), server.get("/nowhere")})
    EXPECT_TRUE(answer.has("Content-Type: application/problem+json\r\n")) << answer.head;
  EXPECT_EQ(post(R"({"operation":"distribute","filing_number":"京ICP备2099000000号-1A"})").status,
            200U);
}

TEST(Serve, ThousandChecksInOneBatchComeBackInOrder) {
  const GateProcess server;
  std::string body = "{\"checks\":[";
  for (int i = 0; i < 1'000; ++i)
    body +=
        (i == 0 ? "" : ",") + ("{\"operation\":\"distribute\",\"id\":" + std::to_string(i) + "}");
  body += "]}";
  http::Answer answer;
  // On a busy machine the gate may fall behind and shed batches; then it is asked again.
  ASSERT_TRUE(wait_until([&] {
    answer = server.exchange(
        "POST /v1/checks HTTP/1.1\r\nHost: gate\r\nContent-Type: "
        "application/json\r\nContent-Length: " +
        std::to_string(body.size()) + "\r\n\r\n" + body);
    return answer.status != 503;
  }));
  ASSERT_EQ(answer.status, 200U);
  std::size_t at = 0;
  for (int i = 0; i < 1'000 && at != std::string::npos; ++i)
    at = answer.body.find("{\"id\":" + std::to_string(i) + ",", at);
  EXPECT_NE(at, std::string::npos);
}

// --- a new registry ---

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

// --- the end ---

// Every request that the gate has accepted is answered; after the last answer the connection
// closes.
TEST(Serve, TerminationUnderPipelinedLoadDropsNoAnswer) {
  GateProcess server;
  constexpr int kClients = 4;
  constexpr int kPipelined = 200;
  std::string pipelined;
  for (int i = 0; i < kPipelined; ++i) pipelined += kCheck;
  std::vector<std::unique_ptr<RawClient>> clients;
  for (int i = 0; i < kClients; ++i) {
    clients.push_back(std::make_unique<RawClient>(server.port()));
    std::string first;
    ASSERT_TRUE(clients.back()->send(kCheck));
    ASSERT_TRUE(clients.back()->receive(&first)) << "accepted";
  }
  for (const auto& client : clients) ASSERT_TRUE(client->send(pipelined));
  server.process().signal(SIGTERM);
  for (const auto& client : clients) {
    std::string bytes = client->receive_all();
    const std::vector<http::Answer> answers = http::take_answers(&bytes);
    EXPECT_EQ(answers.size(), std::size_t{kPipelined});
    EXPECT_EQ(bytes, "") << "no answer is cut";
    for (const http::Answer& answer : answers)
      EXPECT_TRUE(answer.status == 200U || http::is_shed(answer)) << answer.head;
  }
  EXPECT_EQ(server.process().wait(), 0);
  EXPECT_NE(server.process().err().find("drained: every answer was sent"), std::string::npos)
      << server.process().err();
}

// The body may take limits::kBodyDeadline; this one stops half-way.
TEST(Serve, SlowBodyIs408) {
  const GateProcess server;
  RawClient client(server.port());
  ASSERT_TRUE(
      client.send("POST /v1/check HTTP/1.1\r\nHost: gate\r\nContent-Type: application/json"
                  "\r\nContent-Length: 100\r\n\r\n{\"operation\""));
  std::string bytes = client.receive_all();
  http::Answer answer;
  ASSERT_TRUE(http::take_answer(&bytes, false, &answer)) << bytes;
  EXPECT_EQ(answer.status, 408U);
  EXPECT_TRUE(answer.closes());
}

}  // namespace
}  // namespace beian::test
