// Which decisions somebody wants to see: `--filter KEY=VALUE` and a span of time.
//
// Any thread once it is made.
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
  // `KEY=VALUE[,VALUE…]`: one of the values. KEY: decision, code, operation, caller, package,
  // platform, name, number, id, serial, decision_id, trace_id, request_id. A number in any
  // typography. Errors: kUsage, naming what there is; also for a word or serial that no decision
  // has.
  [[nodiscard]] Result<void> add(std::string_view text);
  // The first moment, and the first one behind it.
  void since(Instant time) { since_ = time; }
  void until(Instant time) { until_ = time; }
  // Of a log that holds digests: values are looked for as these, too.
  void use_key(const DigestKey& key) { key_ = key; }

  // Whether it looks for texts that a log under `digest_key` (an id; empty: none) holds as digests,
  // and cannot make these: then such decisions are never found.
  bool is_blind(std::string_view digest_key) const;

  // Whether all conditions hold.
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
