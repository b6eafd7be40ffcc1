// The kinds of routes. A route's scope decides who may use it and at which listener.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace beian::http {

enum class Scope : std::uint8_t {
  kCheck,       // one check
  kBulk,        // many: batches and streams
  kAuthz,       // for proxies
  kLookup,      // what the registry holds
  kPackages,    // uploaded packages; if [packages] is on
  kOperations,  // metrics; only at the admin listener if there is one
  kReload,      // at the admin listener only
  kOpen,        // health and version: anybody, everywhere
};

// The scopes that a caller can be allowed, as the configuration names them.
inline constexpr std::array<std::string_view, 6> kScopeWords = {"check",  "bulk",     "authz",
                                                                "lookup", "packages", "operations"};

constexpr std::optional<Scope> parse_scope(std::string_view word) noexcept {
  for (std::size_t i = 0; i < kScopeWords.size(); ++i)
    if (kScopeWords[i] == word) return static_cast<Scope>(i);
  return std::nullopt;
}

}  // namespace beian::http
