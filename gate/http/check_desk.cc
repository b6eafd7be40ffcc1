#include "gate/http/check_desk.h"

#include "gate/http/media_type.h"

namespace beian::http {

void CheckDesk::answer_body(Exchange* exchange) {
  wire::Problem fault;
  const Asking& asking = exchange->asking;
  if (!reader_.read(exchange->request.body, {asking.is_strict}, &decider_.check(), &fault) ||
      !decider_.is_operation_allowed(asking, &fault))
    return exchange->problem(fault);
  answer({log::RequestForm::kJson, exchange->request.body}, exchange);
}

void CheckDesk::answer_query(Exchange* exchange) {
  wire::Problem fault;
  const Asking& asking = exchange->asking;
  if (!wire::read_request(exchange->query, {asking.is_strict}, &decider_.check(), &fault) ||
      !decider_.is_operation_allowed(asking, &fault))
    return exchange->problem(fault);
  if (answer({log::RequestForm::kQuery, exchange->request.query}, exchange))
    add_cache_control(decider_.decision().effect, "Accept-Language", exchange);
}

// False when no decision may be given: then the answer is a refusal.
bool CheckDesk::answer(const Given& given, Exchange* exchange) {
  exchange->response.content_type = kJson;
  if (decider_.append(exchange->asking, /*is_full=*/true, given, &exchange->response.body))
    return true;
  refuse_unlogged(exchange);
  return false;
}

void CheckDesk::answer_batch(Exchange* exchange) {
  wire::Problem fault;
  const Asking& asking = exchange->asking;
  if (!reader_.parse_batch(exchange->request.body, {asking.is_strict}, &fault))
    return exchange->problem(fault);
  std::string& out = exchange->response.body;
  exchange->response.content_type = kJson;
  out += "{\"decisions\":[";
  bool is_any_logged = false;
  for (std::size_t i = 0; i < reader_.item_count(); ++i) {
    if (i > 0) out += ',';
    const bool is_read = reader_.read_next(&decider_.check(), &fault);
    if (is_read && decider_.is_operation_allowed(asking, &fault)) {
      if (decider_.is_logging()) item_ = reader_.item_text();
      if (decider_.append(asking, /*is_full=*/false, {log::RequestForm::kJson, item_}, &out)) {
        is_any_logged = true;
        continue;
      }
      // Whatever the log holds must also be in the answer.
      if (!is_any_logged) return refuse_unlogged(exchange);
      wire::append_problem_item(decider_.check(), unlogged_problem(), &out);
    } else {
      if (is_read) fault.pointer.insert(0, "/checks/" + std::to_string(i));
      wire::append_problem_item(decider_.check(), fault, &out);
    }
  }
  out += "]}";
  asking.charge(reader_.item_count());
}

}  // namespace beian::http
