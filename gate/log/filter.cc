#include "gate/log/filter.h"

#include <algorithm>
#include <array>

#include "cache/base/bytes.h"
#include "cache/base/spelling.h"
#include "cache/filing/parse.h"
#include "gate/decision/finding.h"
#include "gate/decision/request.h"

namespace beian::log {
namespace {

using Field = std::string_view DecisionRecord::*;

struct Key {
  std::string_view name;
  Field field;                  // null: findings and serial are not texts
  std::string_view private_as;  // the field name hashed into its digest; empty: always plain
};

// What a digest begins with. Such a value can be looked for as it is.
constexpr std::string_view kDigestPrefix = "hmac:";

constexpr std::array<Key, 13> kKeys = {
    Key{"decision", &DecisionRecord::decision, ""},
    Key{"code", nullptr, ""},
    Key{"operation", &DecisionRecord::operation, ""},
    Key{"caller", &DecisionRecord::caller, ""},
    Key{"package", &DecisionRecord::package, "package"},
    Key{"platform", &DecisionRecord::platform, ""},
    Key{"name", &DecisionRecord::name, "name"},
    Key{"number", &DecisionRecord::filing_number, "filing_number"},
    Key{"id", &DecisionRecord::id, "id"},
    Key{"serial", nullptr, ""},
    Key{"decision_id", &DecisionRecord::decision_id, ""},
    Key{"trace_id", &DecisionRecord::trace_id, ""},
    Key{"request_id", &DecisionRecord::request_id, ""}};

const Key* find_key(std::string_view name) {
  const auto* const found = std::ranges::find(kKeys, name, &Key::name);
  return found == kKeys.end() ? nullptr : found;
}

std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> values;
  for (;;) {
    const std::size_t comma = text.find(',');
    values.emplace_back(text.substr(0, comma));
    if (comma == std::string_view::npos) return values;
    text.remove_prefix(comma + 1);
  }
}

// The possible values of a key that takes one of a fixed list of words; empty for any other key.
std::vector<std::string_view> words_of(std::string_view key) {
  std::vector<std::string_view> words;
  if (key == "decision")
    for (const Effect effect : {Effect::kAllow, Effect::kReview, Effect::kUnknown, Effect::kDeny})
      words.push_back(name_of(effect));
  if (key == "operation")
    for (const Operation one :
         {Operation::kDistribute, Operation::kConnect, Operation::kPreinstall})
      words.push_back(name_of(one));
  if (key == "code")
    for (int code = 0; code < kCodeCount; ++code) words.push_back(name_of(static_cast<Code>(code)));
  return words;
}

// Refuses a value that no decision can have: finding nothing would look like an answer.
Result<void> check_value(std::string_view key, const std::string& value) {
  const auto wrong = [&](const std::string& what) {
    return make_error(ErrorKind::kUsage,
                      "filter " + std::string(key) + "=" + printable(value) + ": " + what);
  };
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  if (key == "serial")
    return !value.empty() && std::ranges::all_of(value, is_digit) ? Result<void>{}
                                                                  : wrong("not a number");
  const std::vector<std::string_view> words = words_of(key);
  if (words.empty() || std::ranges::find(words, value) != words.end()) return {};
  const std::string_view near = nearest_word(value, words);
  return wrong("there is no such " + std::string(key) +
               (near.empty() ? "" : "; did you mean " + std::string(near) + "?"));
}

}  // namespace

Result<void> Filter::add(std::string_view text) {
  const std::size_t equals = text.find('=');
  const Key* const key =
      equals == std::string_view::npos ? nullptr : find_key(text.substr(0, equals));
  if (key == nullptr) {
    std::string names;
    for (const Key& one : kKeys) names += (names.empty() ? "" : ", ") + std::string(one.name);
    return make_error(ErrorKind::kUsage, "a filter is KEY=VALUE, where KEY is one of " + names +
                                             "; not " + std::string(text));
  }
  Condition condition{std::string(key->name), split(text.substr(equals + 1))};
  for (const std::string& value : condition.values)
    if (auto checked = check_value(key->name, value); !checked) return checked;
  if (key->name == "number") {
    // In the log's spelling; what is not a number is logged as it was claimed.
    for (std::string& value : condition.values) {
      const ParsedNumber parsed = parse_number(value);
      if (parsed.is_number()) value = canonical(parsed.number);
    }
  }
  conditions_.push_back(std::move(condition));
  return {};
}

bool Filter::is_blind(std::string_view digest_key) const {
  if (digest_key.empty() || (key_ && key_->id() == digest_key)) return false;
  return std::ranges::any_of(conditions_, [](const Condition& condition) {
    return !find_key(condition.key)->private_as.empty() &&
           !std::ranges::all_of(condition.values, [](const std::string& value) {
             return value.starts_with(kDigestPrefix);
           });
  });
}

bool Filter::matches(const DecisionRecord& record) const {
  if (since_ && record.second < *since_) return false;
  if (until_ && record.second >= *until_) return false;
  return std::ranges::all_of(conditions_,
                             [&](const Condition& condition) { return holds(condition, record); });
}

bool Filter::holds(const Condition& condition, const DecisionRecord& record) const {
  const Key& key = *find_key(condition.key);
  return std::ranges::any_of(condition.values, [&](const std::string& value) {
    if (key.name == "code")
      return std::ranges::find(record.findings, value) != record.findings.end();
    if (key.name == "serial") return std::to_string(record.serial) == value;
    const std::string_view text = record.*key.field;
    if (text == value) return true;
    return key_ && !key.private_as.empty() && text == key_->digest(key.private_as, value);
  });
}

}  // namespace beian::log
