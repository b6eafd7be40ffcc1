// Sentinel failover and a Cluster of three masters, with real servers: the client finds its way,
// and what is published is complete afterwards.
#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <charconv>

#include "cache/base/file.h"
#include "cache/redis/fetch.h"
#include "cache/redis/published.h"
#include "cache/redis/publisher.h"
#include "cache/redis/slots.h"
#include "tests/integration/publishing.h"
#include "tests/support/redis_cluster.h"
#include "tests/support/sentinel_process.h"

namespace beian::cache {
namespace {

using beian::test::ask;
using beian::test::RedisServer;
using beian::test::Sentinel;
using beian::test::TemporaryFolder;
using beian::test::wait_until;
using std::chrono::milliseconds;
using test::go_on;
using test::kAnybody;
using test::kNow;
using testing::HasSubstr;

class Topologies : public testing::Test {
 protected:
  void SetUp() override {
    if (!RedisServer::is_installed()) GTEST_SKIP() << RedisServer::kMissing;
  }
  std::string snapshot(std::uint64_t serial, std::size_t services) {
    SealOptions options = test::seal();
    options.serial = serial;
    const std::string path = folder.path("s" + std::to_string(serial));
    const std::string bytes =
        test::build(test::random_registry(static_cast<unsigned>(serial), services), options);
    EXPECT_TRUE(write_file_atomically(path, as_bytes(bytes)));
    return path;
  }
  static Result<PublishReceipt> publish(RedisClient* client, const std::string& path) {
    PublisherOptions options;
    options.trust = kAnybody;
    options.token = "test";
    return Publisher(client, options).publish(path, kNow, &go_on);
  }
  std::string published_bytes(RedisClient* client) {
    const RedisKeys keys("beian");
    const auto published = read_published(client, keys, kAnybody);
    if (!published || !published->head) return "nothing is published";
    const std::string path = folder.path("fetched");
    const auto fetched = fetch_snapshot(client, keys, *published->head, path, &go_on);
    return fetched ? beian::test::read_whole(path) : fetched.error().message;
  }
  TemporaryFolder folder;
};

// --- Sentinel ---

TEST_F(Topologies, TheMasterThatSentinelsNameIsFollowedThroughAFailover) {
  RedisServer master;
  RedisServer replica({"--replicaof", "127.0.0.1", std::to_string(master.port())});
  const Sentinel sentinel(folder, master);
  const auto client = beian::test::client_of(sentinel.url());
  ASSERT_TRUE(client);
  const std::string path = snapshot(1, 5'000);
  const auto receipt = publish(client.get(), path);
  ASSERT_TRUE(receipt) << receipt.error().message;
  // The replica is in sync, and the Sentinel knows it.
  const auto watcher = beian::test::client_of(sentinel.direct_url());
  ASSERT_TRUE(wait_until([&] { return ask(*client, {"WAIT", "1", "100"}).integer == 1; }));
  ASSERT_TRUE(wait_until([&] {
    return ask(*watcher, {"SENTINEL", "REPLICAS", "main"}).elements.size() == 1;
  }));
  master.kill();
  sentinel.expect_loss(milliseconds{500});
  ASSERT_TRUE(wait_until([&] { return !ask(*client, {"GET", "{beian}:head"}).is_error(); }));
  EXPECT_EQ(published_bytes(client.get()), beian::test::read_whole(path));
  const auto next = publish(client.get(), snapshot(2, 1'000));
  ASSERT_TRUE(next) << next.error().message;
  const auto direct = beian::test::client_of(replica.url());
  EXPECT_EQ(ask(*direct, {"ROLE"}).elements.at(0).text, "master");
  EXPECT_EQ(ask(*direct, {"GET", "{beian}:head"}).text, next->id);
}

TEST_F(Topologies, AReplicaAnswersReads) {
  RedisServer master;
  RedisServer replica({"--replicaof", "127.0.0.1", std::to_string(master.port())});
  const Sentinel sentinel(folder, master);
  const auto writer = beian::test::client_of(sentinel.url());
  ASSERT_EQ(ask(*writer, {"SET", "{beian}:k", "v"}).text, "OK");
  ASSERT_TRUE(wait_until([&] { return ask(*writer, {"WAIT", "1", "100"}).integer == 1; }));
  const auto reader = beian::test::client_of(sentinel.url("?read_from_replica=true"));
  ASSERT_TRUE(wait_until([&] {
    const auto fresh = beian::test::client_of(sentinel.url("?read_from_replica=true"));
    return ask(*fresh, {"ROLE"}).elements.at(0).text == "slave" &&
           ask(*fresh, {"GET", "{beian}:k"}).text == "v";
  }));
  EXPECT_THAT(ask(*writer, {"ROLE"}).elements.at(0).text, "master");
}

// Such a replica goes on answering with what it has, and would be believed for ever.
TEST_F(Topologies, AReplicaWithoutItsMasterIsNotBelieved) {
  RedisServer master;
  RedisServer replica({"--replicaof", "127.0.0.1", std::to_string(master.port())});
  const Sentinel sentinel(folder, master);
  const std::string key = "{beian}:head";
  const milliseconds deadline = beian::test::kRedisPatience;
  const auto direct = beian::test::client_of(replica.url());
  ASSERT_TRUE(wait_until([&] { return direct->check_in_step(key, deadline).has_value(); }));
  std::unique_ptr<RedisClient> reader;
  ASSERT_TRUE(wait_until([&] {
    reader = beian::test::client_of(sentinel.url("?read_from_replica=true"));
    return ask(*reader, {"ROLE"}).elements.at(0).text == "slave";
  }));
  EXPECT_TRUE(reader->check_in_step(key, deadline));
  const beian::test::ReservedPort nobody;
  ASSERT_EQ(ask(*direct, {"REPLICAOF", "127.0.0.1", nobody.text()}).text, "OK");
  for (RedisClient* client : {direct.get(), reader.get()}) {
    const auto lost = client->check_in_step(key, deadline);
    ASSERT_FALSE(lost);
    EXPECT_EQ(lost.error().kind, ErrorKind::kUnavailable);
    EXPECT_THAT(lost.error().message, HasSubstr("has no link to its master"));
  }
  EXPECT_TRUE(reader->check_in_step(key, deadline)) << "the master, while the Sentinel thinks";
  EXPECT_EQ(ask(*reader, {"ROLE"}).elements.at(0).text, "master");
}

// Two Sentinels that accept connections but never answer come before one that does. Each may use up
// a third of the deadline.
TEST_F(Topologies, MuteSentinelsDoNotHideTheOneThatAnswers) {
  RedisServer master;
  const Sentinel sentinel(folder, master);
  std::vector<int> mute;
  std::string url = "redis+sentinel://";
  for (int i = 0; i < 2; ++i) {
    mute.push_back(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    ASSERT_EQ(::bind(mute.back(), reinterpret_cast<sockaddr*>(&address), size), 0);
    ASSERT_EQ(::listen(mute.back(), 16), 0);
    ::getsockname(mute.back(), reinterpret_cast<sockaddr*>(&address), &size);
    url += "127.0.0.1:" + std::to_string(ntohs(address.sin_port)) + ",";
  }
  url += sentinel.url("?connect_ms=12000").substr(std::string("redis+sentinel://").size());
  // On a busy machine a third of the first deadline may be too short, but not of the second.
  auto first = beian::test::client_of(url)->call({"PING"}, milliseconds{1'500});
  if (!first) first = beian::test::client_of(url)->call({"PING"}, milliseconds{12'000});
  EXPECT_TRUE(first) << first.error().message;
  for (const int socket : mute) ::close(socket);
}

TEST_F(Topologies, SentinelsThatAreGoneOrKnowNoMasterAreTold) {
  RedisServer master;
  const Sentinel sentinel(folder, master);
  std::string url = sentinel.url();
  url.replace(url.rfind("main"), 4, "other");
  const auto unknown = beian::test::client_of(url);
  EXPECT_THAT(ask(*unknown, {"PING"}).text, HasSubstr("knows no master other"));
  const beian::test::ReservedPort nobody;
  const auto lost = beian::test::client_of("redis+sentinel://127.0.0.1:" + nobody.text() + "/main");
  EXPECT_THAT(ask(*lost, {"PING"}).text, HasSubstr("Connection refused"));
}

// --- Cluster ---

class Cluster : public Topologies, protected beian::test::RedisCluster {
 protected:
  // Starts the servers only once it is known that redis-server is installed.
  void SetUp() override {
    Topologies::SetUp();
    if (IsSkipped()) return;
    start();
    client = beian::test::client_of(url());
  }
  std::unique_ptr<RedisClient> client;
};

TEST_F(Cluster, SlotsOfKeysAreThoseOfTheServer) {
  for (const char* key : {"123456789", "foo", "", "{foo}:bar", "a{foo}b{bar}", "foo{}", "{}foo",
                          "foo{{bar}}zap", "foo{bar", "{beian}:head", "beian:chunk:00", "}{a}"})
    EXPECT_EQ(ask(*direct[0], {"CLUSTER", "KEYSLOT", key}).integer, slot_of(key)) << key;
}

TEST_F(Cluster, ChunksSpreadOverTheNodesAndComeBackWhole) {
  const std::string path = snapshot(1, 60'000);
  const auto receipt = publish(client.get(), path);
  ASSERT_TRUE(receipt) << receipt.error().message;
  ASSERT_GE(receipt->upload.chunks, 8U);
  std::size_t with_chunks = 0;
  for (const auto& node : direct)
    with_chunks += ask(*node, {"KEYS", "beian:chunk:*"}).elements.empty() ? 0U : 1U;
  EXPECT_GE(with_chunks, 2U);
  EXPECT_EQ(published_bytes(client.get()), beian::test::read_whole(path));
}

TEST_F(Cluster, AMovedSlotIsFollowed) {
  const std::string path = snapshot(1, 5'000);
  ASSERT_TRUE(publish(client.get(), path));
  const std::string head = "{beian}:head";
  const std::size_t from = node_of(head);
  const std::size_t to = (from + 1) % kNodes;
  const std::string slot = std::to_string(slot_of(head));
  ask(*direct[to], {"CLUSTER", "SETSLOT", slot, "IMPORTING", id_of(from)});
  ask(*direct[from], {"CLUSTER", "SETSLOT", slot, "MIGRATING", id_of(to)});
  move_keys(head, from, to);
  assign(head, to);
  // The client learned the slots earlier, so now it is told MOVED.
  EXPECT_EQ(published_bytes(client.get()), beian::test::read_whole(path));
  const auto next = publish(client.get(), snapshot(2, 1'000));
  ASSERT_TRUE(next) << next.error().message;
  EXPECT_EQ(ask(*direct[to], {"GET", head}).text, next->id);
}

TEST_F(Cluster, WhileASlotIsMovedKeysAreFoundOnEitherSide) {
  const std::string here = "{slot}:here";
  const std::string there = "{slot}:there";
  const std::size_t from = node_of(here);
  const std::size_t to = (from + 1) % kNodes;
  ASSERT_EQ(ask(*client, {"SET", here, "1"}).text, "OK");
  ASSERT_EQ(ask(*client, {"SET", there, "2"}).text, "OK");
  const std::string slot = std::to_string(slot_of(here));
  ASSERT_EQ(ask(*direct[to], {"CLUSTER", "SETSLOT", slot, "IMPORTING", id_of(from)}).text, "OK");
  ASSERT_EQ(ask(*direct[from], {"CLUSTER", "SETSLOT", slot, "MIGRATING", id_of(to)}).text, "OK");
  ASSERT_EQ(ask(*direct[from],
                {"MIGRATE", "127.0.0.1", std::to_string(nodes[to]->port()), there, "0", "5000"})
                .text,
            "OK");
  EXPECT_EQ(ask(*client, {"GET", here}).text, "1");
  EXPECT_EQ(ask(*client, {"GET", there}).text, "2") << "by way of ASK";
  const auto both = client->pipeline({{"GET", here}, {"GET", there}, {"GET", "{slot}:new"}},
                                     beian::test::kRedisPatience);
  ASSERT_TRUE(both) << both.error().message;
  EXPECT_EQ(both->at(0).text, "1");
  EXPECT_EQ(both->at(1).text, "2");
  EXPECT_TRUE(both->at(2).is_nil());
  ASSERT_EQ(ask(*client, {"SET", "{slot}:new", "3"}).text, "OK");
  EXPECT_EQ(ask(*client, {"GET", "{slot}:new"}).text, "3");
}

TEST_F(Cluster, ALostNodeIsToldAndTheOthersAnswer) {
  const std::string lost = "{slot}:x";
  const std::size_t gone = node_of(lost);
  std::string other = "k0";
  for (int i = 1; node_of(other) == gone; ++i) other = "k" + std::to_string(i);
  ASSERT_EQ(ask(*client, {"SET", lost, "1"}).text, "OK");
  ASSERT_EQ(ask(*client, {"SET", other, "2"}).text, "OK");
  nodes[gone]->kill();
  const auto failed = client->call({"GET", lost}, beian::test::kRedisPatience);
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().kind, ErrorKind::kUnavailable);
  EXPECT_EQ(ask(*client, {"GET", other}).text, "2");
}

}  // namespace
}  // namespace beian::cache
