// gate.toml as values: every key, its bounds, and errors that name line and key. Also exit codes.
#include "gate/cli/config.h"

#include <gtest/gtest.h>

#include "gate/cli/exit_code.h"

namespace beian::cli {
namespace {

TEST(Config, ReadsEveryKey) {
  const auto config = parse_config(
      "listen = \"127.0.0.1:9000\"\nthreads = 3\ndrain_seconds = 5\n"
      "connections_per_address = 2000\n"
      "[registry]\nfile = \"r.snap\"\nstale_after_seconds = 60\nexpired_after_seconds = 120\n"
      "trusted_keys = [\"a.pub\", \"b.pub\"]\n[policy]\nfile = \"p\"\n[guidance]\nfile = \"g\"\n",
      "gate.toml");
  ASSERT_TRUE(config.has_value()) << config.error().message;
  EXPECT_EQ(config->listen, "127.0.0.1:9000");
  EXPECT_EQ(config->threads, 3U);
  EXPECT_EQ(config->connections_per_address, 2000U);
  EXPECT_EQ(config->drain, std::chrono::seconds(5));
  EXPECT_EQ(config->registry.path, "r.snap");
  EXPECT_EQ(config->registry.thresholds.stale_after, std::chrono::seconds(60));
  EXPECT_EQ(config->registry.thresholds.expired_after, std::chrono::seconds(120));
  EXPECT_EQ(config->registry.trusted_key_files, (std::vector<std::string>{"a.pub", "b.pub"}));
  EXPECT_EQ(config->policy_file, "p");
  EXPECT_EQ(config->guidance_file, "g");
}

TEST(Config, ReadsHowToFollow) {
  const auto config = parse_config(
      "[registry]\nurl = \"rediss+sentinel://h:7000/m\"\nlocal_copy = \"dir\"\nallow_unsigned = "
      "true\n"
      "[registry.guard]\nshrink_max_percent = 7\ncanaries = [\"京ICP备2023000001号-1A\"]\n"
      "[registry.redis]\nprefix = \"p\"\nuser = \"u\"\npassword_file = \"pw\"\nca_file = \"ca\"\n"
      "cert_file = \"c\"\nkey_file = \"k\"\nserver_name = \"s\"\nconnect_ms = 1\ncommand_ms = 2\n"
      "idle_ms = 3\nread_from_replica = true\n",
      "gate.toml");
  ASSERT_TRUE(config.has_value()) << config.error().message;
  const RegistrySource& registry = config->registry;
  EXPECT_TRUE(registry.is_followed());
  EXPECT_EQ(registry.local_copy, "dir");
  EXPECT_TRUE(registry.allow_unsigned);
  EXPECT_EQ(registry.shrink_max_percent, 7);
  ASSERT_EQ(registry.canaries.size(), 1U);
  const auto redis = redis_options(registry);
  ASSERT_TRUE(redis.has_value()) << redis.error().message;
  EXPECT_EQ(redis->prefix, "p");
  EXPECT_EQ(redis->user, "u");
  EXPECT_EQ(redis->password_file, "pw");
  EXPECT_EQ(redis->tls.ca_file, "ca");
  EXPECT_EQ(redis->tls.cert_file, "c");
  EXPECT_EQ(redis->tls.key_file, "k");
  EXPECT_EQ(redis->tls.server_name, "s");
  EXPECT_EQ(redis->connect_deadline, std::chrono::milliseconds(1));
  EXPECT_EQ(redis->command_deadline, std::chrono::milliseconds(2));
  EXPECT_EQ(redis->idle_deadline, std::chrono::milliseconds(3));
  EXPECT_TRUE(redis->read_from_replica);
  const auto again = parse_config(print_config(*config), "printed");
  ASSERT_TRUE(again.has_value()) << again.error().message;
  EXPECT_EQ(print_config(*again), print_config(*config));
}

TEST(Config, UrlCountsMoreThanTheSettingsBesideIt) {
  const auto config = parse_config(
      "[registry]\nurl = \"redis://me:pw@h?prefix=mine\"\n[registry.redis]\nprefix = \"p\"\n"
      "user = \"u\"\npassword_file = \"f\"\n",
      "gate.toml");
  ASSERT_TRUE(config.has_value()) << config.error().message;
  const auto redis = redis_options(config->registry);
  ASSERT_TRUE(redis.has_value()) << redis.error().message;
  EXPECT_EQ(redis->prefix, "mine");
  EXPECT_EQ(redis->user, "me");
  EXPECT_EQ(redis->password_file, "");
  RegistrySource source;
  source.url = "redis://h";
  source.redis.user = "u";
  EXPECT_FALSE(redis_options(source).has_value()) << "a user without a password";
}

// What the URL says wins, even where it only repeats the default.
TEST(Config, UrlCountsMoreThanTheSettingsBesideItWhereItSaysTheDefault) {
  RegistrySource source;
  source.url =
      "redis+sentinel://h/m?prefix=beian&connect_ms=2000&command_ms=5000&idle_ms=60000"
      "&read_from_replica=false";
  source.redis.prefix = "other";
  source.redis.connect_deadline = std::chrono::milliseconds(1);
  source.redis.command_deadline = std::chrono::milliseconds(2);
  source.redis.idle_deadline = std::chrono::milliseconds(3);
  source.redis.read_from_replica = true;
  const auto redis = redis_options(source);
  ASSERT_TRUE(redis.has_value()) << redis.error().message;
  const cache::RedisOptions defaults;
  EXPECT_EQ(redis->prefix, defaults.prefix);
  EXPECT_EQ(redis->connect_deadline, defaults.connect_deadline);
  EXPECT_EQ(redis->command_deadline, defaults.command_deadline);
  EXPECT_EQ(redis->idle_deadline, defaults.idle_deadline);
  EXPECT_FALSE(redis->read_from_replica);
}

TEST(Config, PasswordIsNeverPrinted) {
  Config config;
  config.registry.url = "redis://me:secret@h";
  const std::string printed = print_config(config);
  EXPECT_EQ(printed.find("secret"), std::string::npos) << printed;
  EXPECT_NE(printed.find("redis://me:***@h"), std::string::npos) << printed;
}

TEST(Config, AUrlIsPrintedWholeButForItsPassword) {
  const std::pair<std::string_view, std::string_view> rows[] = {
      {"redis://u:pw@h:6999/3?prefix=mine&command_ms=77",
       "redis://u:***@h:6999/3?prefix=mine&command_ms=77"},
      {"redis://:p%40w@h", "redis://:***@h"},
      {"redis://u:p@w:x@h:1", "redis://u:***@h:1"},
      {"rediss+sentinel://u:pw@a:1,b:2/m", "rediss+sentinel://u:***@a:1,b:2/m"},
      {"redis://h:6379?user=u&password_file=f:@", "redis://h:6379?user=u&password_file=f:@"},
      {"redis+unix:///a:b@c", "redis+unix:///a:b@c"},
      {"redis://u@[::1]:6379", "redis://u@[::1]:6379"},
  };
  for (const auto& [url, shown] : rows) {
    Config config;
    config.registry.url = url;
    EXPECT_NE(print_config(config).find("url = \"" + std::string(shown) + "\""), std::string::npos)
        << print_config(config);
  }
}

TEST(Config, RegistryFromRedisNeedsKeysOrAWord) {
  RegistrySource source;
  source.url = "redis://h";
  const auto without = follower_options(source);
  ASSERT_FALSE(without.has_value());
  EXPECT_EQ(without.error().kind, ErrorKind::kUsage);
  EXPECT_NE(without.error().message.find("allow_unsigned"), std::string::npos);
  source.allow_unsigned = true;
  EXPECT_TRUE(follower_options(source).has_value());
}

TEST(Config, AFlagMayNameARedisOfThisMachineWithoutAKey) {
  const struct {
    std::string url;
    bool is_by_flag;
    bool is_allowed;
  } rows[] = {
      {"redis://127.0.0.1:6379", true, true},
      {"redis://localhost", true, true},
      {"rediss://[::1]", true, true},
      {"redis+unix:///run/redis.sock", true, true},
      {"redis+cluster://127.0.0.1:7000,127.0.0.1:7001", true, false},
      {"redis+sentinel://127.0.0.1:26379/main", true, false},
      {"redis://192.0.2.7", true, false},
      {"redis://127.0.0.1.example.cn", true, false},
      {"redis://127.0.0.1:6379", false, false},
  };
  for (const auto& row : rows) {
    RegistrySource source;
    source.url = row.url;
    source.is_by_flag = row.is_by_flag;
    trust_own_redis(&source);
    EXPECT_EQ(source.allow_unsigned, row.is_allowed) << row.url;
    const auto options = follower_options(source);
    EXPECT_EQ(options.has_value(), row.is_allowed) << row.url;
    const std::string told = options ? "" : options.error().message;
    const std::string advice = row.is_by_flag ? "--key" : "trusted_keys";
    EXPECT_EQ(told.find(advice) != std::string::npos, !row.is_allowed) << told;
  }
}

TEST(Config, WhoNamesAKeyIsHeldToIt) {
  RegistrySource source;
  source.url = "redis://127.0.0.1";
  source.is_by_flag = true;
  source.trusted_key_files = {"registry.key.pub"};
  trust_own_redis(&source);
  EXPECT_FALSE(source.allow_unsigned);
}

TEST(Config, EmptyTextIsTheDefaults) {
  const auto config = parse_config("", "gate.toml");
  ASSERT_TRUE(config.has_value());
  EXPECT_EQ(print_config(*config), print_config(Config{}));
}

TEST(Config, PrintedTextReadsBackWhateverItHolds) {
  Config config;
  config.registry.path = "a \"quoted\\ path\"";
  config.registry.trusted_key_files = {"x", "京"};
  const std::string printed = print_config(config);
  const auto again = parse_config(printed, "printed");
  ASSERT_TRUE(again.has_value()) << again.error().message;
  EXPECT_EQ(print_config(*again), printed);
}

struct Row {
  std::string_view text;
  std::string_view line;
  std::string_view part;
  std::string_view why;
};

constexpr Row kWrong[] = {
    {"lissten = \"x\"", "gate.toml:1", "listen", "misspelt"},
    {"\n[regstry]", "gate.toml:2", "registry", "a misspelt table"},
    {"[registry]\nfle = \"x\"", "gate.toml:2", "file", "misspelt inside"},
    {"listen = 8080", "gate.toml:1", "listen", "a number for a text"},
    {"listen = \"nowhere\"", "gate.toml:1", "listen", "no address"},
    {"listen = \"127.0.0.1:70000\"", "gate.toml:1", "listen", "no port"},
    {"threads = -1", "gate.toml:1", "threads", "below"},
    {"threads = 1000000", "gate.toml:1", "threads", "above"},
    {"threads = \"2\"", "gate.toml:1", "threads", "a text for a number"},
    {"threads = 1.5", "gate.toml:1", "threads", "a fraction"},
    {"connections_per_address = 0", "gate.toml:1", "connections_per_address", "below"},
    {"drain_seconds = 601", "gate.toml:1", "drain_seconds", "above"},
    {"registry = \"r.snap\"", "gate.toml:1", "registry", "a text for a table"},
    {"[registry]\nstale_after_seconds = 0", "gate.toml:2", "stale_after_seconds", "below"},
    {"[registry]\nstale_after_seconds = 9\nexpired_after_seconds = 8",
     "gate.toml:", "expired_after_seconds", "expired before stale"},
    {"[registry]\ntrusted_keys = \"a\"", "gate.toml:2", "trusted_keys", "no array"},
    {"[registry]\ntrusted_keys = [1]", "gate.toml:2", "trusted_keys", "no path"},
    {"[registry]\nurl = \"http://h\"", "gate.toml:2", "registry.url", "no Redis"},
    {"[registry]\nurl = \"redis://h\"\nfile = \"f\"", "gate.toml:2", "registry.url", "both"},
    {"[registry]\nallow_unsigned = 1", "gate.toml:2", "allow_unsigned", "a number for a choice"},
    {"[registry.guard]\nshrink_max_percent = 101", "gate.toml:2", "shrink_max_percent", "above"},
    {"[registry.guard]\ncanaries = [\"x\"]", "gate.toml:2", "canaries", "no filing number"},
    {"[registry.guard]\ncanaries = [\"京ICP备2023000001号\"]", "gate.toml:2",
     "canaries: the serial is missing, such as -1A: 京ICP备2023000001号", "no serial"},
    {"[log]\ndurability = \"before_answer\"", "gate.toml:2", "log.durability: needs log.folder",
     "no answer would have an entry"},
    {"[log]\nsign_key = \"k\"", "gate.toml:2", "log.sign_key: needs log.folder",
     "nothing would be signed"},
    {"[registry.redis]\nprefix = \"a b\"", "gate.toml:2", "prefix", "a blank"},
    {"[registry.redis]\nprefix = \"a&connect_ms=5\"", "gate.toml:2", "prefix", "more than it"},
    {"[registry]\nurl = \"redis://h\"\n[registry.redis]\nca_file = \"c\"", "gate.toml:3",
     "ca_file, cert_file, key_file and server_name need rediss://", "in clear"},
    {"[registry]\nurl = \"redis://h\"\n[registry.redis]\nserver_name = \"c\"", "gate.toml:3",
     "need rediss://", "in clear"},
    {"[registry]\nurl = \"redis://h\"\n[registry.redis]\nread_from_replica = true", "gate.toml:3",
     "read_from_replica is for Sentinel and Cluster", "there is none"},
    {"[registry]\nurl = \"rediss://h\"\n[registry.redis]\ncert_file = \"c\"", "gate.toml:3",
     "cert_file and key_file go together", "half a certificate"},
    {"[registry]\nurl = \"redis://h\"\n[registry.redis]\nuser = \"u\"", "gate.toml:3",
     "user u has no password; give password_file", "half a name"},
    {"[registry.redis]\nconnect_ms = 0", "gate.toml:2", "connect_ms", "below"},
    {"[registry.redis]\npasswordfile = \"x\"", "gate.toml:2", "password_file", "misspelt"},
    {"listen = ", "gate.toml:1", "", "no TOML"},
    {"threads = 1\nthreads = 2", "gate.toml:2", "", "twice"},
    {"listen = \"\xFF\"", "gate.toml:1", "", "not UTF-8"},
};

TEST(Config, ErrorsNameLineAndKey) {
  for (const Row& row : kWrong) {
    const auto config = parse_config(row.text, "gate.toml");
    ASSERT_FALSE(config.has_value()) << row.why;
    EXPECT_EQ(config.error().kind, ErrorKind::kBadInput) << row.why;
    EXPECT_NE(config.error().message.find(row.line), std::string::npos)
        << row.why << ": " << config.error().message;
    EXPECT_NE(config.error().message.find(row.part), std::string::npos)
        << row.why << ": " << config.error().message;
  }
}

TEST(ExitCode, FollowsTheContract) {
  EXPECT_EQ(exit_code_of(Effect::kAllow), 0);
  EXPECT_EQ(exit_code_of(Effect::kDeny), 1);
  EXPECT_EQ(exit_code_of(Effect::kReview), 2);
  EXPECT_EQ(exit_code_of(Effect::kUnknown), 3);
  EXPECT_EQ(exit_code_of(ErrorKind::kUsage), 64);
  EXPECT_EQ(exit_code_of(ErrorKind::kBadInput), 65);
  EXPECT_EQ(exit_code_of(ErrorKind::kDamaged), 65);
  EXPECT_EQ(exit_code_of(ErrorKind::kUntrusted), 65);
  EXPECT_EQ(exit_code_of(ErrorKind::kUnavailable), 69);
  EXPECT_EQ(exit_code_of(ErrorKind::kInternal), 70);
}

}  // namespace
}  // namespace beian::cli
