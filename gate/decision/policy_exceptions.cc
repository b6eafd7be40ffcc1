#include "gate/decision/policy_exceptions.h"

#include <algorithm>

namespace beian {
namespace {

bool is_in_force(const PolicyException& exception, const CheckRequest& request, Day day) noexcept {
  const unsigned operation = 1U << static_cast<unsigned>(request.operation);
  return (exception.operations & operation) != 0 && day <= exception.expires &&
         (!exception.from || *exception.from <= day);
}

bool fits_package(const PolicyException& exception, const CheckRequest& request) noexcept {
  return exception.package.empty() ||
         (exception.package == request.app.package && exception.platform == request.app.platform);
}

// The number that the request is about: the one it claims, else the one that was found for it.
std::optional<FilingNumber> judged_number(const Decision& decision) noexcept {
  if (decision.is_number_claimed)
    return decision.number.is_number() ? std::optional(decision.number.number) : std::nullopt;
  return decision.filing ? std::optional(decision.filing->number()) : std::nullopt;
}

struct KeyLess {
  template <class Key>
  bool operator()(const std::pair<Key, std::uint32_t>& a, const Key& b) const {
    return a.first < b;
  }
  template <class Key>
  bool operator()(const Key& a, const std::pair<Key, std::uint32_t>& b) const {
    return a < b.first;
  }
};

}  // namespace

PolicyExceptions::PolicyExceptions(std::vector<PolicyException> exceptions)
    : exceptions_(std::move(exceptions)) {
  for (std::uint32_t i = 0; i < exceptions_.size(); ++i) {
    if (exceptions_[i].number)
      by_number_.emplace_back(exceptions_[i].number->key(), i);
    else
      by_package_.emplace_back(exceptions_[i].package, i);
  }
  std::sort(by_number_.begin(), by_number_.end());
  std::sort(by_package_.begin(), by_package_.end());
}

CodeSet PolicyExceptions::lifted_by_number(FilingNumber number, const CheckRequest& request,
                                           Day day) const noexcept {
  CodeSet codes = 0;
  const auto range =
      std::equal_range(by_number_.begin(), by_number_.end(), number.key(), KeyLess{});
  for (auto it = range.first; it != range.second; ++it) {
    const PolicyException& exception = exceptions_[it->second];
    if (*exception.number == number && fits_package(exception, request) &&
        is_in_force(exception, request, day))
      codes |= exception.codes;
  }
  return codes;
}

CodeSet PolicyExceptions::lifted(const CheckRequest& request, const Decision& decision,
                                 Day day) const noexcept {
  CodeSet codes = 0;
  if (const auto number = judged_number(decision); number && !by_number_.empty()) {
    codes |= lifted_by_number(*number, request, day);
    if (!number->is_subject()) codes |= lifted_by_number(number->subject_number(), request, day);
  }
  if (request.app.package.empty()) return codes;
  const auto range =
      std::equal_range(by_package_.begin(), by_package_.end(), request.app.package, KeyLess{});
  for (auto it = range.first; it != range.second; ++it) {
    const PolicyException& exception = exceptions_[it->second];
    if (fits_package(exception, request) && is_in_force(exception, request, day))
      codes |= exception.codes;
  }
  return codes;
}

}  // namespace beian
