// `beian-gate audit --since SERIAL`: what a night's deltas changed, against brute force.
//
// Goal: exactly the rows whose answer has changed. Method: a local copy with random deltas is made
// one snapshot at the old serial and one now; the catalog is audited against both, and the rows are
// compared byte by byte.
#include <algorithm>
#include <chrono>
#include <map>

#include "cache/base/json_writer.h"
#include "cache/snapshot/compact.h"
#include "cache/snapshot/local_copy.h"
#include "tests/integration/gate_process.h"
#include "tests/snapshot/delta_model.h"

namespace beian::test {
namespace {

using cache::test::DeltaModel;
using cache::test::kAnybody;

constexpr std::uint64_t kFirst = 40;
constexpr std::uint64_t kLast = 52;

class AuditSince : public testing::Test {
 protected:
  void SetUp() override {
    DeltaModel model(7, cache::test::random_registry(7, 400));
    model.change(600);
    auto copy = cache::LocalCopy::attach(folder.path("copy"));
    ASSERT_TRUE(copy) << copy.error().message;
    cache::SealOptions seal = cache::test::seal();
    seal.serial = kFirst;
    seal.as_of = as_of_;
    write_bytes(copy->download_path(), cache::test::build(model.records(), seal));
    const auto snapshot = cache::Snapshot::open(copy->download_path());
    ASSERT_TRUE(snapshot) << snapshot.error().message;
    const auto& root_hash = (*snapshot)->info().root_hash;
    ASSERT_TRUE(copy->install(**snapshot, {}, root_hash));
    catalog_of(model.records());
    auto registry = cache::Registry::over(*snapshot);
    while (registry->serial() < kLast) {
      cache::DeltaBatch batch;
      batch.serial = registry->serial() + 1;
      batch.as_of = as_of_;
      batch.previous = registry->chain();
      batch.records = model.change(12);
      auto next = cache::apply(registry, batch);
      ASSERT_TRUE(next) << next.error().message;
      registry = *next;
      ASSERT_TRUE(copy->append(as_bytes(cache::encode(batch, nullptr))));
    }
    catalog_of(model.records());
    catalog_ += "this row cannot be read\n";
    config_ = folder.write("gate.toml", kept_here());
  }

  static void write_bytes(const std::string& path, const std::string& bytes) {
    std::ofstream(path, std::ios::binary) << bytes;
  }

  std::string kept_here() const {
    return "[registry]\nurl = \"redis://127.0.0.1:1\"\nlocal_copy = \"" + folder.path("copy") +
           "\"\nallow_unsigned = true\n";
  }

  // For each service one row that claims its number and name, and one that claims neither. Both
  // give its platform, package and domain.
  void catalog_of(const cache::test::Registry& registry) {
    for (const ServiceRecord& service : registry.services) {
      row(service, /*is_claimed=*/true);
      row(service, /*is_claimed=*/false);
    }
  }

  void row(const ServiceRecord& service, bool is_claimed) {
    JsonWriter json(&catalog_);
    json.begin_object();
    json.field("operation", "connect");
    if (is_claimed) json.field("filing_number", canonical(service.number));
    json.key("app");
    json.begin_object();
    if (is_claimed && service.names && !service.names->empty())
      json.field("name", service.names->front());
    if (service.platforms && !service.platforms->empty()) {
      const auto& platform = service.platforms->front();
      json.field("platform", platform.os);
      if (platform.package) json.field("package", *platform.package);
    }
    if (service.domains && !service.domains->empty()) {
      json.key("domains");
      json.begin_array();
      json.string(service.domains->front());
      json.end_array();
    }
    json.end_object();
    json.end_object();
    catalog_ += '\n';
  }

  Finished audit(std::vector<std::string> more) const {
    more.insert(more.begin(), {"audit", "-", "--output", "ndjson", "--threads", "2"});
    return gate(std::move(more), catalog_);
  }
  Finished since(std::uint64_t serial, std::vector<std::string> more = {}) const {
    more.insert(more.end(), {"--config", config_, "--since", std::to_string(serial)});
    return audit(std::move(more));
  }

