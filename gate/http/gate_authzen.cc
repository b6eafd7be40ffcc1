// GateService's access evaluations of the Authorization API 1.0 (OpenID AuthZEN), for enforcement
// points that speak it already. `decision` is true for an allow alone; what else there is to say
// stands in `context`, which is the decision of /v1/check.
#include "cache/base/pen.h"
#include "gate/http/gate_service.h"
#include "gate/http/media_type.h"

namespace beian::http {
namespace {

constexpr std::string_view kEvaluationPath = "/access/v1/evaluation";
constexpr std::string_view kEvaluationsPath = "/access/v1/evaluations";

// An evaluation that could not be read is a denial that says why.
void append_fault(const wire::Problem& fault, std::string* out) {
  Pen pen(out);
  pen.literal("{\"context\":{\"error\":{\"status\":");
  pen.unsigned_integer(fault.status);
  pen.literal(",\"message\":");
  pen.json_string(fault.detail);
  pen.literal(",\"type\":\"urn:beian-gate:problem:");
  pen.json_text(fault.slug);
  pen.literal("\",\"pointer\":");
  pen.json_string(fault.pointer);
  pen.literal("}},\"decision\":false}");
}

bool is_last(wire::Semantic semantic, bool is_allowed) noexcept {
  return semantic ==
         (is_allowed ? wire::Semantic::kPermitOnFirstPermit : wire::Semantic::kDenyOnFirstDeny);
}

}  // namespace

// The evaluation of check_, which authzen_ has read. False when the log does not take it: then
// there is no answer.
bool GateService::append_evaluation(const Asking& asking, bool is_full, std::string* out) {
  if (recorder_.is_on()) {
    text_.clear();
    append_query(authzen_.parameters(), &text_);
  }
  *out += "{\"context\":";
  if (!append_decision(asking, is_full, {log::RequestForm::kQuery, text_}, out)) return false;
  *out += decision_.effect == Effect::kAllow ? ",\"decision\":true}" : ",\"decision\":false}";
  return true;
}

bool GateService::may_evaluate(const Asking& asking, wire::Problem* fault) {
  if (is_operation_allowed(asking, fault)) return true;
  fault->pointer = authzen_.pointer_of("operation");
  return false;
}

void GateService::evaluate_one(Exchange* exchange) {
  wire::Problem fault;
  if (!authzen_.read(exchange->request.body, {exchange->asking.is_strict}, &check_, &fault) ||
      !may_evaluate(exchange->asking, &fault))
    return problem(exchange, fault);
  exchange->response->content_type = kJson;
  if (!append_evaluation(exchange->asking, /*is_full=*/true, &exchange->response->body))
    refuse_unlogged(exchange);
}

void GateService::evaluate_several(Exchange* exchange) {
  wire::Problem fault;
  const Asking& asking = exchange->asking;
  if (!authzen_.parse_batch(exchange->request.body, {asking.is_strict}, &fault))
    return problem(exchange, fault);
  std::string& out = exchange->response->body;
  exchange->response->content_type = kJson;
  if (!authzen_.has_evaluations()) {  // as if it had been asked for one
    if (!authzen_.read_next(&check_, &fault) || !may_evaluate(asking, &fault))
      return problem(exchange, fault);
    if (!append_evaluation(asking, /*is_full=*/true, &out)) refuse_unlogged(exchange);
    return;
  }
  out += "{\"evaluations\":[";
  std::size_t count = 0;
  for (bool is_over = false; !is_over && count < authzen_.item_count(); ++count) {
    if (count > 0) out += ',';
    bool is_allowed = false;
    if (authzen_.read_next(&check_, &fault) && may_evaluate(asking, &fault)) {
      if (!append_evaluation(asking, /*is_full=*/false, &out)) return refuse_unlogged(exchange);
      is_allowed = decision_.effect == Effect::kAllow;
    } else {
      append_fault(fault, &out);
    }
    is_over = is_last(authzen_.semantic(), is_allowed);
  }
  out += "]}";
  charge(asking, count);
}

// Where a client finds the above. The address is the one that he asked for: the gate knows no other
// name of itself.
void GateService::show_authzen(Exchange* exchange) {
  if (!offers(Scope::kCheck))
    return problem(exchange, {404, "not-found", "evaluations are at the gate's address", ""});
  if (exchange->request.host.empty())  // as HTTP/1.0 may
    return problem(exchange, {400, "bad-request", "Host is missing: no address can be told", ""});
  const bool is_encrypted =
      state_.is_encrypted || exchange->request.field("X-Forwarded-Proto") == "https";
  const std::string base =
      (is_encrypted ? "https://" : "http://") + std::string(exchange->request.host);
  exchange->response->content_type = kJson;
  exchange->response->add_field("Cache-Control", "no-store");
  Pen pen(&exchange->response->body);
  pen.literal("{\"policy_decision_point\":");
  pen.json_string(base);
  pen.literal(",\"access_evaluation_endpoint\":");
  pen.json_string(base + std::string(kEvaluationPath));
  pen.literal(",\"access_evaluations_endpoint\":");
  pen.json_string(base + std::string(kEvaluationsPath));
  pen.literal("}");
}

}  // namespace beian::http
