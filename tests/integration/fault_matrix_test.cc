// Every known fault of Redis, one after another, under load. What the gate reports matches the
// table in cache/redis/FOLLOWING.md, no answer is ever wrong, and the gate recovers by itself.
//
// Goal: 0 wrong answers out of a million. Method: two clients check, in batches, filings that are
// always there and numbers that never are, while each row injects its fault, waits for what must be
// reported, heals the fault, and waits until the gate follows again.
#include <cstdio>

#include "cache/feed/feed.h"
#include "cache/redis/keys.h"
#include "cache/redis/manifest.h"
#include "cache/redis/tip.h"
#include "cache/snapshot/delta.h"
#include "tests/integration/batch_loop.h"
#include "tests/integration/fleet.h"
#include "tests/support/fault_proxy.h"

namespace beian::test {
namespace {

using cache::RedisKeys;
using Mode = FaultProxy::Mode;

class Matrix {
 public:
  Matrix() : proxy_(fleet_.redis().port()) {
    fleet_.lead_gates_to(proxy_.url());
    publish();
    gate_ = std::make_unique<GateProcess>(fleet_.follower("copy"));
    EXPECT_TRUE(follows(*gate_, serial_)) << gate_->get("/v1/registry").body;
    for (auto& loop : loops_) loop = std::make_unique<BatchLoop>(gate_->port());
  }

  // Injects the fault, waits for state `waiting` with `error`, heals it, and waits until the gate
  // follows.
  template <class Inject, class Heal>
  void row(const std::string& name, const std::string& error, Inject inject, Heal heal) {
    SCOPED_TRACE(name);
    inject();
    EXPECT_TRUE(waits(*gate_, error)) << gate_->get("/v1/registry").body;
    const std::string told = follower_field(*gate_, "last_error");
    finish(name, "waiting: " + told, heal);
  }
  // A fault that a gate which already follows does not notice.
  template <class Inject, class Heal>
  void unnoticed(const std::string& name, Inject inject, Heal heal) {
    SCOPED_TRACE(name);
    inject();
    EXPECT_TRUE(follows(*gate_, serial_)) << gate_->get("/v1/registry").body;
    finish(name, "following", heal);
  }
  // A fault that a gate meets before it has any registry: it answers unknown, never deny.
  template <class Inject>
  void cold(const std::string& name, const std::string& error, Inject inject) {
    SCOPED_TRACE(name);
    inject();
    const GateProcess fresh(fleet_.follower());
    EXPECT_TRUE(waits(fresh, error)) << fresh.get("/v1/registry").body;
    EXPECT_EQ(decision_of(fresh, 1), "unknown");
    EXPECT_EQ(decision_of(fresh, BatchLoop::kUnfiledFrom), "unknown");
    EXPECT_EQ(fresh.get("/readyz").status, 503U);
    const std::string told = follower_field(fresh, "last_error");
    finish(name + " (cold)", "waiting: " + told, [&] { publish(); });
    EXPECT_TRUE(follows(fresh, serial_)) << fresh.get("/v1/registry").body;
    EXPECT_EQ(decision_of(fresh, 1), "allow");
  }

  // A batch that is in the stream although nobody published it.
  void bad_batch(const std::string& name, const std::string& error, const std::string& bytes) {
    const std::string id = cache::stream_id(serial_ + 1);
    row(
        name, error,
        [&] {
          fleet_.command({"XADD", keys_.deltas(), id, std::string(cache::kBatchField), bytes});
        },
        [&] {
          fleet_.command({"XDEL", keys_.deltas(), id});
          fleet_.command({"XSETID", keys_.deltas(), cache::stream_id(serial_)});
          delta();
        });
  }

  void publish() { fleet_.publish(kFilings, ++serial_); }
  void skip_serial() { ++serial_; }
  void delta() {
    is_cancelled_ = !is_cancelled_;
    fleet_.delta(service_line(kChanging, is_cancelled_ ? "cancelled" : "filed"));
    ++serial_;
  }
  std::string get(const std::string& key) { return fleet_.command({"GET", key}).text; }
  void set(const std::string& key, const std::string& value) {
    fleet_.command({"SET", key, value});
  }
  void remove(const std::string& key) { fleet_.command({"DEL", key}); }
  cache::Tip tip() { return *cache::decode_tip(get(keys_.tip())); }
  std::string head() { return get(keys_.head()); }
  cache::Manifest manifest() {
    return *cache::decode_manifest(as_bytes(get(keys_.manifest(head()))), {{}, true});
  }
  cache::SigningKey key() { return *cache::SigningKey::load(fleet_.key()); }

