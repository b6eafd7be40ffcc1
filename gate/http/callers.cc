#include "gate/http/callers.h"

#include <openssl/crypto.h>

#include <algorithm>

#include "gate/http/ascii.h"

namespace beian::http {
namespace {

constexpr std::string_view kScheme = "Bearer ";

template <class Words>
unsigned bits_of(const Words& words) {
  unsigned bits = 0;
  for (const auto word : words) bits |= 1U << static_cast<unsigned>(word);
  return words.empty() ? ~0U : bits;
}

}  // namespace

Caller::Caller(CallerSettings settings, const Caller* before)
    : settings_(std::move(settings)),
      scopes_(bits_of(settings_.endpoints)),
      operations_(bits_of(settings_.operations)) {
  const bool has_same_rate = before != nullptr &&
                             before->settings_.checks_per_second == settings_.checks_per_second &&
                             before->settings_.burst == settings_.burst;
  if (has_same_rate)
    meter_ = before->meter_;
  else
    meter_ = std::make_shared<RateMeter>(
        settings_.checks_per_second,
        settings_.burst > 0 ? settings_.burst : settings_.checks_per_second);
}

Callers::Callers(std::vector<CallerSettings> settings, const Callers* before) {
  std::map<std::string_view, const Caller*> named;
  if (before != nullptr)
    for (const auto& one : before->callers_) named.emplace(one->settings().name, one.get());
  for (CallerSettings& one : settings) {
    const auto known = named.find(one.name);
    callers_.push_back(
        std::make_unique<Caller>(std::move(one), known == named.end() ? nullptr : known->second));
    for (const CallerKey& key : callers_.back()->settings().keys)
      keys_.push_back({key.id, key.hash, key.expires, callers_.back().get()});
    for (const std::string& name : callers_.back()->settings().certificate_names)
      by_certificate_name_.emplace(name, callers_.back().get());
  }
  std::ranges::sort(keys_, {}, &Entry::id);
}

Callers::Answer Callers::find_by_certificate(std::span<const std::string> principals) const {
  for (const std::string& name : principals)
    if (const auto at = by_certificate_name_.find(name); at != by_certificate_name_.end())
      return {Outcome::kKnown, at->second};
  return {principals.empty() ? Outcome::kMissing : Outcome::kStranger};
}

Callers::Answer Callers::find(std::string_view authorization,
                              std::span<const std::string> principals, Instant now) const {
  if (authorization.empty()) return find_by_certificate(principals);
  if (authorization.size() < kScheme.size() ||
      !equal_ignoring_case(authorization.substr(0, kScheme.size()), kScheme))
    return {Outcome::kMalformed};
  const std::string_view text = authorization.substr(kScheme.size());
  const auto id = id_of_api_key(text);
  if (!id) return {Outcome::kMalformed};
  const auto at = std::ranges::lower_bound(keys_, *id, {}, &Entry::id);
  const bool is_id_known = at != keys_.end() && at->id == *id;
  static constexpr Sha256 kNobodys{};
  const Sha256& wanted = is_id_known ? at->hash : kNobodys;
  const Sha256 given = sha256(text);
  const bool is_equal = CRYPTO_memcmp(given.data(), wanted.data(), given.size()) == 0;
  if (!is_equal || !is_id_known)
    return {has_right_check(text) ? Outcome::kUnknown : Outcome::kMalformed};
  if (at->expires && now >= *at->expires) return {Outcome::kExpired};
  return {Outcome::kKnown, at->caller};
}

}  // namespace beian::http
