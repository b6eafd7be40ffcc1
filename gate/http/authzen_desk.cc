#include "gate/http/authzen_desk.h"

#include "cache/base/pen.h"
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

// Appends the evaluation of the check that the reader has read. False when the log does not accept
// it: then `out` is unchanged, and no decision may be given.
bool AuthzenDesk::append_evaluation(const Asking& asking, bool is_full, std::string* out) {
  if (decider_.is_logging()) {
    text_.clear();
    append_query(reader_.parameters(), &text_);
  }
  const std::size_t before = out->size();
  *out += "{\"context\":";
  if (!decider_.append(asking, is_full, {log::RequestForm::kQuery, text_}, out)) {
    out->resize(before);
    return false;
  }
  const bool is_allowed = decider_.decision().effect == Effect::kAllow;
  *out += is_allowed ? ",\"decision\":true}" : ",\"decision\":false}";
  return true;
}

bool AuthzenDesk::may_evaluate(const Asking& asking, wire::Problem* fault) {
  if (decider_.is_operation_allowed(asking, fault)) return true;
  fault->pointer = reader_.pointer_of("operation");
  return false;
}

void AuthzenDesk::answer_one(Exchange* exchange) {
  wire::Problem fault;
  const Asking& asking = exchange->asking;
  if (!reader_.read(exchange->request.body, {asking.is_strict}, &decider_.check(), &fault) ||
      !may_evaluate(asking, &fault))
    return exchange->problem(fault);
  exchange->response.content_type = kJson;
  if (!append_evaluation(asking, /*is_full=*/true, &exchange->response.body))
    refuse_unlogged(exchange);
}

void AuthzenDesk::answer_several(Exchange* exchange) {
  wire::Problem fault;
  const Asking& asking = exchange->asking;
  if (!reader_.parse_batch(exchange->request.body, {asking.is_strict}, &fault))
    return exchange->problem(fault);
  if (reader_.has_evaluations()) return append_evaluations(exchange);
  // Without evaluations, the same as a single one.
  if (!reader_.read_next(&decider_.check(), &fault) || !may_evaluate(asking, &fault))
    return exchange->problem(fault);
  exchange->response.content_type = kJson;
  if (!append_evaluation(asking, /*is_full=*/true, &exchange->response.body))
    refuse_unlogged(exchange);
}

void AuthzenDesk::append_evaluations(Exchange* exchange) {
  const Asking& asking = exchange->asking;
  std::string& out = exchange->response.body;
  exchange->response.content_type = kJson;
  out += "{\"evaluations\":[";
  std::size_t count = 0;
  bool is_any_logged = false;
  for (bool is_over = false; !is_over && count < reader_.item_count(); ++count) {
    if (count > 0) out += ',';
    wire::Problem fault;
    bool is_allowed = false;
    if (reader_.read_next(&decider_.check(), &fault) && may_evaluate(asking, &fault)) {
      if (append_evaluation(asking, /*is_full=*/false, &out)) {
        is_any_logged = true;
        is_allowed = decider_.decision().effect == Effect::kAllow;
      } else {
        // Whatever the log holds must also be in the answer.
        if (!is_any_logged) return refuse_unlogged(exchange);
        append_fault(unlogged_problem(), &out);
      }
    } else {
      append_fault(fault, &out);
    }
    is_over = is_last(reader_.semantic(), is_allowed);
  }
  out += "]}";
  asking.charge(count);
}

// Builds URLs on the Host that the client used: the gate knows no other name for itself.
void AuthzenDesk::show_endpoints(Exchange* exchange) {
  const Request& request = exchange->request;
  if (!has_evaluations_)
    return exchange->problem({404, "not-found", "evaluations are at the gate's address", ""});
  if (request.host.empty())  // as HTTP/1.0 may
    return exchange->problem({400, "bad-request", "Host is missing: no address can be told", ""});
  const bool is_encrypted = state_.is_encrypted || request.field("X-Forwarded-Proto") == "https";
  const std::string base = (is_encrypted ? "https://" : "http://") + std::string(request.host);
  exchange->response.content_type = kJson;
  exchange->response.add_field("Cache-Control", "no-store");
  Pen pen(&exchange->response.body);
  pen.literal("{\"policy_decision_point\":");
  pen.json_string(base);
  pen.literal(",\"access_evaluation_endpoint\":");
  pen.json_string(base + std::string(kEvaluationPath));
  pen.literal(",\"access_evaluations_endpoint\":");
  pen.json_string(base + std::string(kEvaluationsPath));
  pen.literal("}");
}

}  // namespace beian::http