  // A batch that would come next, not yet signed.
  cache::DeltaBatch next_batch() {
    cache::DeltaBatch batch;
    batch.serial = serial_ + 1;
    batch.as_of = manifest().as_of + std::chrono::seconds(1);
    batch.previous = tip().chain;
    batch.feed_id = "matrix";
    EXPECT_TRUE(cache::read_feed_text(
        service_line(kChanging, "cancelled"), "feed", {},
        [&](cache::FeedRecord&& record) { batch.records.push_back(std::move(record)); },
        [](const cache::FeedProblem&) {}));
    return batch;
  }

  Fleet& fleet() { return fleet_; }
  FaultProxy& proxy() { return proxy_; }
  GateProcess& gate() { return *gate_; }
  const RedisKeys& keys() const { return keys_; }
  std::uint64_t serial() const { return serial_; }

  void expect_no_wrong_answer(long least) {
    long right = 0;
    for (auto& loop : loops_) {
      while (right + loop->right() < least / 2 && loop->wrong() == 0)
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
      loop->stop();
      right += loop->right();
      EXPECT_EQ(loop->wrong(), 0) << loop->first_wrong();
    }
    EXPECT_GE(right, least);
    std::printf("%ld checks, every one right\n", right);
  }

 private:
  template <class Heal>
  void finish(const std::string& name, const std::string& told, Heal heal) {
    for (auto& loop : loops_) EXPECT_EQ(loop->wrong(), 0) << loop->first_wrong();
    EXPECT_EQ(gate_->get("/readyz").status, 200U);
    heal();
    EXPECT_TRUE(follows(*gate_, serial_)) << gate_->get("/v1/registry").body;
    std::printf("%-36s %s\n", name.c_str(), told.c_str());
    std::fflush(stdout);
  }

