#include "gate/audit/answer_change.h"

#include <algorithm>

#include "gate/wire/values.h"

namespace beian::audit {
namespace {

// The next finding that matters, at or after `at`.
const Finding* next_counting(std::span<const Finding> findings, std::size_t* at) noexcept {
  while (*at < findings.size() && findings[*at].code == Code::kRegistryStale) ++*at;
  return *at < findings.size() ? &findings[(*at)++] : nullptr;
}

bool are_same(std::span<const Finding> a, std::span<const Finding> b) noexcept {
  std::size_t i = 0;
  std::size_t j = 0;
  for (;;) {
    const Finding* const left = next_counting(a, &i);
    const Finding* const right = next_counting(b, &j);
    if (left == nullptr || right == nullptr) return left == right;
    if (left->code != right->code || left->effect != right->effect || left->field != right->field)
      return false;
  }
}

}  // namespace

bool is_same_answer(const Decision& before, const Decision& after) noexcept {
  return before.effect == after.effect && before.would_be == after.would_be &&
         before.assurance == after.assurance &&
         wire::number_at_issue(before) == wire::number_at_issue(after) &&
         are_same(before.findings(), after.findings());
}

}  // namespace beian::audit
