// GateService's checks: one by one and in batches. gate_stream.cc has those of a stream.
#include "gate/decision/suggest.h"
#include "gate/http/gate_service.h"
#include "gate/http/media_type.h"
#include "gate/wire/decision_json.h"

namespace beian::http {

void GateService::judge(const Asking& asking) {
  const Policy& policy = asking.caller == nullptr
                             ? state_.policies->base()
                             : state_.policies->profile(asking.caller->settings().profile);
  evaluate(check_, *state_.generation, policy, *state_.calendar, asking.now(), &decision_);
  stats_->count_decision(decision_);
}

void GateService::append_decision(const Asking& asking, bool is_full, std::string* out) {
  judge(asking);
  // The parameter is for callers that send rows as they are; a row's own word counts more.
  is_full = check_.is_detail_full.value_or(asking.is_detail_full.value_or(is_full));
  if (!is_full) return wire::append_brief(check_, decision_, out);
  const wire::MessageContext context{check_, decision_, *state_.guidance, asking.language};
  wire::append_full(context, suggest(check_, decision_, *state_.generation), ids_.next(asking.time),
                    out);
}

void GateService::answer_check(Exchange* exchange) {
  exchange->response->content_type = kJson;
  append_decision(exchange->asking, /*is_full=*/true, &exchange->response->body);
}

void GateService::check_posted(Exchange* exchange) {
  wire::Problem fault;
  if (!reader_.read(exchange->request.body, {exchange->asking.is_strict}, &check_, &fault) ||
      !is_operation_allowed(exchange->asking, &fault))
    return problem(exchange, fault);
  answer_check(exchange);
}

void GateService::check_queried(Exchange* exchange) {
  wire::Problem fault;
  if (!wire::read_request(query_, {exchange->asking.is_strict}, &check_, &fault) ||
      !is_operation_allowed(exchange->asking, &fault))
    return problem(exchange, fault);
  answer_check(exchange);
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
      append_decision(exchange->asking, /*is_full=*/false, &out);
    } else {
      if (is_read) fault.pointer.insert(0, "/checks/" + std::to_string(i));
      wire::append_problem_item(check_, fault, &out);
    }
  }
  out += "]}";
  charge(exchange->asking, reader_.item_count());
}

}  // namespace beian::http
