#include "gate/http/operations_desk.h"

#include <algorithm>

#include "gate/http/build_info.h"
#include "gate/http/media_type.h"
#include "gate/http/readiness.h"
#include "gate/wire/filing_json.h"

namespace beian::embedded {
std::string_view openapi_json() noexcept;
}

namespace beian::http {

void OperationsDesk::show_registry(Exchange* exchange) {
  exchange->response.content_type = kJson;
  JsonWriter json(&exchange->response.body);
  const auto followed = follower();
  const wire::RegistryNews news = news_of(followed.get());
  wire::write_registry(*state_.generation, exchange->now(), &news, &json);
}

void OperationsDesk::show_live(Exchange* exchange) {
  exchange->response.content_type = kJson;
  exchange->response.body = R"({"status":"live"})";
}

void OperationsDesk::show_ready(Exchange* exchange) {
  Response& response = exchange->response;
  response.content_type = kJson;
  JsonWriter json(&response.body);
  const auto is_verbose = [](const auto& parameter) { return parameter.name == "verbose"; };
  const auto followed = follower();
  if (write_readiness(*state_.generation, news_of(followed.get()), exchange->now(),
                      std::ranges::any_of(exchange->query.all(), is_verbose), &json))
    return;
  response.status = 503;
  response.add_field("Retry-After", kRetryAfter);
}

void OperationsDesk::show_version(Exchange* exchange) {
  exchange->response.content_type = kJson;
  JsonWriter json(&exchange->response.body);
  json.begin_object();
  json.field("name", "beian-gate");
  json.field("version", kVersion);
  json.field("compiler", kCompiler);
  json.end_object();
}

void OperationsDesk::show_openapi(Exchange* exchange) {
  exchange->response.content_type = kJson;
  exchange->response.body = embedded::openapi_json();
}

void OperationsDesk::show_metrics(Exchange* exchange) {
  const auto followed = follower();
  exchange->response.content_type = kMetricsContentType;
  exchange->response.body =
      metrics_.text({*state_.generation, followed.get(), routes_, exchange->now()});
}

// Does not wait for the reload: the log and the metrics report its result.
void OperationsDesk::begin_reload(Exchange* exchange) {
  if (reload_ && !reload_()) {
    exchange->response.add_field("Retry-After", kRetryAfter);
    return exchange->problem(
        {503, "stopping", "the gate is stopping, and reads nothing again", ""});
  }
  exchange->response.status = 202;
  exchange->response.content_type = kJson;
  exchange->response.body = R"({"status":"reloading"})";
}

}  // namespace beian::http
