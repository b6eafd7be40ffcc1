// Key slots, compared with the values that redis-cli CLUSTER KEYSLOT gives; and what nodes report,
// true or false.
#include "cache/redis/slots.h"

#include <gtest/gtest.h>

#include "cache/base/limits.h"

namespace beian::cache {
namespace {

TEST(Slots, AreThoseOfRedis) {
  struct Row {
    const char* key;
    std::uint16_t slot;
  };
  // The first is the check value of CRC-16/XMODEM, 0x31C3; the others are from Redis 7.0.15.
  const Row rows[] = {{"123456789", 0x31C3 % 16384},
                      {"foo", 12182},
                      {"bar", 5061},
                      {"hello", 866},
                      {"", 0},
                      {"{foo}:bar", 12182},
                      {"a{foo}b{bar}", 12182},
                      {"foo{}", 5542},
                      {"{}foo", 9500},
                      {"foo{{bar}}zap", 4015},
                      {"foo{bar", 15278}};
  for (const Row& row : rows) EXPECT_EQ(slot_of(row.key), row.slot) << row.key;
}

TEST(Slots, CommandsGoWhereTheirKeyIs) {
  EXPECT_EQ(routing_key({"GET", "k"}), "k");
  EXPECT_EQ(routing_key({"XREAD", "BLOCK", "500", "STREAMS", "s", "7-0"}), "s");
  EXPECT_EQ(routing_key({"XREAD", "STREAMS"}), "");
  EXPECT_EQ(routing_key({"MEMORY", "USAGE", "k"}), "k");
  EXPECT_EQ(routing_key({"PING"}), "");
  EXPECT_EQ(routing_key({"CLUSTER", "SLOTS"}), "");
}

const Endpoint kAsked{"10.0.0.1", 7000, ""};

TEST(Slots, RedirectionsAreRead) {
  const auto moved = redirect_of(Reply::error("MOVED 3999 127.0.0.1:6381"), kAsked);
  ASSERT_TRUE(moved);
  EXPECT_FALSE(moved->is_ask);
  EXPECT_EQ(moved->slot, 3999);
  EXPECT_EQ(moved->endpoint, (Endpoint{"127.0.0.1", 6381, ""}));
  const auto ask = redirect_of(Reply::error("ASK 1 ::1:6381"), kAsked);
  ASSERT_TRUE(ask);
  EXPECT_TRUE(ask->is_ask);
  EXPECT_EQ(ask->endpoint, (Endpoint{"::1", 6381, ""}));
  const auto same_host = redirect_of(Reply::error("MOVED 1 :6381"), kAsked);
  ASSERT_TRUE(same_host);
  EXPECT_EQ(same_host->endpoint, (Endpoint{"10.0.0.1", 6381, ""}));
}

TEST(Slots, OddRedirectionsAreNone) {
  for (const char* text :
       {"MOVED", "MOVED ", "MOVED 1", "MOVED 16384 a:1", "MOVED -1 a:1", "MOVED 1 a", "MOVED 1 a:0",
        "MOVED 1 a:65536", "MOVED 1 a b:1", "MOVED 1 ?:1", "ERR MOVED 1 a:1", "ASKED 1 a:1"})
    EXPECT_FALSE(redirect_of(Reply::error(text), kAsked)) << text;
  EXPECT_FALSE(redirect_of(Reply::of("MOVED 1 a:1"), kAsked));
}

Reply node(const char* host, std::int64_t port) {
  return Reply::array({Reply::of(host), Reply::of(port), Reply::of("id")});
}
Reply range(std::int64_t first, std::int64_t last, std::vector<Reply> nodes) {
  nodes.insert(nodes.begin(), {Reply::of(first), Reply::of(last)});
  return Reply::array(std::move(nodes));
}

TEST(SlotMap, IsReadFromANode) {
  const auto map = parse_cluster_slots(
      Reply::array({range(0, 5000, {node("a", 1), node("r", 2)}), range(5001, 16382, {node("", 3)}),
                    range(16383, 16383, {node("a", 1)})}),
      kAsked);
  ASSERT_TRUE(map) << map.error().message;
  EXPECT_EQ(map->shards.size(), 2U);
  EXPECT_EQ(map->shard(5000)->master, (Endpoint{"a", 1, ""}));
  EXPECT_EQ(map->shard(5000)->replicas, (std::vector<Endpoint>{{"r", 2, ""}}));
  EXPECT_EQ(map->shard(5001)->master, (Endpoint{"10.0.0.1", 3, ""}));
  EXPECT_EQ(map->shard(16383)->master, (Endpoint{"a", 1, ""}));
}

TEST(SlotMap, SlotsMoveAndMayBeNobodys) {
  SlotMap map;
  EXPECT_EQ(map.shard(7), nullptr);
  map.move(7, {"a", 1, ""});
  map.move(8, {"a", 1, ""});
  map.move(7, {"b", 1, ""});
  EXPECT_EQ(map.shard(7)->master.host, "b");
  EXPECT_EQ(map.shard(8)->master.host, "a");
  for (std::uint16_t port = 1; port < 3'000; ++port) map.move(9, {"c", port, ""});
  EXPECT_LE(map.shards.size(), limits::kRedisNodesMax) << "a Cluster that lies fills no memory";
}

TEST(SlotMap, OddRepliesAreRefused) {
  const Reply rows[] = {
      Reply::nil(),
      Reply::of("slots"),
      Reply::array({Reply::of(1)}),
      Reply::array({Reply::array({Reply::of(0), Reply::of(1)})}),
      Reply::array({range(-1, 5, {node("a", 1)})}),
      Reply::array({range(6, 5, {node("a", 1)})}),
      Reply::array({range(0, 16384, {node("a", 1)})}),
      Reply::array({range(0, 5, {node("a", 1)}), range(5, 6, {node("b", 1)})}),
  };
  for (const Reply& row : rows) EXPECT_FALSE(parse_cluster_slots(row, kAsked));
  // A node without an address serves nobody; the others still count.
  const auto map =
      parse_cluster_slots(Reply::array({range(0, 5, {node("?", 1)}), range(6, 7, {node("a", 0)}),
                                        range(8, 9, {node("a", 1)})}),
                          kAsked);
  ASSERT_TRUE(map);
  EXPECT_EQ(map->shard(5), nullptr);
  EXPECT_EQ(map->shard(7), nullptr);
  EXPECT_NE(map->shard(9), nullptr);
}

}  // namespace
}  // namespace beian::cache
