// A Redis Cluster of three real masters, each with a third of the slots. Tests only.
#pragma once

#include <gtest/gtest.h>

#include "cache/redis/slots.h"
#include "tests/support/redis_process.h"

namespace beian::test {

struct RedisCluster {
  static constexpr std::size_t kNodes = 3;

  // Returns once every node knows about all slots.
  void start() {
    for (std::size_t i = 0; i < kNodes; ++i) {
      bus_ports.push_back(std::make_unique<ReservedPort>());
      nodes.push_back(std::make_unique<RedisServer>(std::vector<std::string>{
          "--cluster-enabled", "yes", "--cluster-port", bus_ports[i]->text(),
          "--cluster-node-timeout", "2000", "--cluster-require-full-coverage", "no"}));
      direct.push_back(client_of(nodes[i]->url()));
    }
    for (std::size_t i = 0; i < kNodes; ++i) {
      const std::size_t first = cache::kSlotCount * i / kNodes;
      const std::size_t last = cache::kSlotCount * (i + 1) / kNodes - 1;
      ASSERT_EQ(
          ask(*direct[i], {"CLUSTER", "ADDSLOTSRANGE", std::to_string(first), std::to_string(last)})
              .text,
          "OK");
      if (i > 0) {
        ASSERT_EQ(ask(*direct[0], {"CLUSTER", "MEET", "127.0.0.1", std::to_string(nodes[i]->port()),
                                   bus_ports[i]->text()})
                      .text,
                  "OK");
      }
    }
    ASSERT_TRUE(wait_until([&] { return is_whole(); }));
  }

  bool is_whole() {
    for (const auto& node : direct)
      if (ask(*node, {"CLUSTER", "SLOTS"}).elements.size() != kNodes ||
          ask(*node, {"CLUSTER", "INFO"}).text.find("cluster_state:ok") == std::string::npos)
        return false;
    return true;
  }
  std::string url() const { return "redis+cluster://" + nodes[0]->address(); }
  std::size_t node_of(std::string_view key) const {
    return cache::slot_of(key) * kNodes / cache::kSlotCount;
  }
  std::string id_of(std::size_t node) { return ask(*direct[node], {"CLUSTER", "MYID"}).text; }
  // Tells every node that `node` serves the slot of `key`.
  void assign(std::string_view key, std::size_t node) {
    const std::string slot = std::to_string(cache::slot_of(key));
    for (const std::size_t first : {node, std::size_t{0}, std::size_t{1}, std::size_t{2}})
      ask(*direct[first], {"CLUSTER", "SETSLOT", slot, "NODE", id_of(node)});
  }
  // Begins to move the slot of `key`.
  void open_slot(std::string_view key, std::size_t from, std::size_t to) {
    const std::string slot = std::to_string(cache::slot_of(key));
    ask(*direct[to], {"CLUSTER", "SETSLOT", slot, "IMPORTING", id_of(from)});
    ask(*direct[from], {"CLUSTER", "SETSLOT", slot, "MIGRATING", id_of(to)});
  }
  void move_keys(std::string_view key, std::size_t from, std::size_t to) {
    const std::string slot = std::to_string(cache::slot_of(key));
    for (const cache::Reply& found :
         ask(*direct[from], {"CLUSTER", "GETKEYSINSLOT", slot, "1000"}).elements)
      EXPECT_EQ(ask(*direct[from], {"MIGRATE", "127.0.0.1", std::to_string(nodes[to]->port()),
                                    found.text, "0", "5000"})
                    .text,
                "OK");
  }

  std::vector<std::unique_ptr<ReservedPort>> bus_ports;
  std::vector<std::unique_ptr<RedisServer>> nodes;
  std::vector<std::unique_ptr<cache::RedisClient>> direct;
};

}  // namespace beian::test
