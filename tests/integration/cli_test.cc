// The command line as scripts see it: what goes to which stream, and every exit code.
#include <algorithm>

#include "tests/integration/gate_process.h"

namespace beian::test {
namespace {

const std::string kPass = "京ICP备2099000000号-1A";
constexpr std::string_view kInvented = "the built-in one decides, which is invented";

// --- check ---

TEST(Cli, CheckEndsWithTheCodeOfItsDecision) {
  struct {
    std::string number;
    std::vector<std::string> more;
    int want;
    std::string decision;
  } const rows[] = {
      {kPass, {}, 0, "allow"},
      {"京ICP备2099000000号-2A", {}, 1, "deny"},
      {"京ICP备2099000000号-8A", {}, 2, "review"},
      {kPass, {"--min-serial", "9000000000000000"}, 3, "unknown"},
      {"not a number", {}, 1, "deny"},
  };
  for (const auto& row : rows) {
    std::vector<std::string> arguments = {"check", "--operation", "distribute", "--number",
                                          row.number};
    arguments.insert(arguments.end(), row.more.begin(), row.more.end());
    const Finished done = gate(arguments);
    EXPECT_EQ(done.exit_code, row.want) << done.err;
    EXPECT_NE(done.out.find("\"decision\":\"" + row.decision + "\""), std::string::npos)
        << done.out;
    EXPECT_TRUE(done.out.ends_with("}\n"));
  }
}

// A script that forgot to name its registry would take answers from an invented one for answers
// about real apps. The warning is talk on standard error, so neither data nor exit code change.
TEST(Cli, WhoIsJudgedByTheBuiltInRegistryIsTold) {
  const TemporaryFolder folder;
  const std::string registry = build_snapshot(folder, "registry.snap", "7");
  const std::string config = folder.write("gate.toml", "[registry]\nfile = \"" + registry + "\"\n");
  const std::string row = R"({"operation":"distribute","filing_number":")" + kPass + "\"}";
  const std::string log = folder.write("decisions-00000001.ndjson", "");
  const std::vector<std::string> verbs[] = {
      {"check"},
      {"audit", "-"},
      {"audit", "-", "--quiet"},
      {"vet", source_path("fixtures/system/app/Notes"), "--quiet"},
      {"log", "replay", log},
  };
  for (const std::vector<std::string>& verb : verbs) {
    const auto told = [&](const std::vector<std::string>& more) {
      std::vector<std::string> arguments = verb;
      arguments.insert(arguments.end(), more.begin(), more.end());
      const Finished done = gate(arguments, row);
      EXPECT_EQ(done.exit_code, 0) << testing::PrintToString(arguments) << done.err;
      return done.err.find(kInvented) != std::string::npos;
    };
    EXPECT_TRUE(told({})) << testing::PrintToString(verb);
    EXPECT_FALSE(told({"--registry", registry})) << testing::PrintToString(verb);
    EXPECT_FALSE(told({"--config", config})) << testing::PrintToString(verb);
  }
  const Finished named = gate({"check", "--registry", registry}, row);
  EXPECT_EQ(named.err, "");
}

TEST(Cli, SlipsInVerbsAndFlagsAreToldTheNearest) {
  struct {
    std::vector<std::string> arguments;
    std::string want;
  } const rows[] = {
      {{"chek"}, "beian-gate: not expected: chek; did you mean check?"},
      {{"registry", "biuld"}, "did you mean build?"},
      {{"check", "--numbr", "x"}, "not expected: --numbr x; did you mean --number?"},
  };
  for (const auto& row : rows) {
    const Finished done = gate(row.arguments);
    EXPECT_EQ(done.exit_code, 64);
    EXPECT_NE(done.err.find(row.want), std::string::npos) << done.err;
  }
  EXPECT_EQ(gate({"zzzzzz"}).err.find("did you mean"), std::string::npos);
}

TEST(Cli, CheckReadsJsonFromStandardInput) {
  const Finished done = gate(
      {"check"}, R"({"id":7,"operation":"distribute","filing_number":"京ICP备2099000000号-3A"})");
  EXPECT_EQ(done.exit_code, 1);
  EXPECT_TRUE(done.out.starts_with("{\"id\":7,\"decision\":\"deny\"")) << done.out;
}

TEST(Cli, CheckRefusesBadInputWith65AndNamesThePlace) {
  struct {
    std::string input, want;
  } const rows[] = {
      {"{", "the check was refused: not valid JSON"},
      {"", "standard input holds no check request"},
      {R"({"operation":"x"})", "/operation: operation must be distribute, connect or preinstall"},
      {R"({"operation":"distribute","app":{"name":1}})", "/app/name"},
      {std::string(70'000, ' '), "larger than"},
      {std::string(20'000, '[') + std::string(20'000, ']'), "deeper"},
  };
  for (const auto& row : rows) {
    const Finished done = gate({"check"}, row.input);
    EXPECT_EQ(done.exit_code, 65) << row.want;
    EXPECT_NE(done.err.find(row.want), std::string::npos) << done.err;
    EXPECT_EQ(done.out, "");
  }
  EXPECT_EQ(gate({"check", "--operation", "publish"}).exit_code, 65);
  EXPECT_EQ(gate({"check", "--operation", "distribute", "--ip", "x"}).exit_code, 65);
  EXPECT_EQ(gate({"check", "--strict"}, R"({"operation":"distribute","x":1})").exit_code, 65);
}

TEST(Cli, UsageErrorsEndWith64) {
  const std::vector<std::vector<std::string>> rows = {
      {},
      {"unknown"},
      {"check", "--no-such-flag"},
      {"check", "--number", "x", "--lang", "fr"},
      {"check", "--number", "x", "--url", "http://127.0.0.1:1", "--registry", "x"},
      {"check", "--number", "x", "--url", "ftp://127.0.0.1"},
      {"registry"},
      {"registry", "build", "feed"},
      {"registry", "build", "feed", "-o", "x", "--as-of", "yesterday"},
      {"registry", "build", "feed", "-o", "x", "--dialect", "xml"},
      {"registry", "build", "feed", "-o", "x", "--serial", "-1"},
      {"registry", "build", "feed", "-o", "x", "--serial", "9223372036854775808"},
      {"registry", "build", "feed", "-o", "x", "--skip-bad", "-1"},
      {"config"},
      {"check", "--number", "x", "--number", "y"},
      {"audit", "x", "--output", "ndjson="},
      {"vet", "x", "--output", "csv="},
  };
  for (const auto& arguments : rows) {
    const Finished done = gate(arguments);
    EXPECT_EQ(done.exit_code, 64) << testing::PrintToString(arguments);
    EXPECT_NE(done.err, "");
    EXPECT_EQ(done.out, "");
  }
}

TEST(Cli, WordsThatAreNoVerbAreNamed) {
  EXPECT_NE(gate({"serv"}).err.find("serv"), std::string::npos);
  EXPECT_NE(gate({"registry", "biuld"}).err.find("biuld"), std::string::npos);
}

TEST(Cli, BooleanFlagsOfCheckSayTrueAlone) {
  const auto is_exempt = [](std::vector<std::string> more) {
    std::vector<std::string> arguments = {"check", "--operation", "distribute", "--number",
                                          kPass,   "--detail",    "brief"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const Finished done = gate(arguments);
    EXPECT_EQ(done.exit_code, 0) << done.err;
    return done.out.find("EXEMPT_OFFLINE") != std::string::npos;
  };
  EXPECT_TRUE(is_exempt({"--offline"}));
  EXPECT_TRUE(is_exempt({"--offline", "--platform", "android"}));
  EXPECT_TRUE(is_exempt({"--offline", "true"}));
  EXPECT_FALSE(is_exempt({"--offline", "false"}));
  EXPECT_FALSE(is_exempt({"--offline=false"}));
}

TEST(Cli, WhatCannotBeWrittenEndsWith69) {
  for (const std::string& verb :
       {"number " + kPass, "check --operation distribute --number " + kPass, std::string("--help"),
        std::string("--version")}) {
    const Finished full = run({"/bin/sh", "-c", kGate + " " + verb + " >/dev/full"});
    EXPECT_EQ(full.exit_code, 69) << verb;
    EXPECT_TRUE(
        full.err.ends_with("beian-gate: cannot write standard output: No space left on device\n"))
        << full.err;
  }
}

// Otherwise the next file opened would get the descriptor of a standard stream.
TEST(Cli, ClosedStreamsAreNoFiles) {
  const TemporaryFolder folder;
  const std::string row = folder.write("row.ndjson", "{\"operation\":\"distribute\"}\n");
  const std::string out = folder.path("out.csv");
  const auto shell = [](const std::string& arguments) {
    return run({"/bin/sh", "-c", kGate + " " + arguments});
  };
  EXPECT_EQ(shell("number <&-").exit_code, 69);
  EXPECT_EQ(shell("audit - --output ndjson <&-").exit_code, 69) << "and not the registry's rows";
  EXPECT_EQ(shell("number " + kPass + " >&-").exit_code, 69);
  EXPECT_EQ(shell("audit " + row + " --output ndjson --output csv=" + out + " >&-").exit_code, 69);
  EXPECT_EQ(shell("audit " + row + " --output csv=" + out + " 2>&-").exit_code, 1);
  EXPECT_EQ(read_whole(out).find("beian-gate:"), std::string::npos);
}

TEST(Cli, AFileThatMayNotGrowIsAnErrorAndNoEnd) {
  const TemporaryFolder folder;
  std::string rows;
  for (int i = 0; i < 200; ++i) rows += "{\"operation\":\"distribute\"}\n";
  const std::string catalog = folder.write("rows.ndjson", rows);
  const Finished full = run({"/bin/sh", "-c",
                             "ulimit -f 1; exec " + kGate + " audit " + catalog +
                                 " --output ndjson=" + folder.path("out")});
  EXPECT_EQ(full.exit_code, 69);
  EXPECT_NE(full.err.find("File too large"), std::string::npos) << full.err;
}

TEST(Cli, HelpAndVersionEndWith0) {
  EXPECT_EQ(gate({"--help"}).exit_code, 0);
  EXPECT_TRUE(gate({"--version"}).out.starts_with("beian-gate "));
  EXPECT_EQ(gate({"check", "--help"}).exit_code, 0);
}

TEST(Cli, HelpTellsWhichFlagsACheckNeeds) {
  const std::string help = gate({"check", "--help"}).out;
  const std::size_t flag = help.find("--operation");
  ASSERT_NE(flag, std::string::npos) << help;
  EXPECT_LT(help.find("required", flag), help.find("--kind")) << help;
  const Finished without = gate({"check", "--number", kPass});
  EXPECT_EQ(without.exit_code, 65);
  EXPECT_NE(without.err.find("/operation"), std::string::npos) << without.err;
}

TEST(Cli, CheckAsksARunningGate) {
  const GateProcess server;
  const Finished flags = gate({"check", "--url", server.url(), "--operation", "distribute",
                               "--number", "京ICP备2099000000号-8A", "--detail", "brief"});
  const Finished here = gate({"check", "--operation", "distribute", "--number",
                              "京ICP备2099000000号-8A", "--detail", "brief"});
  EXPECT_EQ(flags.exit_code, 2) << flags.err;
  EXPECT_EQ(flags.out, here.out) << "the same engine";
  EXPECT_EQ(gate({"check", "--url", server.url()}, R"({"operation":"distribute"})").exit_code, 1);
  EXPECT_EQ(gate({"check", "--url", server.url()}, "{").exit_code, 65);
  EXPECT_EQ(gate({"check", "--url", server.url() + "/"}, R"({"operation":"distribute"})").exit_code,
            1)
      << "a URL as a browser shows it";
  const Finished long_one = gate({"check", "--url", server.url(), "--operation", "distribute",
                                  "--name", std::string(20'000, 'x')});
  EXPECT_EQ(long_one.exit_code, 65);
  EXPECT_NE(long_one.err.find("JSON on standard input"), std::string::npos) << long_one.err;
}

TEST(Cli, NoGateAtTheUrlEndsWith69) {
  const Finished check = gate(
      {"check", "--url", "http://127.0.0.1:1", "--operation", "distribute", "--number", kPass});
  EXPECT_EQ(check.exit_code, 69);
  EXPECT_NE(check.err.find("no answer from http://127.0.0.1:1"), std::string::npos) << check.err;
  EXPECT_EQ(gate({"healthcheck", "--url", "http://127.0.0.1:1"}).exit_code, 69);
}

TEST(Cli, MissingRegistryIsUnavailableOrBadInput) {
  const Finished done = gate({"check", "--operation", "distribute", "--number", kPass, "--registry",
                              "/nonexistent/registry.snap"});
  EXPECT_EQ(done.exit_code, 69) << done.err;
  EXPECT_NE(done.err.find("/nonexistent/registry.snap"), std::string::npos) << done.err;
}

// A URL must not be taken for a path.
TEST(Cli, ARegistryInRedisIsForServeAlone) {
  const Finished done = gate({"check", "--operation", "distribute", "--number", kPass, "--registry",
                              "redis://127.0.0.1:6379/0"});
  EXPECT_EQ(done.exit_code, 64) << done.err;
  EXPECT_NE(done.err.find("followed by serve alone"), std::string::npos) << done.err;
  const TemporaryFolder folder;
  const std::string config =
      folder.write("gate.toml", "[registry]\nurl = \"redis://127.0.0.1\"\nallow_unsigned = true\n");
  const std::string log = folder.write("decisions-00000001.ndjson", "");
  for (const std::vector<std::string>& verb :
       {std::vector<std::string>{"check", "--operation", "distribute"}, {"log", "replay", log}}) {
    std::vector<std::string> arguments = verb;
    arguments.insert(arguments.end(), {"--config", config});
    const Finished followed = gate(arguments);
    EXPECT_EQ(followed.exit_code, 64) << followed.err;
    EXPECT_NE(followed.err.find("check and audit can also ask a running gate"), std::string::npos)
        << "not every verb has --url: " << followed.err;
  }
}

// --- audit ---

TEST(Cli, CsvOnStandardInputIsToldOfItsFlagOnce) {
  const std::string csv = "operation,filing_number\ndistribute,x\ndistribute,y\n";
  const Finished done = gate({"audit", "-"}, csv);
  EXPECT_EQ(done.exit_code, 65) << done.err;
  const std::size_t at = done.err.find("say --format csv");
  ASSERT_NE(at, std::string::npos) << done.err;
  EXPECT_EQ(done.err.find("--format csv", at + 10), std::string::npos) << done.err;
  const Finished ndjson = gate({"audit", "-", "--format", "ndjson"}, csv);
  EXPECT_EQ(ndjson.err.find("--format csv"), std::string::npos) << ndjson.err;
}

TEST(Cli, WhatAnAuditCannotCompareIsTold) {
  const TemporaryFolder folder;
  const std::string registry = build_snapshot(folder, "registry.snap", "1");
  const std::string csv = "operation,number,pakage,team\ndistribute," + kPass + ",cn.evil,x\n";
  const std::string ndjson = R"({"operation":"distribute","package":"a","filing_number":")" +
                             kPass + R"(","app":{"pakage":"b"}})";
  struct {
    std::string format, catalog, told;
  } const rows[] = {
      {"csv", csv, "pakage (1 row; app.package?), team (1 row)"},
      {"ndjson", ndjson, "package (1 row; app.package?), app.pakage (1 row; app.package?)"},
  };
  for (const auto& row : rows) {
    const std::vector<std::string> audit = {"audit",    "-",        "--registry", registry,
                                            "--format", row.format, "--lang",     "en",
                                            "--output", "summary"};
    const Finished done = gate(audit, row.catalog);
    EXPECT_EQ(done.exit_code, 0) << "unknown fields are ignored; " << done.err;
    EXPECT_NE(done.err.find("not compared, since no check request has such fields: " + row.told),
              std::string::npos)
        << done.err;
    EXPECT_NE(done.out.find("they were not compared: " + row.told), std::string::npos) << done.out;
    std::vector<std::string> quiet = audit;
    quiet.push_back("--quiet");
    EXPECT_EQ(gate(quiet, row.catalog).err, "");
  }
}

// --- number ---

TEST(Cli, NumberGivesOneLineEachFromArgumentsAndFromLines) {
  const Finished arguments =
      gate({"number", "京ICP备2023000001号-1A", "京公网安备11010502025545号"});
  const Finished lines = gate({"number"}, "京ICP备2023000001号-1A\r\n京公网安备11010502025545号");
  EXPECT_EQ(arguments.exit_code, 0);
  EXPECT_EQ(arguments.out, lines.out);
  EXPECT_EQ(std::ranges::count(arguments.out, '\n'), 2);
  EXPECT_NE(arguments.out.find(R"("what":"public_security")"), std::string::npos);
  EXPECT_EQ(gate({"number"}, "").out, "");
  const Finished folder = run({"/bin/sh", "-c", kGate + " number </"});
  EXPECT_EQ(folder.exit_code, 69);
  EXPECT_EQ(folder.err, "beian-gate: cannot read standard input\n");
}

}  // namespace
}  // namespace beian::test
