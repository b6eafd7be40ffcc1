// Who may ask: callers, their API keys, and what each of them may do.
//
// Immutable except for the rate meters, which any thread may use; a reload makes new Callers.
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
inline constexpr std::size_t kCallerKeysMax = 2;  // old and new, during rotation; beyond: the same

struct CallerKey {
  std::string id;
  Sha256 hash{};                   // SHA-256 of the whole text
  std::optional<Instant> expires;  // invalid from then on
};

// What the configuration says about a caller.
struct CallerSettings {
  std::string name;  // in logs and messages
  std::vector<CallerKey> keys;
  std::vector<std::string> certificate_names;  // any of them on its certificate; principal.h
  std::vector<Operation> operations;           // empty: all
  std::vector<Scope> endpoints;                // empty: all
  std::string profile;                         // of policy; empty: the base policy
  std::uint32_t checks_per_second = 0;         // 0: unlimited
  std::uint32_t burst = 0;                     // checks at once; 0: checks_per_second
};

class Caller {
 public:
  // `before`: the same caller before a reload, whose rate meter carries over unless its settings
  // have changed; may be null.
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
  // `before`: the callers until now, or null. A caller of the same name keeps what is left of its
  // rate, unless the rate has changed. REQUIRES: key ids and certificate names are unique.
  explicit Callers(std::vector<CallerSettings> settings, const Callers* before = nullptr);

  enum class Outcome : std::uint8_t { kKnown, kMissing, kStranger, kMalformed, kUnknown, kExpired };
  struct Answer {
    Outcome outcome = Outcome::kMissing;
    const Caller* caller = nullptr;  // only with kKnown; lives as long as the Callers
  };
  // Finds the caller by the value of `Authorization` or, if that is empty, by the names on its
  // certificate, of which the first known one counts. A key with an unknown id takes as long as one
  // with a known id: it is hashed, and compared with a hash that no key has.
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
