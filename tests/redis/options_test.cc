// URLs of Redis: what they mean, what is wrong with them, and that no secret is shown.
#include "cache/redis/options.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

#include "tests/support/process.h"

namespace beian::cache {
namespace {

RedisOptions parsed(const std::string& url) {
  const auto options = parse_redis_url(url);
  EXPECT_TRUE(options) << url << ": " << options.error().message;
  return options ? *options : RedisOptions{};
}

TEST(RedisUrl, NamesOneServer) {
  const RedisOptions plain = parsed("redis://cache.example");
  EXPECT_EQ(plain.topology, RedisTopology::kSingle);
  EXPECT_EQ(plain.endpoints, (std::vector<Endpoint>{{"cache.example", 6379, ""}}));
  EXPECT_FALSE(plain.is_tls);
  EXPECT_EQ(plain.prefix, "beian");
  const RedisOptions full =
      parsed("rediss://gate:p%40ss@[::1]:7000/3?ca_file=%2Fetc%2Fca.pem&connect_ms=250");
  EXPECT_EQ(full.endpoints, (std::vector<Endpoint>{{"::1", 7000, ""}}));
  EXPECT_EQ(full.user, "gate");
  EXPECT_EQ(full.password, "p@ss");
  EXPECT_EQ(full.database, 3U);
  EXPECT_TRUE(full.is_tls);
  EXPECT_EQ(full.tls.ca_file, "/etc/ca.pem");
  EXPECT_EQ(full.connect_deadline, std::chrono::milliseconds{250});
  EXPECT_EQ(parsed("redis://:secret@h").password, "secret");
}

TEST(RedisUrl, NamesAUnixSocket) {
  const RedisOptions options = parsed("redis+unix:///run/redis/redis.sock?prefix=b2&database=1");
  EXPECT_EQ(options.endpoints[0].unix_path, "/run/redis/redis.sock");
  EXPECT_EQ(options.prefix, "b2");
  EXPECT_EQ(options.database, 1U);
  EXPECT_EQ(options.describe(), "redis+unix:///run/redis/redis.sock");
}

TEST(RedisUrl, NamesSentinelsAndClusters) {
  const RedisOptions sentinel =
      parsed("redis+sentinel://a:1,[::2]:2,c/main?read_from_replica=true");
  EXPECT_EQ(sentinel.topology, RedisTopology::kSentinel);
  EXPECT_EQ(sentinel.endpoints,
            (std::vector<Endpoint>{{"a", 1, ""}, {"::2", 2, ""}, {"c", 6379, ""}}));
  EXPECT_EQ(sentinel.master_name, "main");
  EXPECT_TRUE(sentinel.read_from_replica);
  EXPECT_EQ(sentinel.describe(), "redis+sentinel://a:1,[::2]:2,c:6379/main");
  const RedisOptions cluster = parsed("rediss+cluster://u:p@a:1,b:2?server_name=redis.example");
  EXPECT_EQ(cluster.topology, RedisTopology::kCluster);
  EXPECT_TRUE(cluster.is_tls);
  EXPECT_EQ(cluster.describe(), "rediss+cluster://u@a:1,b:2");
}

TEST(RedisUrl, WhatIsWrongIsNamedAndNoPasswordShown) {
  struct Row {
    const char* url;
    const char* want;  // part of the message
  };
  const Row rows[] = {
      {"http://h", "it begins with redis://"},
      {"redis:/h", "it begins with redis://"},
      {"redis://", "a host is missing"},
      {"redis://:6379", "a host is missing"},
      {"redis://u:hunter2@", "a host is missing"},
      {"redis://h:0", "not a port: 0"},
      {"redis://h:65536", "not a port: 65536"},
      {"redis://h:12x", "not a port: 12x"},
      {"redis://u:hunter2@h:x", "not a port: x"},
      {"redis://h:", "not a port"},
      {"redis://[::1", "no ] behind"},
      {"redis://[::1]x", "only :PORT may follow ]"},
      {"redis://h h", "not a host"},
      {"redis://a,b", "several hosts are for"},
      {"redis://h/x", "not a database number: x"},
      {"redis://h/70000", "not a database number"},
      {"redis://u%4:hunter2@h", "percent-encoded"},
      {"redis://u:hunter2/x@h", "percent-encoded"},
      {"redis://u:hunter2?x@h", "percent-encoded"},
      {"redis://u:1/hunter2@h", "percent-encoded"},
      {"redis://u:1?hunter2@h", "percent-encoded"},
      {"redis://h?prefx=a", "unknown key prefx; did you mean prefix?"},
      {"redis://h?prefix=", "prefix is empty"},
      {"redis://h?prefix=a%7Bb", "prefix is 1 to 64"},
      {"redis://h?connect_ms=0", "connect_ms is milliseconds, 1 to 600000"},
      {"redis://h?idle_ms=1h", "idle_ms is milliseconds"},
      {"redis://h?ca_file=/x", "need rediss://"},
      {"rediss://h?cert_file=/x", "cert_file and key_file go together"},
      {"redis://h?read_from_replica=true", "name the replica as HOST"},
      {"redis://h?read_from_replica=yes", "read_from_replica is true or false"},
      {"redis://h?user=u", "has no password"},
      {"redis+unix://run/x.sock", "wants an absolute path"},
      {"redis+sentinel://h:1", "the master's name is missing"},
      {"redis+cluster://h:1/2", "a Cluster has database 0 only"},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.url);
    const auto options = parse_redis_url(row.url);
    ASSERT_FALSE(options);
    EXPECT_EQ(options.error().kind, ErrorKind::kUsage);
    EXPECT_NE(options.error().message.find(row.want), std::string::npos) << options.error().message;
    EXPECT_EQ(options.error().message.find("hunter2"), std::string::npos);
    EXPECT_EQ(options.error().message.find('\n'), std::string::npos);
  }
  const std::string long_url = "redis://" + std::string(limits::kRedisUrlBytesMax, 'a');
  EXPECT_FALSE(parse_redis_url(long_url));
  std::string many = "redis+cluster://a";
  for (std::size_t i = 0; i < limits::kRedisEndpointsMax; ++i) many += ",a";
  EXPECT_FALSE(parse_redis_url(many));
}

TEST(RedisUrl, IsShownWithoutSecrets) {
  EXPECT_EQ(parsed("redis://u:hunter2@h:7/2").describe(), "redis://u@h:7/2");
  EXPECT_EQ(parsed("redis://:hunter2@h").describe(), "redis://h:6379");
}

TEST(RedisPassword, IsTheFirstLineOfItsFile) {
  const beian::test::TemporaryFolder folder;
  RedisOptions options;
  options.password = "from the URL";
  ASSERT_TRUE(load_password(&options));
  EXPECT_EQ(options.password, "from the URL");
  options.password_file = folder.write("password", "s3cret\r\nmore\n");
  ASSERT_TRUE(load_password(&options));
  EXPECT_EQ(options.password, "s3cret");
  options.password_file = folder.write("empty", "\n");
  const auto empty = load_password(&options);
  ASSERT_FALSE(empty);
  EXPECT_EQ(empty.error().kind, ErrorKind::kBadInput);
  options.password_file = folder.path("absent");
  const auto absent = load_password(&options);
  ASSERT_FALSE(absent);
  EXPECT_EQ(absent.error().kind, ErrorKind::kUnavailable);
}

}  // namespace
}  // namespace beian::cache
