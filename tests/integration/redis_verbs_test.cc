// `beian-gate registry publish, delta, compact, rollback, status` against a real redis-server: what
// they print, how they exit, and what is left when one is killed.
#include <gmock/gmock.h>

#include "tests/integration/gate_process.h"
#include "tests/support/paths.h"
#include "tests/support/redis_process.h"

namespace beian::test {
namespace {

using testing::HasSubstr;
using testing::Not;

class PublishVerbs : public testing::Test {
 protected:
  void SetUp() override {
    if (!RedisServer::is_installed()) GTEST_SKIP() << RedisServer::kMissing;
    redis = std::make_unique<RedisServer>();
  }
  std::string build(const std::string& from, const std::string& serial) {
    const std::string path = folder.path(serial + ".snap");
    const Finished built = gate({"registry", "build", from, "-o", path, "--serial", serial});
    EXPECT_EQ(built.exit_code, 0) << built.err;
    return path;
  }
  Finished verb(std::vector<std::string> words) {
    words.insert(words.begin(), "registry");
    words.insert(words.end(), {"--to", redis->url()});
    return gate(words);
  }
  std::string status() { return verb({"status", "--json"}).out; }

  TemporaryFolder folder;
  std::string feed = folder.write("feed.ndjson", kFeed);
  std::string cancel = folder.write(
      "cancel.ndjson",
      R"({"record":"service","id":2,"subject_id":1,"number":"京ICP备2023000001号-1A","names":["乙"],)"
      R"("status":"cancelled"})"
      "\n");
  std::unique_ptr<RedisServer> redis;
};

TEST_F(PublishVerbs, PublishDeltaCompactRollbackAndStatus) {
  const Finished nothing = verb({"status"});
  EXPECT_EQ(nothing.exit_code, 65);
  EXPECT_THAT(nothing.out, HasSubstr("nothing is published; begin with `registry publish`"));
  const Finished nowhere = verb({"rollback"});
  EXPECT_EQ(nowhere.exit_code, 69) << "as for delta and compact";
  EXPECT_THAT(nowhere.err, HasSubstr("begin with `registry publish`"));
  const Finished published = verb({"publish", build(feed, "7")});
  EXPECT_EQ(published.exit_code, 0) << published.err;
  EXPECT_EQ(published.out, "") << "talk goes to standard error";
  EXPECT_THAT(published.err, HasSubstr("published at redis://" + redis->address() +
                                       ": serial 7, epoch 1, 1 chunks (1 sent, "));
  const Finished changed = verb({"delta", cancel});
  EXPECT_EQ(changed.exit_code, 0) << changed.err;
  EXPECT_THAT(changed.err, HasSubstr("serial 8, epoch 1, 1 batches of feed "));
  const Finished again = verb({"delta", cancel, "--copy", folder.path("copy")});
  EXPECT_EQ(again.exit_code, 0) << again.err;
  EXPECT_THAT(again.err, HasSubstr("0 batches of feed "));
  EXPECT_THAT(again.err, HasSubstr("1 known already"));
  const Finished compacted = verb({"compact", "--copy", folder.path("copy")});
  EXPECT_EQ(compacted.exit_code, 0) << compacted.err;
  EXPECT_THAT(compacted.err, HasSubstr("serial 8, epoch 1"));
  const Finished rolled = verb({"rollback"});
  EXPECT_EQ(rolled.exit_code, 0) << rolled.err;
  EXPECT_THAT(rolled.err, HasSubstr("serial 7, epoch 2"));
  EXPECT_THAT(status(), HasSubstr(R"("rollback_of":8)"));
  const Finished shown = verb({"status"});
  EXPECT_EQ(shown.exit_code, 0);
  EXPECT_THAT(shown.out, HasSubstr("serial 7, epoch 2"));
  EXPECT_THAT(shown.out, HasSubstr("takes back serial 8"));
}

TEST_F(PublishVerbs, TimesThatAreProbablyASlipAreTold) {
  ASSERT_EQ(verb({"publish", build(feed, "7")}).exit_code, 0);
  const Finished late =
      verb({"delta", cancel, "--feed-id", "late", "--as-of", "2026-01-02T03:00:00Z"});
  EXPECT_EQ(late.exit_code, 0);
  EXPECT_THAT(late.err,
              HasSubstr("the feed is as of 2026-01-02T03:00:00Z, the registry stays as of 20"));
  EXPECT_THAT(late.err, Not(HasSubstr("still to come")));
  const Finished early =
      verb({"delta", cancel, "--feed-id", "early", "--as-of", "2999-01-02T03:00:00Z"});
  EXPECT_THAT(early.err, HasSubstr("--as-of 2999-01-02T03:00:00Z is still to come"));
  const Finished behind = verb({"delta", cancel, "--feed-id", "behind"});
  EXPECT_THAT(behind.err, HasSubstr("the registry stays as of 2999-01-02T03:00:00Z"));
  EXPECT_THAT(behind.err, HasSubstr("publish a whole snapshot to set it right"));
}

TEST_F(PublishVerbs, ARegistryThatIsNotWholeIsTold) {
  const std::string told = "it is not the whole registry";
  const std::string path = folder.path("part.snap");
  ASSERT_EQ(
      gate({"registry", "build", feed, "-o", path, "--serial", "6", "--incomplete"}).exit_code, 0);
  EXPECT_THAT(verb({"publish", path}).err, HasSubstr(told));
  EXPECT_EQ(verb({"delta", cancel}).exit_code, 0);
  EXPECT_THAT(verb({"compact"}).err, HasSubstr(told)) << "changes do not make it whole";
  EXPECT_THAT(verb({"publish", build(feed, "9999999999")}).err, Not(HasSubstr(told)));
}

TEST_F(PublishVerbs, RefusalsHaveTheirExitCodes) {
  const std::string snapshot = build(feed, "7");
  EXPECT_EQ(gate({"registry", "publish", snapshot, "--to", "http://x"}).exit_code, 64);
  EXPECT_EQ(gate({"registry", "publish", snapshot}).exit_code, 64) << "--to is required";
  const ReservedPort nobody;
  const Finished alone =
      gate({"registry", "publish", snapshot, "--to", "redis://127.0.0.1:" + nobody.text()});
  EXPECT_EQ(alone.exit_code, 69);
  EXPECT_THAT(alone.err, HasSubstr("Connection refused"));
  EXPECT_EQ(verb({"publish", folder.path("absent")}).exit_code, 69);
  EXPECT_EQ(verb({"delta", cancel}).exit_code, 69) << "nothing is published";
  ASSERT_EQ(verb({"publish", snapshot}).exit_code, 0);
  const Finished older = verb({"publish", build(feed, "6")});
  EXPECT_EQ(older.exit_code, 69);
  EXPECT_THAT(older.err, HasSubstr("serial 6 does not come after serial 7"));
  const Finished bad = verb({"delta", folder.write("bad.ndjson", "nonsense\n")});
  EXPECT_EQ(bad.exit_code, 65);
  EXPECT_THAT(bad.err, HasSubstr("bad.ndjson:1:"));
  EXPECT_EQ(verb({"delta", cancel, "--as-of", "yesterday"}).exit_code, 64);
  EXPECT_EQ(verb({"publish", snapshot, "--keep", "0"}).exit_code, 64);
}

// Redis refuses a user, not a signature: the ways out of the latter lead nowhere, and one of them
// takes batches back.
TEST_F(PublishVerbs, AUserWithoutRightsIsToldOfThemAlone) {
  const std::string snapshot = build(feed, "7");
  ASSERT_EQ(verb({"publish", snapshot}).exit_code, 0);
  ASSERT_EQ(verb({"delta", cancel}).exit_code, 0);
  const auto client = client_of(redis->url());
  ask(*client, {"ACL", "SETUSER", "default", "-xrange"});
  for (const Finished& refused : {verb({"compact"}), verb({"delta", cancel})}) {
    EXPECT_EQ(refused.exit_code, 65);
    EXPECT_THAT(refused.err, HasSubstr("refused XRANGE: NOPERM"));
    EXPECT_THAT(refused.err, Not(HasSubstr("registry rollback")));
  }
  ask(*client, {"ACL", "SETUSER", "default", "-set"});
  const Finished refused = verb({"publish", snapshot});
  EXPECT_EQ(refused.exit_code, 65);
  EXPECT_THAT(refused.err, HasSubstr("refused SET: NOPERM"));
  EXPECT_THAT(refused.err, Not(HasSubstr("--sign")));
}

TEST_F(PublishVerbs, SignaturesAreMadeAndAskedFor) {
  const std::string key = folder.path("key.pem");
  ASSERT_EQ(gate({"registry", "keygen", key}).exit_code, 0);
  const Finished refused = verb({"publish", build(feed, "7"), "--sign", key});
  EXPECT_EQ(refused.exit_code, 65) << "the file itself is unsigned";
  EXPECT_THAT(refused.err, HasSubstr("build it with --sign, or name by --key who has signed it"));
  const std::string path = folder.path("signed.snap");
  ASSERT_EQ(gate({"registry", "build", feed, "-o", path, "--serial", "7", "--sign", key}).exit_code,
            0);
  ASSERT_EQ(verb({"publish", path, "--sign", key}).exit_code, 0);
  EXPECT_EQ(verb({"status", "--key", key + ".pub"}).exit_code, 0);
  const std::string other = folder.path("other.pem");
  ASSERT_EQ(gate({"registry", "keygen", other}).exit_code, 0);
  const Finished stranger = verb({"status", "--key", other + ".pub"});
  EXPECT_EQ(stranger.exit_code, 65);
  EXPECT_THAT(stranger.out, HasSubstr("not trusted"));
  EXPECT_EQ(verb({"delta", cancel, "--sign", other}).exit_code, 65);
  EXPECT_EQ(verb({"delta", cancel, "--sign", other, "--key", key + ".pub"}).exit_code, 0);
}

// Gates that require signatures would stop at an unsigned batch, and a signed one on top of it
// would not get them past it.
TEST_F(PublishVerbs, NothingUnsignedComesOverOrOnTopOfWhatIsSigned) {
  const std::string key = folder.path("key.pem");
  ASSERT_EQ(gate({"registry", "keygen", key}).exit_code, 0);
  const auto signed_snapshot = [&](const std::string& serial) {
    const std::string path = folder.path("signed" + serial + ".snap");
    EXPECT_EQ(
        gate({"registry", "build", feed, "-o", path, "--serial", serial, "--sign", key}).exit_code,
        0);
    return path;
  };
  ASSERT_EQ(verb({"publish", signed_snapshot("7"), "--sign", key}).exit_code, 0);
  ASSERT_EQ(verb({"publish", signed_snapshot("8"), "--sign", key}).exit_code, 0);
  const auto refused = [&](const std::vector<std::string>& words) {
    const Finished done = verb(words);
    EXPECT_EQ(done.exit_code, 64) << words[0];
    EXPECT_THAT(done.err, HasSubstr("give --sign KEY")) << words[0];
  };
  refused({"delta", cancel});
  refused({"publish", build(feed, "9")});
  refused({"publish", signed_snapshot("10")});
  refused({"rollback"});
  EXPECT_THAT(status(), HasSubstr(R"("tip":{"epoch":1,"serial":8)"));
  ASSERT_EQ(verb({"delta", cancel, "--sign", key}).exit_code, 0);
  refused({"compact"});
  ASSERT_EQ(verb({"rollback", "--serial", "8", "--sign", key}).exit_code, 0);
  EXPECT_EQ(verb({"publish", build(feed, "11"), "--force"}).exit_code, 0) << "somebody means it";
  EXPECT_EQ(verb({"delta", cancel}).exit_code, 0);
}

TEST_F(PublishVerbs, ABatchThatNobodyTrustedSignedIsToldWithTheWayOut) {
  const std::string key = folder.path("key.pem");
  ASSERT_EQ(gate({"registry", "keygen", key}).exit_code, 0);
  const std::string path = folder.path("signed.snap");
  const std::string unsigned_path = folder.path("unsigned.snap");
  // As of the same second: else the batch below is of another history, which `status` tells.
  const auto build_same = [&](std::vector<std::string> more) {
    more.insert(more.begin(), {"registry", "build", feed, "--serial", "7", "--as-of",
                               "2026-01-02T03:00:00Z", "-o"});
    return gate(more).exit_code;
  };
  ASSERT_EQ(build_same({path, "--sign", key}), 0);
  ASSERT_EQ(build_same({unsigned_path}), 0);
  // A batch from a program that knows nothing of signatures: the one that an unsigned registry with
  // the same content gets.
  ASSERT_EQ(verb({"publish", unsigned_path}).exit_code, 0);
  ASSERT_EQ(verb({"delta", cancel}).exit_code, 0);
  const auto client = client_of(redis->url());
  const auto entries = ask(*client, {"XRANGE", "{beian}:deltas", "-", "+"});
  ASSERT_EQ(entries.elements.size(), 1U);
  const std::string tip = ask(*client, {"GET", "{beian}:tip"}).text;
  ask(*client, {"FLUSHALL"});
  ASSERT_EQ(verb({"publish", path, "--sign", key}).exit_code, 0);
  EXPECT_EQ(verb({"status", "--key", key + ".pub"}).exit_code, 0);
  ask(*client,
      {"XADD", "{beian}:deltas", "8-0", "batch", entries.elements[0].elements[1].elements[1].text});
  ask(*client, {"SET", "{beian}:tip", tip});

  const Finished seen = verb({"status", "--key", key + ".pub"});
  EXPECT_EQ(seen.exit_code, 65);
  EXPECT_THAT(seen.out, HasSubstr("! {beian}:deltas 8-0: delta batch 8 not trusted: it carries no "
                                  "signature"));
  EXPECT_THAT(verb({"status", "--key", key + ".pub", "--json"}).out,
              HasSubstr(R"("problem":"{beian}:deltas 8-0: )"));
  EXPECT_EQ(verb({"status"}).exit_code, 0) << "nobody asks for signatures";
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"delta", cancel, "--sign", key}, {"compact", "--sign", key}}) {
    const Finished stuck = verb(words);
    EXPECT_EQ(stuck.exit_code, 65) << words[0];
    EXPECT_THAT(stuck.err, HasSubstr("`registry rollback --serial 7` takes back")) << words[0];
  }
  EXPECT_EQ(verb({"rollback", "--serial", "7", "--sign", key}).exit_code, 0);
  EXPECT_EQ(verb({"delta", cancel, "--sign", key}).exit_code, 0);
}