  // The rows of a whole audit against one snapshot of `registry`.
  std::vector<std::string> rows_by(const cache::Registry& registry, const std::string& name) const {
    EXPECT_TRUE(cache::compact(registry, folder.path(name), cache::seal_of(registry)));
    return lines_of(audit({"--registry", folder.path(name)}).out);
  }

  static std::vector<std::string> lines_of(std::string_view text) {
    std::vector<std::string> lines;
    for (std::size_t end; (end = text.find('\n')) != std::string_view::npos;
         text.remove_prefix(end + 1))
      lines.emplace_back(text.substr(0, end));
    return lines;
  }

  // What counts in a row: everything but the registry's serial and age. The copy's snapshot is past
  // its next update, and the deltas lift that again.
  static std::string counted(std::string line) {
    constexpr std::string_view kStale = R"({"code":"REGISTRY_STALE","effect":"note","field":null})";
    line.erase(std::min(line.size(), line.find(R"("registry":{"serial":)")));
    const std::size_t at = line.find(kStale);
    if (at != std::string::npos)
      line.erase(at, kStale.size() + (line[at + kStale.size()] == ',' ? 1 : 0));
    return line;
  }

  TemporaryFolder folder;
  const Instant as_of_ =
      std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()) -
      std::chrono::hours{1};
  std::string catalog_;
  std::string config_;
};

TEST_F(AuditSince, GivesTheRowsThatBruteForceGives) {
  std::map<std::uint64_t, std::size_t> changed;
  for (const std::uint64_t serial : {kFirst, kFirst + 5, kLast - 1, kLast}) {
    const auto history = cache::LocalCopy::read(folder.path("copy"), kAnybody, serial);
    ASSERT_TRUE(history) << history.error().message;
    ASSERT_EQ(history->before->serial(), serial);
    ASSERT_EQ(history->now->serial(), kLast);
    const auto before = rows_by(*history->before, "before.snap");
    const auto after = rows_by(*history->now, "after.snap");
    ASSERT_EQ(before.size(), after.size());
    ASSERT_GT(after.size(), 300U);
    std::vector<std::string> expected;
    for (std::size_t i = 0; i < after.size(); ++i)
      if (after[i].find(R"("problem":)") != std::string::npos ||
          counted(before[i]) != counted(after[i]))
        expected.push_back(after[i]);
    EXPECT_EQ(lines_of(since(serial).out), expected) << "since " << serial;
    changed[serial] = expected.size() - 1;  // not counting the bad row
  }
  EXPECT_GT(changed[kFirst], changed[kLast - 1]);
  EXPECT_GT(changed[kLast - 1], 0U) << "the deltas change nothing, so nothing was tested";
  EXPECT_EQ(changed[kLast], 0U);
}

// Both answers are judged as of now, so what policy makes of a stale registry is no difference.
TEST_F(AuditSince, AStaleRegistryIsNoChangeWhateverPolicyMakesOfIt) {
  catalog_ += "{\"operation\":\"distribute\",\"app\":{\"offline\":true}}\n";  // allowed
  const std::size_t changed = lines_of(since(kFirst).out).size();
  ASSERT_GT(changed, 1U);
  const std::string policy = folder.write("policy.toml", "[codes]\nREGISTRY_STALE = \"unknown\"\n");
  for (const std::string stale_after : {"7200", "1800"}) {
    config_ = folder.write("gate.toml", kept_here() + "stale_after_seconds = " + stale_after +
                                            "\n[policy]\nfile = \"" + policy + "\"\n");
    EXPECT_EQ(lines_of(since(kLast).out).size(), 1U) << "the bad row; " << stale_after;
    EXPECT_EQ(lines_of(since(kFirst).out).size(), changed) << stale_after;
  }
}

TEST_F(AuditSince, HavingBeenBehindIsNoChange) {
  const auto changed = [&](std::uint64_t since_serial, std::uint64_t min_serial) {
    const std::string rows = catalog_;
    for (std::size_t at = 0; (at = catalog_.find("{\"operation\"", at)) != std::string::npos; ++at)
      catalog_.insert(at + 1, "\"min_serial\":" + std::to_string(min_serial) + ",");
    const auto told = lines_of(since(since_serial).out);
    catalog_ = rows;
    return told;
  };
  const auto all = changed(kFirst, 0);
  ASSERT_GT(all.size(), 1U);
  EXPECT_EQ(changed(kFirst, kFirst + 1), all);
  EXPECT_EQ(changed(kFirst, kLast), all);
  EXPECT_EQ(changed(kLast, kLast).size(), 1U) << "the bad row";
}

TEST_F(AuditSince, NothingChangedIsAllWell) {
  const Finished done = since(kLast);
  EXPECT_EQ(done.exit_code, 0) << "a row that was bad before is no change";
  EXPECT_NE(done.err.find("no row has another answer than at serial 52"), std::string::npos)
      << done.err;
  EXPECT_NE(done.err.find("1 rows could not be read"), std::string::npos) << done.err;
  EXPECT_EQ(since(kLast, {"--strict"}).exit_code, 65);
  EXPECT_EQ(since(kLast, {"--quiet"}).err, "");
}

TEST_F(AuditSince, RowsThatCannotBeReadAreNotAllWell) {
  catalog_ = "{\nnothing\n";
  const Finished none = since(kLast);
  EXPECT_EQ(none.exit_code, 65) << none.err;
  EXPECT_EQ(none.err.find("no row has another answer"), std::string::npos) << none.err;
  catalog_.clear();
  const Finished empty = since(kLast);
  EXPECT_EQ(empty.exit_code, 65);
  EXPECT_NE(empty.err.find("holds no rows"), std::string::npos) << empty.err;
}

TEST_F(AuditSince, TheSummarySaysThatRowsWereReadThoughNoneIsTold) {
  catalog_ = catalog_.substr(0, catalog_.find('\n') + 1);
  const Finished done = since(kLast, {"--output", "summary=" + folder.path("summary"), "--output",
                                      "json=" + folder.path("part.json")});
  EXPECT_EQ(done.exit_code, 0) << done.err;
  EXPECT_NE(read_whole(folder.path("summary")).find("共读取 1 行，结论均无变化。"),
            std::string::npos);
  const std::string part = folder.path("part.json");
  const Finished merged = gate({"audit", "merge", part, part, "--output", "summary"});
  EXPECT_EQ(merged.exit_code, 0) << merged.err;
  EXPECT_NE(merged.out.find("共读取 2 行"), std::string::npos) << merged.out;
}

TEST_F(AuditSince, ASerialThatTheCopyCannotGoBackToIsRefusedWithTheRange) {
  for (const std::uint64_t serial : {kFirst - 1, kLast + 1}) {
    const Finished done = since(serial);
    EXPECT_EQ(done.exit_code, 64);
    EXPECT_NE(done.err.find("goes back to serial 40 and has come to 52"), std::string::npos)
        << done.err;
    EXPECT_EQ(done.out, "");
  }
}

TEST_F(AuditSince, NeedsTheConfigurationOfAGateThatKeepsACopy) {
  const Finished done = audit({"--since", "41"});
  EXPECT_EQ(done.exit_code, 64);
  EXPECT_NE(done.err.find("registry.local_copy"), std::string::npos) << done.err;
  EXPECT_EQ(audit({"--since", "41", "--registry", "x"}).exit_code, 64);
  EXPECT_EQ(audit({"--since", "41", "--url", "http://127.0.0.1:1"}).exit_code, 64);
}

TEST_F(AuditSince, WorksBesideTheGateThatKeepsTheCopy) {
  auto held = cache::LocalCopy::attach(folder.path("copy"));
  ASSERT_TRUE(held) << held.error().message;
  const std::string log = read_whole(folder.path("copy/registry.deltas"));
  EXPECT_EQ(since(kFirst).out, since(kFirst).out);
  EXPECT_NE(since(kFirst).out, "");
  EXPECT_EQ(read_whole(folder.path("copy/registry.deltas")), log);
}

}  // namespace
}  // namespace beian::test
