#include "gate/http/page_desk.h"

#include "cache/base/json_writer.h"
#include "gate/console/page.h"
#include "gate/http/build_info.h"
#include "gate/http/etag.h"
#include "gate/http/media_type.h"

namespace beian::http {

void PageDesk::show_file(Exchange* exchange) {
  const console::Page* page = console::find_page(exchange->request.path);
  if (page == nullptr)
    return exchange->problem({404, "not-found", "the page has no such file", ""});
  Response& response = exchange->response;
  response.fields += console::kPageFields;
  response.add_field("ETag", page->etag);
  // Always revalidated, rarely resent: a new version of the program shows at once.
  response.add_field("Cache-Control", "no-cache");
  std::string lines;
  if (matches_etag(exchange->request.list_field("If-None-Match", &lines), page->etag)) {
    response.status = 304;
    return;
  }
  response.content_type = page->content_type;
  response.body = page->bytes;
}

void PageDesk::show_offer(Exchange* exchange) {
  exchange->response.content_type = kJson;
  exchange->response.add_field("Cache-Control", "no-store");
  JsonWriter json(&exchange->response.body);
  json.begin_object();
  json.field("version", kVersion);
  json.key("routes");
  json.begin_array();
  for (const std::string_view path : offered_) json.string(path);
  json.end_array();
  json.end_object();
}

}  // namespace beian::http
