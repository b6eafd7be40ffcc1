// GateService's checks: one by one and in batches. gate_stream.cc has those of a stream.
#include "gate/decision/suggest.h"
#include "gate/http/gate_service.h"
#include "gate/http/media_type.h"

namespace beian::http {

void GateService::judge(const Asking& asking) {
  const Policy& policy = asking.caller == nullptr
                             ? state_.policies->base()
                             : state_.policies->profile(asking.caller->settings().profile);
  evaluate(check_, *state_.generation, policy, *state_.calendar, asking.now(), &decision_);
}

bool GateService::append_decision(const Asking& asking, bool is_full, const Given& given,
                                  std::string* out) {
  judge(asking);
  // The parameter is for callers that send rows as they are; a row's own word counts more.
  is_full = check_.is_detail_full.value_or(asking.is_detail_full.value_or(is_full));
  const bool is_named = is_full || recorder_.is_on();
  const std::string_view id = is_named ? ids_.next(asking.time) : std::string_view{};
  if (!log_decision(asking, id, given)) return false;
  if (is_full) {
    const wire::MessageContext context{check_, decision_, *state_.guidance, asking.language};
    wire::append_full(context, suggest(check_, decision_, *state_.generation), id, &registry_json_,
                      out);
  } else {
    wire::append_brief(check_, decision_, out);
  }
  return true;
}

// Only what is given counts as a decision.
bool GateService::log_decision(const Asking& asking, std::string_view decision_id,
                               const Given& given) {
  if (recorder_.is_on() && !record_decision(asking, decision_id, given)) return false;
  stats_->count_decision(decision_);
  return true;
}

bool GateService::record_decision(const Asking& asking, std::string_view decision_id,
                                  const Given& given) {
  const std::string_view caller = asking.caller == nullptr
                                      ? std::string_view{}
                                      : std::string_view(asking.caller->settings().name);
  return recorder_.record(check_, decision_, decision_id, asking.time, caller, given.form,
                          given.text);
}

bool GateService::answer_check(const Given& given, Exchange* exchange) {
  exchange->response->content_type = kJson;
  if (append_decision(exchange->asking, /*is_full=*/true, given, &exchange->response->body))
    return true;
  refuse_unlogged(exchange);
  return false;
}

// Rather no answer than one that nobody can account for.
void GateService::refuse_unlogged(Exchange* exchange) {
  exchange->response->body.clear();
  exchange->response->add_field("Retry-After", kRetryAfter);
  problem(exchange, unlogged_problem());
}

void GateService::check_posted(Exchange* exchange) {
  wire::Problem fault;
  if (!reader_.read(exchange->request.body, {exchange->asking.is_strict}, &check_, &fault) ||
      !is_operation_allowed(exchange->asking, &fault))
    return problem(exchange, fault);
  answer_check({log::RequestForm::kJson, exchange->request.body}, exchange);
}

void GateService::check_queried(Exchange* exchange) {
  wire::Problem fault;
  if (!wire::read_request(query_, {exchange->asking.is_strict}, &check_, &fault) ||
      !is_operation_allowed(exchange->asking, &fault))
    return problem(exchange, fault);
  if (answer_check({log::RequestForm::kQuery, exchange->request.query}, exchange))
    add_cache_control("Accept-Language", exchange->response);
}

// A proxy may keep an answer for a while: an allow for longer than a deny, since a developer who
// has just mended a filing waits for it; what is not settled, not at all.
void GateService::add_cache_control(std::string_view vary, Response* response) const {
  const Effect effect = decision_.effect;
  response->add_field("Cache-Control", effect == Effect::kAllow  ? "max-age=300"
                                       : effect == Effect::kDeny ? "max-age=30"
                                                                 : "no-store");
  response->add_field("Vary", vary);
}

void GateService::check_batch(Exchange* exchange) {
  wire::Problem fault;
  if (!reader_.parse_batch(exchange->request.body, {exchange->asking.is_strict}, &fault))
    return problem(exchange, fault);
  std::string& out = exchange->response->body;
  exchange->response->content_type = kJson;
  out += "{\"decisions\":[";
  for (std::size_t i = 0; i < reader_.item_count(); ++i) {
    if (i > 0) out += ',';
    const bool is_read = reader_.read_next(&check_, &fault);
    if (is_read && is_operation_allowed(exchange->asking, &fault)) {
      if (recorder_.is_on()) text_ = reader_.item_text();
      const Given given{log::RequestForm::kJson, text_};
      if (!append_decision(exchange->asking, /*is_full=*/false, given, &out))
        return refuse_unlogged(exchange);
    } else {
      if (is_read) fault.pointer.insert(0, "/checks/" + std::to_string(i));
      wire::append_problem_item(check_, fault, &out);
    }
  }
  out += "]}";
  charge(exchange->asking, reader_.item_count());
}

}  // namespace beian::http