// Goal: a killed publisher leaves intact what was published, and the next one sends only the rest.
// Method: once the first chunks are there, Redis lets no more writes through, so the publisher is
// certain to be in the midst of its work when it is killed.
TEST_F(PublishVerbs, AKilledPublisherChangedNothingAndTheNextSendsTheRest) {
  ASSERT_EQ(verb({"publish", build(feed, "7")}).exit_code, 0);
  const std::string big = folder.path("big.ndjson");
  ASSERT_EQ(run({build_path("fixtures/beian-synth"), "feed", "--services", "200000", "-o", big})
                .exit_code,
            0);
  const std::string snapshot = build(big, "8");
  const auto client = client_of(redis->url());
  {
    Process publisher({kGate, "registry", "publish", snapshot, "--to", redis->url()});
    ASSERT_TRUE(wait_until([&] {
      return ask(*client, {"KEYS", "beian:chunk:*"}).elements.size() > 2;
    }));
    ask(*client, {"CLIENT", "PAUSE", "60000", "WRITE"});
    EXPECT_THAT(status(), HasSubstr(R"("is_head":true,"epoch":1,"serial":7)"));
  }  // kill -9
  ask(*client, {"CLIENT", "UNPAUSE"});
  EXPECT_THAT(status(), HasSubstr(R"("tip":{"epoch":1,"serial":7)"));
  const auto there = ask(*client, {"KEYS", "beian:chunk:*"}).elements.size();
  const Finished resumed = verb({"publish", snapshot});
  EXPECT_EQ(resumed.exit_code, 0) << resumed.err;
  const std::size_t at = resumed.err.find(" chunks (");
  ASSERT_NE(at, std::string::npos) << resumed.err;
  EXPECT_THAT(resumed.err, HasSubstr("serial 8, epoch 1"));
  const auto number_before = [&](std::size_t end) {
    return std::stoul(resumed.err.substr(resumed.err.rfind(' ', end - 1) + 1));
  };
  const std::size_t chunks = number_before(at);
  const std::size_t sent = std::stoul(resumed.err.substr(at + 9));
  EXPECT_LT(sent, chunks);
  EXPECT_GE(sent + there, chunks) << "what was there is not sent again, and nothing is missing";
  EXPECT_THAT(status(), HasSubstr(R"("chunks_missing":0)"));
}

TEST_F(PublishVerbs, AnInterruptLeavesRedisAsItWas) {
  const std::string big = folder.path("big.ndjson");
  ASSERT_EQ(run({build_path("fixtures/beian-synth"), "feed", "--services", "200000", "-o", big})
                .exit_code,
            0);
  const std::string snapshot = build(big, "8");
  const auto client = client_of(redis->url());
  for (const int signal : {SIGINT, SIGTERM}) {
    SCOPED_TRACE(signal);
    ask(*client, {"FLUSHALL"});
    Process publisher({kGate, "registry", "publish", snapshot, "--to", redis->url()});
    ASSERT_TRUE(wait_until([&] { return !ask(*client, {"GET", "{beian}:lock"}).is_nil(); }));
    publisher.signal(signal);
    EXPECT_EQ(publisher.wait(), 69) << publisher.err();
    EXPECT_THAT(publisher.err(), HasSubstr("interrupted"));
    EXPECT_TRUE(ask(*client, {"GET", "{beian}:head"}).is_nil());
    EXPECT_TRUE(ask(*client, {"GET", "{beian}:lock"}).is_nil()) << "the lease is given back";
  }
}

}  // namespace
}  // namespace beian::test
