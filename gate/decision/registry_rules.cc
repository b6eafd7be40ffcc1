#include "gate/decision/rules.h"

namespace beian {
namespace {

bool is_behind(const CheckRequest& request, const cache::Generation& generation) noexcept {
  return request.min_serial && *request.min_serial > generation.serial();
}

}  // namespace

// Policy: "not filed" is only ever said from a complete, recent registry; else the answer is
// `unknown`, since blocking a filed app hurts an innocent developer.
bool can_assert_absence(const CheckRequest& request, const cache::Generation& generation,
                        Instant now) noexcept {
  return generation.is_sealed() && generation.freshness(now) != cache::Freshness::kExpired &&
         !is_behind(request, generation);
}

void find_registry_state(const RuleContext& context) {
  Decision& decision = *context.decision;
  // Serial 0 means that no registry has arrived yet: it is not old but absent.
  const bool has_come = context.generation.serial() > 0;
  const cache::Freshness freshness = context.generation.freshness(context.now);
  if (has_come && freshness == cache::Freshness::kStale) decision.add(Code::kRegistryStale);
  if (has_come && freshness == cache::Freshness::kExpired) decision.add(Code::kRegistryExpired);
  if (!context.generation.is_sealed()) decision.add(Code::kRegistryIncomplete);
  if (is_behind(context.request, context.generation))
    decision.add(Code::kRegistryBehind, FieldId::kMinSerial);
}

}  // namespace beian