  Fleet fleet_;
  FaultProxy proxy_;
  RedisKeys keys_{"beian"};
  std::uint64_t serial_ = 0;
  bool is_cancelled_ = false;
  std::unique_ptr<GateProcess> gate_;
  std::unique_ptr<BatchLoop> loops_[2];
};

void lose_keys(Matrix& m) {
  m.row(
      "FLUSHALL", "holds no registry", [&] { m.fleet().command({"FLUSHALL"}); },
      [&] { m.publish(); });
  std::string saved;
  for (const std::string& key : {m.keys().head(), m.keys().tip()})
    m.row(
        "DEL " + key, "publish it again",
        [&] {
          saved = m.get(key);
          m.remove(key);
        },
        [&] { m.set(key, saved); });
  for (const std::string& key :
       {m.keys().history(), m.keys().feeds(), m.keys().lock(), m.keys().deltas()})
    m.unnoticed(
        "DEL " + key, [&] { m.remove(key); }, [&] { m.publish(); });
  m.unnoticed(
      "DEL manifest", [&] { m.remove(m.keys().manifest(m.head())); }, [&] { m.publish(); });
  m.cold("DEL manifest", "lost the manifest", [&] { m.remove(m.keys().manifest(m.head())); });
  m.cold("DEL chunk", "is gone from Redis",
         [&] { m.remove(m.keys().chunk(m.manifest().chunks[0])); });
  m.cold("damaged chunk", "chunk 1 of 1",
         [&] { m.set(m.keys().chunk(m.manifest().chunks[0]), "no chunk"); });
  m.row(
      "stream lost what was missed", "lost the batch",
      [&] {
        m.proxy().set(Mode::kCut);
        m.delta();
        m.delta();
        m.remove(m.keys().deltas());
        m.proxy().set(Mode::kPass);
      },
      [&] { m.publish(); });
  m.row(
      "eviction by maxmemory", "publish it again",
      [&] {
        m.fleet().command({"CONFIG", "SET", "maxmemory-policy", "allkeys-random"});
        m.fleet().command({"CONFIG", "SET", "maxmemory", "1"});
        m.fleet().command({"PING"});
      },
      [&] {
        m.fleet().command({"CONFIG", "SET", "maxmemory", "0"});
        m.publish();
      });
}

void restart(Matrix& m) {
  m.row(
      "restart empty", "holds no registry",
      [&] {
        m.fleet().redis().kill();
        m.fleet().redis().start();
      },
      [&] { m.publish(); });
  m.row(
      "restart with an older dump", "went back",
      [&] {
        m.fleet().command({"SAVE"});
        m.delta();
        EXPECT_TRUE(follows(m.gate(), m.serial()));
        m.fleet().redis().kill();
        m.fleet().redis().start();
      },
      [&] {
        // Another history grows past ours, as after a failover that lost writes.
        m.fleet().delta(service_line(kChanging, "revoked"));
        EXPECT_TRUE(waits(m.gate(), "fork"));
        m.delta();
      });
  const std::string snapshot = m.fleet().build(kFilings, m.serial() + 1);
  m.unnoticed(
      "publisher killed at any moment",
      [&] {
        for (int i = 0; i < 8; ++i) {
          const Process publisher({kGate, "registry", "publish", snapshot, "--to",
                                   m.fleet().redis().url(), "--sign", m.fleet().key()});
          std::this_thread::sleep_for(std::chrono::milliseconds(3 * i));
        }
        // All or nothing: one of the publishers may have finished.
        EXPECT_TRUE(wait_until([&] { return follower_field(m.gate(), "state") == "following"; }));
        if (m.gate().serial() != std::to_string(m.serial())) m.publish();
      },
      [&] { m.publish(); });
  m.row(
      "half-written generation", "is gone from Redis",
      [&] {
        cache::Manifest half = m.manifest();
        half.serial = m.serial() + 1;
        half.chunks[0].fill(7);
        const cache::SigningKey key = m.key();
        const std::string bytes = cache::encode(half, &key);
        const std::string id = to_hex(cache::manifest_id(as_bytes(bytes)));
        m.set(m.keys().manifest(id), bytes);
        m.set(m.keys().head(), id);
        m.set(m.keys().tip(), cache::encode_tip({half.epoch, half.serial, half.chain}));
      },
      [&] {
        m.skip_serial();
        m.publish();
      });
}

void bad_batches(Matrix& m) {
  m.delta();
  const std::string replay = m.fleet()
                                 .command({"XREVRANGE", m.keys().deltas(), "+", "-", "COUNT", "1"})
                                 .elements.at(0)
                                 .elements.at(1)
                                 .elements.at(1)
                                 .text;
  EXPECT_TRUE(follows(m.gate(), m.serial()));
  const cache::SigningKey key = m.key();
  const cache::SigningKey stranger = cache::SigningKey::generate();
  const std::string good = cache::encode(m.next_batch(), &key);
  m.bad_batch("truncated batch", "is refused", good.substr(0, good.size() - 10));
  m.bad_batch("replayed batch", "out of order", replay);
  m.bad_batch("forged batch", "is refused", cache::encode(m.next_batch(), &stranger));
  m.bad_batch("unsigned batch", "is refused", cache::encode(m.next_batch(), nullptr));
  m.bad_batch("empty batch", "is refused", "");
  cache::DeltaBatch batch = m.next_batch();
  batch.serial += 1;
  m.bad_batch("reordered batch", "out of order", cache::encode(batch, &key));
  batch = m.next_batch();
  batch.previous.fill(1);
  m.bad_batch("batch of another history", "fork", cache::encode(batch, &key));
}

void connection(Matrix& m) {
  const auto pass = [&] {
    m.proxy().set(Mode::kPass);
    m.delta();
  };
  const auto misbehave = [&](Mode mode) { return [&m, mode] { m.proxy().set(mode); }; };
  m.row("connection refused", "", misbehave(Mode::kCut), pass);
  m.row("connection stalls", "", misbehave(Mode::kStall), pass);
  m.row("garbage replies", "", misbehave(Mode::kGarbage), pass);
  m.row("hostile lengths", "", misbehave(Mode::kHostileLength), pass);
  m.row("one byte a second", "", misbehave(Mode::kDribble), pass);
  m.row(
      "SIGSTOP of Redis", "", [&] { m.fleet().redis().signal(SIGSTOP); },
      [&] {
        m.fleet().redis().signal(SIGCONT);
        m.delta();
      });
  m.row(
      "wrong password", "NOAUTH",
      [&] {
        m.fleet().command({"CONFIG", "SET", "requirepass", "secret"});
        const auto client = client_of("redis://:secret@" + m.fleet().redis().address());
        ask(*client, {"CLIENT", "KILL", "TYPE", "normal"});
      },
      [&] {
        const auto client = client_of("redis://:secret@" + m.fleet().redis().address());
        ask(*client, {"CONFIG", "SET", "requirepass", ""});
        m.delta();
      });
}

TEST(FaultMatrix, NoFaultOfRedisMakesAnAnswerWrong) {
  if (!RedisServer::is_installed()) GTEST_SKIP() << RedisServer::kMissing;
  Matrix matrix;
  lose_keys(matrix);
  restart(matrix);
  bad_batches(matrix);
  connection(matrix);
  matrix.expect_no_wrong_answer(1'000'000);
}

}  // namespace
}  // namespace beian::test
