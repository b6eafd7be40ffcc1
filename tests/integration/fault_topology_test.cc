// Faults that need more than one server, certificates or a small disk, under load as in
// fault_matrix_test: a failover that lost writes, a Cluster that moves slots and loses a node, an
// expired certificate, and a full disk. No answer is ever wrong.
#include <sys/mount.h>

#include <filesystem>

#include "cache/redis/keys.h"
#include "tests/integration/batch_loop.h"
#include "tests/integration/delta_stream.h"
#include "tests/support/certificates.h"
#include "tests/support/redis_cluster.h"
#include "tests/support/sentinel_process.h"

namespace beian::test {
namespace {

class FaultTopology : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!RedisServer::is_installed()) GTEST_SKIP() << RedisServer::kMissing;
  }
  static void expect_right(BatchLoop* loop) {
    loop->stop();
    EXPECT_EQ(loop->wrong(), 0) << loop->first_wrong();
    EXPECT_GT(loop->right(), 1'000);
  }
};

TEST_F(FaultTopology, FailoverThatLostWritesIsHeldOffThenFollowed) {
  Fleet fleet;
  RedisServer replica({"--replicaof", "127.0.0.1", std::to_string(fleet.redis().port())});
  const Sentinel sentinel(fleet.folder(), fleet.redis());
  fleet.lead_gates_to(sentinel.url());
  fleet.publish(kFilings, 1);
  const std::string tip = cache::RedisKeys("beian").tip();
  ASSERT_TRUE(wait_until([&] {
    return ask(*client_of(replica.url()), {"GET", tip}) == fleet.command({"GET", tip});
  }));
  const auto watcher = client_of(sentinel.direct_url());
  ASSERT_TRUE(wait_until([&] {
    return ask(*watcher, {"SENTINEL", "REPLICAS", "main"}).elements.size() == 1;
  }));
  const GateProcess gate(fleet.follower("copy"));
  ASSERT_TRUE(follows(gate, 1)) << gate.get("/v1/registry").body;
  BatchLoop loop(gate.port());

  // The replica is cut off from the master, which takes one more batch and dies.
  DeltaStream stream(fleet);
  ask(*client_of(replica.url()), {"REPLICAOF", "127.0.0.1", "1"});
  ASSERT_EQ(stream.publish(service_line(kChanging, "cancelled")), 2U);
  ASSERT_TRUE(wait_until([&] { return gate.serial() == "2"; }));
  fleet.redis().kill();
  sentinel.expect_loss(std::chrono::seconds{2});
  EXPECT_TRUE(waits(gate, "went back to serial 1")) << gate.get("/v1/registry").body;
  EXPECT_EQ(decision_of(gate, kChanging), "deny");
  fleet.publish_to(sentinel.url());
  fleet.delta(service_line(kChanging, "revoked"));
  EXPECT_TRUE(waits(gate, "fork")) << gate.get("/v1/registry").body;
  fleet.delta(service_line(kChanging, "filed"));
  EXPECT_TRUE(follows(gate, 3)) << gate.get("/v1/registry").body;
  EXPECT_EQ(decision_of(gate, kChanging), "allow");
  expect_right(&loop);
}

TEST_F(FaultTopology, ClusterThatMovesItsSlotsAndLosesANode) {
  RedisCluster cluster;
  cluster.start();
  Fleet fleet;
  fleet.lead_gates_to(cluster.url());
  fleet.publish_to(cluster.url());
  fleet.publish(kFilings, 1);
  const GateProcess gate(fleet.follower("copy"));
  ASSERT_TRUE(follows(gate, 1)) << gate.get("/v1/registry").body;
  BatchLoop loop(gate.port());

  const std::string head = cache::RedisKeys("beian").head();
  const std::size_t from = cluster.node_of(head);
  const std::size_t to = (from + 1) % RedisCluster::kNodes;
  cluster.open_slot(head, from, to);
  cluster.move_keys(head, from, to);
  cluster.assign(head, to);
  fleet.delta(service_line(kChanging, "cancelled"));
  EXPECT_TRUE(follows(gate, 2)) << gate.get("/v1/registry").body;

  ask(*cluster.direct[to], {"SAVE"});
  cluster.nodes[to]->kill();
  EXPECT_TRUE(waits(gate, "")) << gate.get("/v1/registry").body;
  EXPECT_EQ(decision_of(gate, kChanging), "deny");
  cluster.nodes[to]->start();
  EXPECT_TRUE(follows(gate, 2)) << gate.get("/v1/registry").body;
  expect_right(&loop);
}

