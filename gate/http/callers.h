// Who may ask: callers, their API keys, and what each of them may do.
//
// Immutable but for the rate meters, which any thread may use; a reload makes new Callers.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cache/base/sha256.h"
#include "cache/base/time.h"
#include "gate/decision/finding.h"
#include "gate/http/api_key.h"
#include "gate/http/rate_meter.h"
#include "gate/http/scope.h"

namespace beian::http {

inline constexpr std::size_t kCallersMax = 10'000;  // beyond: a configuration error
inline constexpr std::size_t kCallerKeysMax = 2;    // the old one and the new one; beyond: the same

struct CallerKey {
  std::string id;
  Sha256 hash{};                   // of the whole text
  std::optional<Instant> expires;  // not good from then on
};

// What configuration says of a caller.
struct CallerSettings {
  std::string name;  // in logs and messages
  std::vector<CallerKey> keys;
  std::vector<std::string> certificate_names;  // one is on its certificate; principal.h
  std::vector<Operation> operations;           // empty: all
  std::vector<Scope> endpoints;                // empty: all
  std::string profile;                         // of policy; empty: the base policy
  std::uint32_t checks_per_second = 0;         // 0: no bound
  std::uint32_t burst = 0;                     // checks at once; 0: as many as a second has
};

class Caller {
 public:
  // `before`: what the same caller was, whose rate goes on; null: nobody.
  Caller(CallerSettings settings, const Caller* before);

  const CallerSettings& settings() const noexcept { return settings_; }
  bool may(Scope scope) const noexcept {
    return scope == Scope::kOpen || (scopes_ >> static_cast<unsigned>(scope) & 1U) != 0;
  }
  bool may(Operation operation) const noexcept {
    return (operations_ >> static_cast<unsigned>(operation) & 1U) != 0;
  }
  RateMeter& meter() const noexcept { return *meter_; }

 private:
  CallerSettings settings_;
  unsigned scopes_ = 0;      // a bit each
  unsigned operations_ = 0;  // a bit each
  std::shared_ptr<RateMeter> meter_;
};

class Callers {
 public:
  // REQUIRES: ids of keys differ, and names of certificates.
  // `before`: those of until now; a caller of the same name goes on with what is left of its rate,
  // unless the rate is another one. Null: nobody.
  explicit Callers(std::vector<CallerSettings> settings, const Callers* before = nullptr);

  enum class Outcome : std::uint8_t { kKnown, kMissing, kStranger, kMalformed, kUnknown, kExpired };
  struct Answer {
    Outcome outcome = Outcome::kMissing;
    const Caller* caller = nullptr;  // of kKnown; lives as long as the Callers
  };
  // Who shows this value of `Authorization`, or none and a certificate with these names: the first
  // that is somebody's counts. A key with an unknown id costs what a known one costs:
  // it is hashed, and compared with a hash that no key has.
  Answer find(std::string_view authorization, std::span<const std::string> principals,
              Instant now) const;

  std::size_t size() const noexcept { return callers_.size(); }

 private:
  Answer find_by_certificate(std::span<const std::string> principals) const;

  struct Entry {
    std::string id;
    Sha256 hash;
    std::optional<Instant> expires;
    const Caller* caller;
  };

  std::vector<std::unique_ptr<Caller>> callers_;
  std::vector<Entry> keys_;  // sorted by id
  std::map<std::string, const Caller*, std::less<>> by_certificate_name_;
};

}  // namespace beian::http
