// Builds registries, requests and decisions from readable text, for tests.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "cache/feed/feed.h"
#include "cache/snapshot/generation.h"
#include "cache/snapshot/snapshot_writer.h"
#include "gate/decision/evaluate.h"
#include "gate/wire/request_json.h"

namespace beian::test {

struct RegistryOptions {
  std::uint64_t serial = 48213;
  std::string_view as_of = "2026-01-02T03:00:00Z";
  bool is_sealed = true;
};

// A generation from NDJSON feed lines; a bad line fails the test.
inline std::shared_ptr<const cache::Generation> registry_of(std::string_view feed,
                                                            const RegistryOptions& options = {}) {
  cache::SnapshotWriter writer;
  const auto fed = cache::read_feed_text(
      feed, "feed", {}, [&](cache::FeedRecord&& record) { writer.apply(record); },
      [](const cache::FeedProblem&) {});
  EXPECT_TRUE(fed.has_value()) << (fed ? "" : fed.error().message);
  cache::SealOptions seal;
  seal.serial = options.serial;
  seal.as_of = *parse_instant(options.as_of);
  seal.is_sealed = options.is_sealed;
  auto bytes = std::move(writer).to_bytes(seal);
  EXPECT_TRUE(bytes.has_value()) << (bytes ? "" : bytes.error().message);
  auto snapshot = cache::Snapshot::from_bytes(std::move(*bytes));
  EXPECT_TRUE(snapshot.has_value()) << (snapshot ? "" : snapshot.error().message);
  return std::make_shared<const cache::Generation>(std::move(*snapshot),
                                                   cache::FreshnessThresholds{}, "test");
}

// What a decision says, in one line: `deny NAME_MISMATCH NOT_COMPARABLE | name`.
inline std::string summary(const Decision& decision) {
  std::string out(name_of(decision.effect));
  for (const Finding& finding : decision.findings()) {
    out += ' ';
    out += name_of(finding.code);
  }
  out += " | ";
  out += name_of(decision.assurance);
  return out;
}

// Checks one JSON request at a time, and keeps everything that the decision's views point into.
class Checker {
 public:
  explicit Checker(std::shared_ptr<const cache::Generation> generation,
                   std::string_view now = "2026-01-02T04:30:00Z",
                   Policy policy = Policy::defaults())
      : generation_(std::move(generation)), now_(*parse_instant(now)), policy_(std::move(policy)) {}

  const Decision& check(std::string_view json) {
    wire::Problem problem;
    EXPECT_TRUE(reader_.read(json, {}, &request_, &problem)) << problem.detail << problem.pointer;
    evaluate(request_, *generation_, policy_, Calendar::built_in(), now_, &decision_);
    return decision_;
  }
  const CheckRequest& request() const { return request_; }
  const Decision& decision() const { return decision_; }
  const cache::Generation& generation() const { return *generation_; }

 private:
  std::shared_ptr<const cache::Generation> generation_;
  Instant now_;
  Policy policy_;
  wire::RequestReader reader_;
  CheckRequest request_;
  Decision decision_;
};

// Names each test of a table after the `name` of its row.
inline constexpr auto row_name = [](const auto& param_info) {
  return std::string(param_info.param.name);
};

// {"operation":"distribute", FIELDS}, where ' in FIELDS stands for ".
inline std::string request_of(std::string_view fields, std::string_view operation = "distribute") {
  std::string out = "{\"operation\":\"" + std::string(operation) + "\"";
  if (!fields.empty()) out += "," + std::string(fields);
  out += "}";
  for (char& c : out)
    if (c == '\'') c = '"';
  return out;
}

}  // namespace beian::test