TEST_F(FaultTopology, CertificateThatHasRunOutIsRefusedUntilItIsRenewed) {
  Fleet fleet;
  const TemporaryFolder& folder = fleet.folder();
  const Certificate authority("authority");
  authority.save(folder.path("ca.pem"), folder.path("ca.key"));
  const auto certify = [&](long hours) {
    Certificate("server", authority, "IP:127.0.0.1", hours)
        .save(folder.path("server.pem"), folder.path("server.key"));
  };
  certify(24);
  RedisServer redis({"--port", "0", "--tls-port", "PORT", "--tls-cert-file",
                     folder.path("server.pem"), "--tls-key-file", folder.path("server.key"),
                     "--tls-ca-cert-file", folder.path("ca.pem"), "--tls-auth-clients", "no"});
  const std::string url = "rediss://" + redis.address() + "?ca_file=" + folder.path("ca.pem");
  fleet.lead_gates_to(url);
  fleet.publish_to(url);
  fleet.publish(kFilings, 1);
  const GateProcess gate(fleet.follower("copy"));
  ASSERT_TRUE(follows(gate, 1)) << gate.get("/v1/registry").body;
  BatchLoop loop(gate.port());
  certify(-1);
  redis.kill();
  redis.start();
  EXPECT_TRUE(waits(gate, "certificate")) << gate.get("/v1/registry").body;
  EXPECT_EQ(gate.get("/readyz").status, 200U);
  certify(24);
  redis.kill();
  redis.start();
  fleet.publish(kFilings, 2);
  EXPECT_TRUE(follows(gate, 2)) << gate.get("/v1/registry").body;
  expect_right(&loop);
}

TEST_F(FaultTopology, FullDiskStopsNoDeltaAndIsTold) {
  Fleet fleet;
  const std::string disk = fleet.folder().path("copy");
  std::filesystem::create_directory(disk);
  if (::mount("none", disk.c_str(), "tmpfs", 0, "size=2m") != 0)
    GTEST_SKIP() << "a small disk cannot be mounted here";
  {
    fleet.publish(kFilings, 1);
    const GateProcess gate(fleet.follower("copy"));
    EXPECT_TRUE(follows(gate, 1)) << gate.get("/v1/registry").body;
    BatchLoop loop(gate.port());
    const std::string filler = disk + "/filler";
    {
      std::ofstream out(filler, std::ios::binary);
      const std::string block(4096, 'x');
      while (out.write(block.data(), static_cast<std::streamsize>(block.size())).flush()) {
      }
    }
    // The tail of the batch file still has room for a few.
    std::uint64_t serial = 1;
    DeltaStream stream(fleet);
    EXPECT_TRUE(wait_until([&] {
      serial = stream.publish(service_line(kChanging, serial % 2 == 1 ? "cancelled" : "filed"));
      return follows(gate, serial) && follower_field(gate, "local_copy_error") != "null";
    })) << gate.get("/v1/registry").body;
    EXPECT_EQ(decision_of(gate, kChanging), serial % 2 == 0 ? "deny" : "allow");
    fleet.publish(kFilings, ++serial);
    EXPECT_TRUE(waits(gate, "cannot keep")) << gate.get("/v1/registry").body;
    std::filesystem::remove(filler);
    EXPECT_TRUE(follows(gate, serial)) << gate.get("/v1/registry").body;
    EXPECT_EQ(follower_field(gate, "local_copy_error"), "null");
    expect_right(&loop);
  }
  EXPECT_EQ(::umount(disk.c_str()), 0);
}

}  // namespace
}  // namespace beian::test
