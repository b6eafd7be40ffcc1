// What kinds of routes there are: who may ask for one, and at which listener, follows from it.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace beian::http {

enum class Scope : std::uint8_t {
  kCheck,       // one check
  kBulk,        // many: batches and streams
  kAuthz,       // of proxies
  kLookup,      // of what the registry holds
  kPackages,    // packages handed in; where [packages] is on
  kOperations,  // metrics; where there is an admin listener, there
  kReload,      // at the admin listener only
  kOpen,        // health and version: anybody, everywhere
};

// Those that a key can be good for, as configuration names them.
inline constexpr std::array<std::string_view, 6> kScopeWords = {"check",  "bulk",     "authz",
                                                                "lookup", "packages", "operations"};

constexpr std::optional<Scope> parse_scope(std::string_view word) noexcept {
  for (std::size_t i = 0; i < kScopeWords.size(); ++i)
    if (kScopeWords[i] == word) return static_cast<Scope>(i);
  return std::nullopt;
}

}  // namespace beian::http
