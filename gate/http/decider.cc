#include "gate/http/decider.h"

#include "gate/decision/evaluate.h"
#include "gate/decision/suggest.h"
#include "gate/wire/messages.h"

namespace beian::http {

bool Decider::is_operation_allowed(const Asking& asking, wire::Problem* fault) {
  if (asking.caller == nullptr || asking.caller->may(check_.operation)) return true;
  stats_.count_turned_away(TurnedAway::kOperation);
  *fault = {403, "operation-not-allowed",
            std::string(name_of(check_.operation)) + " is not for this caller", "/operation"};
  return false;
}

// Policies without the caller's profile are newer than the caller, as in a stream that outlives a
// reload; the policy outside profiles may be milder.
const Policy& Decider::policy_for(const Asking& asking) const {
  if (asking.caller == nullptr) return state_.policies->base();
  const std::string& profile = asking.caller->settings().profile;
  const bool is_removed = asking.policies_before != nullptr && !profile.empty() &&
                          !state_.policies->has_profile(profile);
  return (is_removed ? asking.policies_before : state_.policies.get())->profile(profile);
}

bool Decider::decide(const Asking& asking, const Given& given, std::string_view* id_out) {
  const Policy& policy = policy_for(asking);
  evaluate(check_, *state_.generation, policy, *state_.calendar, asking.now(), &decision_);
  const bool is_named = id_out != nullptr || is_logging();
  const std::string_view id = is_named ? ids_.next(asking.time) : std::string_view{};
  if (id_out != nullptr) *id_out = id;
  if (is_logging()) {
    const std::string_view caller =
        asking.caller == nullptr ? std::string_view{} : asking.caller->settings().name;
    if (!recorder_.record(check_, decision_, id, asking.time, caller, given.form, given.text))
      return false;
  }
  stats_.count_decision(decision_);  // counts only decisions that are given
  return true;
}

bool Decider::append(const Asking& asking, bool is_full, const Given& given, std::string* out) {
  // The parameter is for callers that pass rows on unchanged; a row's own field takes precedence.
  is_full = check_.is_detail_full.value_or(asking.is_detail_full.value_or(is_full));
  std::string_view id;
  if (!decide(asking, given, is_full ? &id : nullptr)) return false;
  if (is_full) {
    const wire::MessageContext context{check_, decision_, *state_.guidance, asking.language};
    wire::append_full(context, suggest(check_, decision_, *state_.generation), id, &registry_json_,
                      out);
  } else {
    wire::append_brief(check_, decision_, out);
  }
  return true;
}

void refuse_unlogged(Exchange* exchange) {
  exchange->response.body.clear();
  exchange->response.add_field("Retry-After", kRetryAfter);
  exchange->problem(unlogged_problem());
}

void add_cache_control(Effect effect, std::string_view vary, Exchange* exchange) {
  Response& response = exchange->response;
  response.add_field("Cache-Control", effect == Effect::kAllow  ? "max-age=300"
                                      : effect == Effect::kDeny ? "max-age=30"
                                                                : "no-store");
  // A caller may have a policy of its own, and not every cache leaves requests with a key alone.
  const bool depends_on_key = exchange->asking.caller != nullptr;
  response.fields.append("Vary: ").append(vary);
  response.fields.append(depends_on_key ? ", Authorization\r\n" : "\r\n");
}

}  // namespace beian::http
