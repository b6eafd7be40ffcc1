// `beian-gate serve` as a real process: what it prints, bad input over a socket, and that the end
// of the process costs no answer.
#include "tests/http/raw_client.h"
#include "tests/integration/gate_process.h"
#include "tests/support/paths.h"

namespace beian::test {
namespace {

using http::RawClient;

constexpr std::string_view kCheck =
    "GET /v1/check?operation=distribute&detail=brief&"
    "number=%E4%BA%ACICP%E5%A4%872099000000%E5%8F%B7-1A HTTP/1.1\r\nHost: gate\r\n\r\n";

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
