// What `config check`, `config print` and a start report about a configuration: every fault with
// its place, and settings that are right but have no effect.
#include "tests/integration/gate_process.h"

namespace beian::test {
namespace {

TEST(ConfigVerbs, MisspeltKeyIsToldWithItsLineAndTheNearest) {
  const TemporaryFolder folder;
  const std::string path =
      folder.write("gate.toml", "listen = \"127.0.0.1:0\"\n\n[registry]\nstale_after_second = 5\n");
  for (const std::vector<std::string>& verb : {std::vector<std::string>{"config", "check", path},
                                               {"config", "print", path},
                                               {"serve", "--config", path}}) {
    const Finished done = gate(verb);
    EXPECT_EQ(done.exit_code, 65);
    EXPECT_NE(done.err.find("gate.toml:4"), std::string::npos) << done.err;
    EXPECT_NE(done.err.find("stale_after_seconds"), std::string::npos) << done.err;
  }
}

TEST(ConfigVerbs, EveryConfigurationErrorIsToldAtOnce) {
  const TemporaryFolder folder;
  const std::string path = folder.write(
      "gate.toml", "lissten = \"x\"\nthreads = -1\n[registry]\nstale_after_seconds = \"a\"\n");
  const Finished done = gate({"config", "check", path});
  EXPECT_EQ(done.exit_code, 65);
  for (const std::string_view part : {":1", "listen", ":2", "threads", ":4", "stale_after_seconds"})
    EXPECT_NE(done.err.find(part), std::string::npos) << part << " in " << done.err;
}

TEST(ConfigVerbs, UnreadableOrBrokenConfigurationIsTold) {
  const TemporaryFolder folder;
  EXPECT_EQ(gate({"config", "check", folder.path("none.toml")}).exit_code, 69);
  EXPECT_NE(gate({"config", "check", folder.path("none.toml")}).err.find("none.toml"),
            std::string::npos);
  const Finished broken = gate({"config", "check", folder.write("b.toml", "listen = \n")});
  EXPECT_EQ(broken.exit_code, 65);
  EXPECT_NE(broken.err.find("b.toml:1"), std::string::npos) << broken.err;
}

TEST(ConfigVerbs, WhatServeCannotStartWithIsNoValidConfiguration) {
  const TemporaryFolder folder;
  const std::string file = folder.write("file", "x");
  struct Case {
    std::string text;
    std::string told;  // follows the path of the configuration
    int exit_code = 65;
  };
  const Case cases[] = {
      {"listen = \"0.0.0.0:1\"\n", ":1: listen = "},
      {"\n[admin]\nlisten = \"0.0.0.0:1\"\n", ":3: admin.listen = "},
      {"listen = \"nonsense\"\n", ":1: listen: `nonsense` is not HOST:PORT"},
      {"listen = \"127.0.0.1:80800\"\n",
       ":1: listen: `127.0.0.1:80800` is not HOST:PORT, [IPv6]:PORT or unix:/PATH, with a PORT of "
       "0 "
       "to 65535"},
      {"listen = \"127.0.0.1:1\"\n[admin]\nlisten = \"127.0.0.1:1\"\n", ":3: admin.listen = "},
      {"listen = \"127.0.0.1:1\"\n[admin]\nlisten = \"localhost:1\"\n", ":3: admin.listen = "},
      {"allow_open = true\nlisten = \"0.0.0.0:1\"\n[admin]\nlisten = \"127.0.0.1:1\"\n",
       ":4: admin.listen = "},
      {"allow_open = true\nlisten = \"127.0.0.1:1\"\n[admin]\nlisten = \"[::]:1\"\n",
       ":4: admin.listen = "},
      {"listen = \"unix:a.sock\"\n[admin]\nlisten = \"unix:./a.sock\"\n", ":3: admin.listen = "},
      {"listen = \"unix:/nonexistent/sock\"\n", ":1: listen = "},
      {"listen = \"unix:" + file + "\"\n", ":1: listen = "},
      {"[log]\nfolder = \"/nonexistent/log\"\n", ":2: log.folder = "},
      {"[registry]\nurl = \"redis://127.0.0.1\"\nallow_unsigned = true\nlocal_copy = "
       "\"/nonexistent/x/y\"\n",
       ":4: registry.local_copy = \"/nonexistent/x/y\": it cannot be made"},
      {"[registry]\nurl = \"redis://127.0.0.1\"\nallow_unsigned = true\nlocal_copy = \"" + file +
           "\"\n",
       ":4: registry.local_copy = \"" + file + "\": it is no folder"},
      {"[registry]\nfile = \"nosuch\"\n", ":2: registry.file: cannot open nosuch: No such", 69},
      {"[registry]\ntrusted_keys = [\"nosuch\"]\n", ":2: registry.trusted_keys: cannot open no",
       69},
      {"[policy]\nfile = \"nosuch\"\n", ":2: policy.file: cannot open nosuch: No such file", 69},
      {"[guidance]\nfile = \"nosuch\"\n", ":2: guidance.file: cannot open nosuch: No such", 69},
      {"[log]\nfolder = \"log\"\nsign_key = \"nosuch\"\n", ":3: log.sign_key: cannot open nosuch",
       69},
      {"[log]\nfolder = \"log\"\nprivacy = \"digest\"\ndigest_key = \"" + file + "\"\n",
       ":4: log.digest_key: " + file + ": a digest key is 64"},
      {"[packages]\ninspect = true\nfolder = \"/nonexistent\"\n", ":3: packages.folder: ", 69},
      {"[tls]\ncertificate = \"nosuch.pem\"\nkey = \"k\"\n",
       ":2: tls.certificate: cannot open nosuch.pem: No such file or directory", 69},
      {"[tls]\ncertificate = \"" + file + "\"\nkey = \"k\"\n",
       ":2: tls.certificate " + file + ": not PEM, or PEM of something else"},
      {"[[callers]]\nname = \"a\"\ncertificate_names = [\"DNS:a.example\"]\nprofile = \"none\"\n"
       "[tls]\ncertificate = \"nosuch\"\nkey = \"k\"\nclient_ca = \"c\"\n",
       ":4: callers.profile: the policy has no profile \"none\", which a names"},
      {"[log]\nfolder = \"" + file + "\"\n", ":2: log.folder = "},
      {"[registry]\nurl = \"redis://127.0.0.1\"\n", ":2: a registry from Redis needs"},
      {"[registry]\nurl = \"redis://127.0.0.1\"\nallow_unsigned = true\n[registry.redis]\nuser = "
       "\"a\"\npassword_file = \"/nonexistent/password\"\n",
       ":6: registry.redis.password_file: ", 69},
      {"[registry]\nurl = \"rediss://127.0.0.1\"\nallow_unsigned = true\n[registry.redis]\nca_file "
       "= \"/nonexistent/ca\"\n",
       ":5: registry.redis.ca_file: ", 69},
      {"[registry]\nurl = \"rediss://127.0.0.1\"\nallow_unsigned = true\n[registry.redis]\nca_file "
       "= \"" +
           file + "\"\n",
       ":2: registry.url: " + file},
  };
  for (const Case& one : cases) {
    const std::string path = folder.write("gate.toml", one.text);
    const Finished done = gate({"config", "check", path});
    EXPECT_EQ(done.exit_code, one.exit_code) << one.text << done.err;
    EXPECT_NE(done.err.find(path + one.told), std::string::npos) << done.err;
  }
  const std::string path = folder.write(
      "gate.toml",
      "listen = \"127.0.0.1:0\"\n[admin]\nlisten = \"127.0.0.1:0\"\n[log]\nfolder = \"" +
          folder.path("log") + "/\"\n");
  const Finished valid = gate({"config", "check", path});
  EXPECT_EQ(valid.exit_code, 0) << valid.err;
}

TEST(ConfigVerbs, EveryFileThatIsMissingIsToldAtOnce) {
  const TemporaryFolder folder;
  const std::string path = folder.write(
      "gate.toml",
      "[registry]\nfile = \"a\"\ntrusted_keys = [\"b\", \"c\"]\n[policy]\nfile = \"d\"\n"
      "[guidance]\nfile = \"e\"\n[log]\nfolder = \"log\"\nsign_key = \"f\"\n");
  for (const auto& arguments : {std::vector<std::string>{"config", "check", path},
                                {"serve", "--config", path, "--listen", "127.0.0.1:0"}}) {
    const Finished done = gate(arguments);
    EXPECT_EQ(done.exit_code, 69) << done.err;
    for (const char* told :
         {":2: registry.file: cannot open a:", ":3: registry.trusted_keys: cannot open b:",
          ":3: registry.trusted_keys: cannot open c:", ":5: policy.file: cannot open d:",
          ":7: guidance.file: cannot open e:", ":10: log.sign_key: cannot open f:"})
      EXPECT_NE(done.err.find(path + told), std::string::npos) << told << "\n" << done.err;
  }
  // What a flag says is not a fault of the file.
  const std::string other =
      folder.write("other.toml", "[registry]\nfile = \"a\"\ntrusted_keys = [\"b\"]\n");
  const Finished flagged =
      gate({"serve", "--config", other, "--registry", "nosuch", "--key", "nokey"});
  EXPECT_EQ(flagged.exit_code, 69);
  for (const char* told :
       {"beian-gate: --key: cannot open nokey: ", "\n--registry: cannot open nosuch: "})
    EXPECT_NE(flagged.err.find(told), std::string::npos) << told << "\n" << flagged.err;
}

TEST(ConfigVerbs, SettingsWithoutEffectAreTold) {
  const TemporaryFolder folder;
  ASSERT_EQ(gate({"registry", "keygen", folder.path("k")}).exit_code, 0);
  const std::string path = folder.write(
      "gate.toml",
      "[registry]\nlocal_copy = \"l\"\nallow_unsigned = true\ntrusted_keys = [\"" +
          folder.path("k.pub") +
          "\"]\n[registry.guard]\ncanaries = [\"京ICP备2023000001号-1A\"]\n[registry.redis]\n"
          "prefix = \"p\"\n[log]\nkeep_request = true\n");
  const Finished done = gate({"config", "check", path});
  EXPECT_EQ(done.exit_code, 0) << done.err;
  for (const char* told :
       {"registry.local_copy is without effect", "registry.allow_unsigned is without effect",
        "[registry.redis] is without effect", "registry.trusted_keys is without effect",
        "registry.guard.canaries is without effect",
        "log.privacy and log.keep_request are without effect"})
    EXPECT_NE(done.err.find(told), std::string::npos) << told << "\n" << done.err;
  const std::string log = folder.write(
      "log.toml", "[log]\nfolder = \"" + folder.path("log") + "\"\ndigest_key = \"k\"\n");
  const Finished plain = gate({"config", "check", log});
  EXPECT_EQ(plain.exit_code, 0) << plain.err;
  EXPECT_NE(plain.err.find("log.digest_key is without effect"), std::string::npos) << plain.err;
  EXPECT_EQ(gate({"config", "check"}).err, "") << "the defaults";
}

// A registry from a file cannot be forced, so the message names what would help instead.
TEST(ConfigVerbs, ARegistryWithoutItsCanariesStartsNowhereAndSaysWhy) {
  const TemporaryFolder folder;
  const std::string snapshot = build_snapshot(folder, "registry.snap", "5");
  const std::string path = folder.write(
      "gate.toml", "[registry]\nfile = \"" + snapshot +
                       "\"\n[registry.guard]\ncanaries = [\"京ICP备2024000001号-1A\"]\n");
  for (const auto& arguments : {std::vector<std::string>{"config", "check", path},
                                {"serve", "--config", path, "--listen", "127.0.0.1:0"}}) {
    const Finished done = gate(arguments);
    EXPECT_EQ(done.exit_code, 69) << arguments[0];
    EXPECT_NE(done.err.find("if that is right, force it by taking it out of "
                            "registry.guard.canaries"),
              std::string::npos)
        << done.err;
  }
}

TEST(ConfigVerbs, CallersMayNameTheProfilesOfTheBuiltInPolicy) {
  const TemporaryFolder folder;
  for (const auto& [profile, exit_code] : {std::pair{"observe", 0}, {"factory", 0}, {"none", 65}}) {
    const std::string path =
        folder.write("gate.toml", "[[callers]]\nname = \"a\"\nprofile = \"" + std::string(profile) +
                                      "\"\nkeys = [{ id = \"0123456789abcdef\", sha256 = \"" +
                                      std::string(64, 'a') + "\" }]\n");
    EXPECT_EQ(gate({"config", "check", path}).exit_code, exit_code) << profile;
  }
}

TEST(ConfigVerbs, PrintedConfigurationIsAConfiguration) {
  const Finished defaults = gate({"config", "print"});
  EXPECT_EQ(defaults.exit_code, 0);
  const TemporaryFolder folder;
  const std::string path = folder.write("gate.toml", defaults.out);
  EXPECT_EQ(gate({"config", "print", path}).out, defaults.out);
  EXPECT_EQ(gate({"config", "check", path}).exit_code, 0);
  EXPECT_EQ(gate({"config", "check"}).exit_code, 0);
}

}  // namespace
}  // namespace beian::test
