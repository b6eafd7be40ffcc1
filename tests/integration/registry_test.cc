// `beian-gate registry …`: snapshots are built, signed, read and refused; a failed build leaves the
// file as it was.
#include <filesystem>

#include "tests/integration/gate_process.h"

namespace beian::test {
namespace {

class RegistryVerbs : public testing::Test {
 protected:
  Finished build(const std::string& from, std::vector<std::string> more = {}) {
    std::vector<std::string> arguments = {"registry", "build", from, "-o", snapshot};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return gate(arguments);
  }
  TemporaryFolder folder;
  std::string feed = folder.write("feed.ndjson", kFeed);
  std::string snapshot = folder.path("registry.snap");
};

TEST_F(RegistryVerbs, ATimeThatIsStillToComeIsWarnedOf) {
  const Finished late = build(feed, {"--as-of", "2226-01-02T03:00:00Z"});
  EXPECT_EQ(late.exit_code, 0);
  EXPECT_NE(late.err.find("still to come"), std::string::npos) << late.err;
  EXPECT_EQ(build(feed).err.find("still to come"), std::string::npos);
}

TEST_F(RegistryVerbs, WhenTheNextOneIsDueIsShownAndWarnedOf) {
  EXPECT_EQ(build(feed, {"--next-update", "2226-01-02T03:00:00Z"}).err.find("has passed"),
            std::string::npos);
  const Finished fresh = gate({"registry", "show", snapshot});
  EXPECT_NE(fresh.out.find(R"("state":"fresh")"), std::string::npos) << fresh.out;
  const std::size_t due = fresh.out.find(R"("next_update":"2226-01-02T03:00:00Z")");
  EXPECT_NE(due, std::string::npos) << fresh.out;
  EXPECT_EQ(fresh.out.find("next_update", due + 2), std::string::npos) << "twice in one object";
  const Finished late = build(feed, {"--next-update", "2020-01-02T03:00:00Z"});
  EXPECT_EQ(late.exit_code, 0);
  EXPECT_NE(late.err.find("--next-update 2020-01-02T03:00:00Z has passed"), std::string::npos);
  const Finished stale = gate({"registry", "show", snapshot});
  EXPECT_NE(stale.out.find(R"("next_update":"2020-01-02T03:00:00Z")"), std::string::npos)
      << stale.out;
  EXPECT_NE(stale.out.find(R"("state":"stale")"), std::string::npos) << stale.out;
  build(feed);
  EXPECT_NE(gate({"registry", "show", snapshot}).out.find(R"("next_update":null)"),
            std::string::npos);
}

TEST_F(RegistryVerbs, BuildVerifyShowAndGet) {
  const Finished built = build(feed, {"--serial", "7", "--as-of", "2026-01-02T03:00:00Z"});
  EXPECT_EQ(built.exit_code, 0) << built.err;
  EXPECT_EQ(built.out, "") << "talk goes to standard error";
  EXPECT_NE(built.err.find("serial 7, 1 subjects, 1 services"), std::string::npos) << built.err;
  const Finished verified = gate({"registry", "verify", snapshot});
  EXPECT_EQ(verified.exit_code, 0);
  EXPECT_NE(verified.out.find("whole, serial 7, signature unsigned"), std::string::npos);
  const Finished shown = gate({"registry", "show", snapshot});
  EXPECT_EQ(shown.exit_code, 0);
  EXPECT_NE(shown.out.find(R"("as_of":"2026-01-02T03:00:00Z")"), std::string::npos) << shown.out;
  EXPECT_NE(shown.out.find(R"("services":1)"), std::string::npos);
  const Finished got = gate({"registry", "get", snapshot, "京icp备2023000001号－1a"});
  EXPECT_EQ(got.exit_code, 0);
  EXPECT_NE(got.out.find(R"("names":["乙"])"), std::string::npos) << got.out;
  EXPECT_NE(gate({"registry", "get", snapshot, "京ICP备2023000001号"}).out.find("services"),
            std::string::npos);
  EXPECT_EQ(gate({"registry", "get", snapshot, "京ICP备2023000001号-2A"}).exit_code, 1);
  const Finished other_kind = gate({"registry", "get", snapshot, "京ICP备2023000001号-1"});
  EXPECT_EQ(other_kind.exit_code, 1);
  EXPECT_NE(other_kind.err.find("filed as 京ICP备2023000001号-1A"), std::string::npos)
      << other_kind.err;
  EXPECT_EQ(gate({"registry", "get", snapshot, "x"}).exit_code, 65);
}

TEST_F(RegistryVerbs, BuildCountsWhatShowCounts) {
  const std::string services = folder.write(
      "services.ndjson", kFeed.substr(kFeed.find('\n') + 1));  // whose numbers name the subject
  const Finished built = build(services, {"--serial", "7"});
  EXPECT_EQ(built.exit_code, 0) << built.err;
  EXPECT_NE(built.err.find("serial 7, 1 subjects, 1 services"), std::string::npos) << built.err;
  const Finished shown = gate({"registry", "show", snapshot});
  EXPECT_NE(shown.out.find(R"("subjects":1,"services":1)"), std::string::npos) << shown.out;
}

TEST_F(RegistryVerbs, SameFeedGivesTheSameBytes) {
  const std::vector<std::string> fixed = {"--serial", "7", "--as-of", "2026-01-02T03:00:00Z"};
  build(feed, fixed);
  const std::string first = read_whole(snapshot);
  build(feed, fixed);
  EXPECT_EQ(read_whole(snapshot), first);
}

TEST_F(RegistryVerbs, FeedComesFromStandardInputToo) {
  const Finished built = gate({"registry", "build", "-", "-o", snapshot}, kFeed);
  EXPECT_EQ(built.exit_code, 0) << built.err;
  EXPECT_EQ(gate({"registry", "verify", snapshot}).exit_code, 0);
}

TEST_F(RegistryVerbs, TestIdentitiesAreAddedWhenAskedFor) {
  build(feed, {"--with-test-identities"});
  EXPECT_EQ(gate({"registry", "get", snapshot, "京ICP备2099000000号-1A"}).exit_code, 0);
  build(feed);
  EXPECT_EQ(gate({"registry", "get", snapshot, "京ICP备2099000000号-1A"}).exit_code, 1);
}

// --- bad lines ---

TEST_F(RegistryVerbs, BadLineIsToldByPlaceAndLeavesTheOldFile) {
  ASSERT_EQ(build(feed, {"--serial", "1"}).exit_code, 0);
  const std::string before = read_whole(snapshot);
  const std::string bad =
      folder.write("bad.ndjson", std::string(kFeed) + "{\"record\":\"service\",}\n");
  const Finished built = build(bad, {"--serial", "2"});
  EXPECT_EQ(built.exit_code, 65);
  EXPECT_NE(built.err.find(bad + ":3:21: "), std::string::npos) << built.err;
  EXPECT_EQ(read_whole(snapshot), before);
  for (const auto& entry : std::filesystem::directory_iterator(folder.path("")))
    EXPECT_NE(entry.path().extension(), ".tmp") << "nothing half-written stays: " << entry.path();
}

TEST_F(RegistryVerbs, SkipBadAllowsThatManyLinesOverAllFeeds) {
  const std::string one = folder.write("one.ndjson", "nonsense\n" + std::string(kFeed));
  const std::string other = folder.write("other.ndjson", "nonsense\n");
  const Finished allowed = build(one, {other, "--skip-bad", "2"});
  EXPECT_EQ(allowed.exit_code, 0) << allowed.err;
  EXPECT_NE(allowed.err.find("2 bad lines skipped"), std::string::npos) << allowed.err;
  EXPECT_NE(allowed.err.find("skipped " + one + ":1:"), std::string::npos) << allowed.err;
  std::filesystem::remove(snapshot);
  EXPECT_EQ(build(one, {other, "--skip-bad", "1"}).exit_code, 65);
  EXPECT_FALSE(std::filesystem::exists(snapshot));
}

// The worst answer is a confident "not filed" about an app whose record was skipped. Whoever allows
// bad rows is warned, and told how to get `unknown` instead.
TEST_F(RegistryVerbs, WhatMayHaveBeenLeftOutIsToldOrUnknown) {
  const auto code_of = [&](const std::string& number) {
    return gate({"check", "--registry", snapshot, "--operation", "distribute", "--number", number})
        .exit_code;
  };
  const std::string whole = folder.write("whole.ndjson", kFeed);
  const std::string bad =
      folder.write("bad.ndjson", std::string(kFeed) +
                                     R"({"record":"service","id":3,"subject_id":1,"status":"fled",)"
                                     R"("number":"京ICP备2023000001号-2A"})"
                                     "\n");
  const std::string replies = source_path("fixtures/corpus/feed/reply.json");
  struct {
    std::string feed;
    std::vector<std::string> more;
    int want;
    bool is_told;
  } const rows[] = {
      {whole, {}, 1, false},
      {whole, {"--skip-bad", "5"}, 1, false},
      {bad, {"--skip-bad", "5"}, 1, true},
      {bad, {"--skip-bad", "5", "--incomplete"}, 3, false},
      {replies, {"--dialect", "miit"}, 1, true},
      {replies, {"--dialect", "miit", "--incomplete"}, 3, false},
  };
  for (const auto& row : rows) {
    const Finished built = build(row.feed, row.more);
    ASSERT_EQ(built.exit_code, 0) << built.err;
    EXPECT_EQ(code_of("京ICP备2023000001号-2222A"), row.want) << built.err;
    EXPECT_EQ(built.err.find("denied as not filed") != std::string::npos, row.is_told) << built.err;
  }
}

TEST_F(RegistryVerbs, AFeedOfNothingIsNoWholeRegistry) {
  const std::string empty = folder.write("empty.ndjson", "");
  const Finished refused = build(empty);
  EXPECT_EQ(refused.exit_code, 65);
  EXPECT_NE(refused.err.find(empty + ": no service at all"), std::string::npos) << refused.err;
  EXPECT_FALSE(std::filesystem::exists(snapshot));
  EXPECT_EQ(build(empty, {"--incomplete"}).exit_code, 0);
}

TEST_F(RegistryVerbs, MissingFeedAndUnwritableFolderAreTold) {
  const Finished missing = build(folder.path("none.ndjson"));
  EXPECT_EQ(missing.exit_code, 69) << missing.err;
  EXPECT_NE(missing.err.find("none.ndjson"), std::string::npos) << missing.err;
  const Finished nowhere =
      gate({"registry", "build", feed, "-o", folder.path("no/such/folder/x.snap")});
  EXPECT_EQ(nowhere.exit_code, 69) << nowhere.err;
}

// --- signatures ---

TEST_F(RegistryVerbs, SignedSnapshotsAreKnownByTheirKey) {
  const std::string key = folder.path("key.pem");
  const std::string other = folder.path("other.pem");
  ASSERT_EQ(gate({"registry", "keygen", key}).exit_code, 0);
  ASSERT_EQ(gate({"registry", "keygen", other}).exit_code, 0);
  const auto mode = std::filesystem::status(key).permissions();
  EXPECT_EQ(mode & std::filesystem::perms(077), std::filesystem::perms::none) << "secret";
  ASSERT_EQ(build(feed, {"--sign", key}).exit_code, 0);
  const Finished right = gate({"registry", "verify", snapshot, "--key", key + ".pub"});
  EXPECT_EQ(right.exit_code, 0) << right.err;
  EXPECT_NE(right.out.find("signature trusted"), std::string::npos) << right.out;
  EXPECT_EQ(gate({"registry", "verify", snapshot, "--key", other + ".pub"}).exit_code, 65);
  EXPECT_EQ(gate({"registry", "verify", snapshot, "--key", other + ".pub", "--key", key + ".pub"})
                .exit_code,
            0);
  build(feed);
  EXPECT_EQ(gate({"registry", "verify", snapshot, "--key", key + ".pub"}).exit_code, 65)
      << "unsigned, while a signature is asked for";
}

TEST_F(RegistryVerbs, KeygenOverwritesNoKey) {
  const std::string key = folder.path("key.pem");
  ASSERT_EQ(gate({"registry", "keygen", key}).exit_code, 0);
  const std::string before = read_whole(key);
  EXPECT_EQ(gate({"registry", "keygen", key}).exit_code, 65);
  EXPECT_EQ(read_whole(key), before);
}

// --- damage ---

TEST_F(RegistryVerbs, HalfWrittenSnapshotIsRefusedWithItsPlace) {
  ASSERT_EQ(build(feed).exit_code, 0);
  const std::string whole = read_whole(snapshot);
  for (const std::size_t bytes :
       {std::size_t{0}, std::size_t{10}, whole.size() / 2, whole.size() - 1}) {
    const std::string cut = folder.write("cut.snap", whole.substr(0, bytes));
    for (const std::vector<std::string>& verb :
         {std::vector<std::string>{"registry", "verify", cut},
          {"registry", "show", cut},
          {"serve", "--listen", "127.0.0.1:0", "--registry", cut},
          {"check", "--operation", "distribute", "--number", "x", "--registry", cut}}) {
      const Finished done = gate(verb);
      EXPECT_EQ(done.exit_code, 65) << verb[0] << " " << bytes;
      EXPECT_NE(done.err.find("cut.snap"), std::string::npos) << done.err;
      EXPECT_NE(done.err.find("damaged in "), std::string::npos) << done.err;
      EXPECT_NE(done.err.find(" at byte "), std::string::npos) << done.err;
    }
  }
}

TEST_F(RegistryVerbs, FlippedByteIsRefusedWithItsSection) {
  ASSERT_EQ(build(feed).exit_code, 0);
  std::string bytes = read_whole(snapshot);
  bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
  const Finished done = gate({"registry", "verify", folder.write("flip.snap", bytes)});
  EXPECT_EQ(done.exit_code, 65);
  EXPECT_NE(done.err.find("damaged in "), std::string::npos) << done.err;
}

}  // namespace
}  // namespace beian::test
