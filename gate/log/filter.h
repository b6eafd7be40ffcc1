// Selects the decisions somebody wants to see: `--filter KEY=VALUE` and a span of time.
//
// Any thread once it is set up.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cache/base/result.h"
#include "gate/log/decision_record.h"

namespace beian::log {

class Filter {
 public:
  // Adds a condition `KEY=VALUE[,VALUE…]`: one of the values must match. KEY: decision, code,
  // operation, caller, package, platform, name, number, id, serial, decision_id, trace_id,
  // request_id. A number may be in any typography. Errors: kUsage, with the possible keys or the
  // nearest word; also for a word or serial that no decision can have.
  [[nodiscard]] Result<void> add(std::string_view text);
  // The span of time: from since(), included, to until(), excluded.
  void since(Instant time) { since_ = time; }
  void until(Instant time) { until_ = time; }
  // For a log that holds digests: values are also looked for as digests.
  void use_key(const DigestKey& key) { key_ = key; }

  // Whether it looks for texts that a log under `digest_key` (an id; empty: none) holds as digests
  // but lacks that key: then it can never find such decisions.
  bool is_blind(std::string_view digest_key) const;

  // Whether the record satisfies all conditions and lies in the span of time.
  bool matches(const DecisionRecord& record) const;

 private:
  struct Condition {
    std::string key;
    std::vector<std::string> values;
  };
  bool holds(const Condition& condition, const DecisionRecord& record) const;

  std::vector<Condition> conditions_;
  std::optional<Instant> since_;
  std::optional<Instant> until_;
  std::optional<DigestKey> key_;
};

}  // namespace beian::log
