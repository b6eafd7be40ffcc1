// GateService's part of the page: the files, and what this gate offers.
#include "cache/base/json_writer.h"
#include "gate/console/page.h"
#include "gate/http/build_info.h"
#include "gate/http/etag.h"
#include "gate/http/gate_service.h"
#include "gate/http/media_type.h"

namespace beian::http {

void GateService::show_page(Exchange* exchange) {
  const console::Page* page = console::find_page(exchange->request.path);
  if (page == nullptr)
    return problem(exchange, {404, "not-found", "the page has no such file", ""});
  Response& response = *exchange->response;
  response.fields += console::kPageFields;
  response.add_field("ETag", page->etag);
  // Always asked for again, and seldom sent: what a new program brings is seen at once.
  response.add_field("Cache-Control", "no-cache");
  if (matches_etag(exchange->request.list_field("If-None-Match", &lines_), page->etag)) {
    response.status = 304;
    return;
  }
  response.content_type = page->content_type;
  response.body = page->bytes;
}

// So that the page can leave out what this gate does not offer without asking for it: a browser
// tells every 404 as an error.
void GateService::show_offer(Exchange* exchange) {
  exchange->response->content_type = kJson;
  exchange->response->add_field("Cache-Control", "no-store");
  JsonWriter json(&exchange->response->body);
  json.begin_object();
  json.field("version", kVersion);
  json.key("routes");
  json.begin_array();
  for (const Route& route : routes())
    if (offers(route.scope) && (!route.takes_package || context_.packages != nullptr))
      json.string(route.path);
  json.end_array();
  json.end_object();
}

}  // namespace beian::http
