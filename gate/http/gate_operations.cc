// GateService's answers about the gate itself: registry, health, metrics, version.
#include <algorithm>

#include "gate/http/build_info.h"
#include "gate/http/gate_service.h"
#include "gate/http/media_type.h"
#include "gate/http/readiness.h"
#include "gate/wire/filing_json.h"

namespace beian::embedded {
std::string_view openapi_json() noexcept;
}

namespace beian::http {

void GateService::show_registry(Exchange* exchange) {
  exchange->response->content_type = kJson;
  JsonWriter json(&exchange->response->body);
  wire::write_registry(*state_.generation, exchange->now(), follower_status().get(), &json);
}

void GateService::show_live(Exchange* exchange) {
  exchange->response->content_type = kJson;
  exchange->response->body = R"({"status":"live"})";
}

void GateService::show_ready(Exchange* exchange) {
  Response& response = *exchange->response;
  response.content_type = kJson;
  JsonWriter json(&response.body);
  const auto is_verbose = [](const auto& parameter) { return parameter.name == "verbose"; };
  if (write_readiness(*state_.generation, follower_status().get(), exchange->now(),
                      std::ranges::any_of(query_.all(), is_verbose), &json))
    return;
  response.status = 503;
  response.add_field("Retry-After", kRetryAfter);
}

std::shared_ptr<const cache::FollowerStatus> GateService::follower_status() const {
  return state_.follower ? state_.follower->get() : nullptr;
}

void GateService::show_openapi(Exchange* exchange) {
  exchange->response->content_type = kJson;
  exchange->response->body = embedded::openapi_json();
}

void GateService::show_metrics(Exchange* exchange) {
  const auto follower = follower_status();
  exchange->response->content_type = kMetricsContentType;
  exchange->response->body =
      context_.metrics->text({*state_.generation, follower.get(), route_names(), exchange->now()});
}

// What comes of it is told by the log and by metrics, since nothing waits for it here.
void GateService::reload(Exchange* exchange) {
  if (context_.reload != nullptr) context_.reload();
  exchange->response->status = 202;
  exchange->response->content_type = kJson;
  exchange->response->body = R"({"status":"reloading"})";
}

void GateService::show_version(Exchange* exchange) {
  exchange->response->content_type = kJson;
  JsonWriter json(&exchange->response->body);
  json.begin_object();
  json.field("name", "beian-gate");
  json.field("version", kVersion);
  json.field("compiler", kCompiler);
  json.end_object();
}

}  // namespace beian::http
