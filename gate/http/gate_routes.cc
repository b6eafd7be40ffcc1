// GateService's table of routes. This is the only place that names paths, except that
// authzen_desk.cc tells two of them to its clients.
#include <array>

#include "cache/base/limits.h"
#include "gate/http/gate_service.h"

namespace beian::http {

std::span<const GateService::Route> GateService::routes() {
  using S = GateService;
  using enum Scope;
  static constexpr std::array kRoutes = {
      Route{.path = "/v1/check",
            .get = &S::ask<&CheckDesk::answer_query>,
            .post = &S::ask<&CheckDesk::answer_body>,
            .scope = kCheck,
            .body_bytes_max = limits::kBodyBytesMax,
            .parameter = "detail",
            .is_query_check = true},
      Route{.path = "/v1/checks",
            .post = &S::ask<&CheckDesk::answer_batch>,
            .scope = kBulk,
            .body_bytes_max = limits::kBatchBytesMax,
            .parameter = "detail"},
      Route{.path = "/v1/checks:stream",
            .post = &S::ask<&CheckDesk::begin_stream>,
            .scope = kBulk,
            .body_bytes_max = limits::kBodyUnbounded,
            .parameter = "detail"},
      Route{.path = "/v1/authz",
            .get = &S::ask<&AuthzDesk::answer>,
            .post = &S::ask<&AuthzDesk::answer>,
            .scope = kAuthz,
            .is_query_check = true},
      Route{.path = "/v1/authz/",
            .get = &S::ask<&AuthzDesk::answer>,
            .post = &S::ask<&AuthzDesk::answer>,
            .scope = kAuthz,
            .is_query_check = true,
            .is_forwarded = true},
      Route{.path = "/access/v1/evaluation",
            .post = &S::ask<&AuthzenDesk::answer_one>,
            .scope = kCheck,
            .body_bytes_max = limits::kBodyBytesMax,
            .parameter = "detail"},
      Route{.path = "/access/v1/evaluations",
            .post = &S::ask<&AuthzenDesk::answer_several>,
            .scope = kBulk,
            .body_bytes_max = limits::kBatchBytesMax,
            .parameter = "detail"},
      Route{.path = "/.well-known/authzen-configuration",
            .get = &S::ask<&AuthzenDesk::show_endpoints>,
            .scope = kOpen},
      Route{.path = "/v1/filings/", .get = &S::ask<&LookupDesk::show_filing>, .scope = kLookup},
      Route{.path = "/v1/packages:inspect",
            .post = &S::ask<&UploadDesk::begin>,
            .scope = kPackages,
            .body_bytes_max = limits::kBodyUnbounded,
            .parameter = "verify",
            .takes_package = true},
      Route{.path = "/v1/packages/", .get = &S::ask<&LookupDesk::show_package>, .scope = kLookup},
      Route{.path = "/v1/domains/", .get = &S::ask<&LookupDesk::show_domain>, .scope = kLookup},
      Route{.path = "/v1/numbers/", .get = &S::ask<&LookupDesk::show_number>, .scope = kLookup},
      Route{
          .path = "/v1/registry", .get = &S::ask<&OperationsDesk::show_registry>, .scope = kLookup},
      Route{.path = "/", .get = &S::ask<&PageDesk::show_file>, .scope = kOpen},
      Route{.path = "/console/gate.json", .get = &S::ask<&PageDesk::show_offer>, .scope = kOpen},
      Route{.path = "/console/", .get = &S::ask<&PageDesk::show_file>, .scope = kOpen},
      Route{.path = "/livez", .get = &S::ask<&OperationsDesk::show_live>, .scope = kOpen},
      Route{.path = "/readyz",
            .get = &S::ask<&OperationsDesk::show_ready>,
            .scope = kOpen,
            .parameter = "verbose"},
      Route{.path = "/version", .get = &S::ask<&OperationsDesk::show_version>, .scope = kOpen},
      Route{.path = "/openapi.json", .get = &S::ask<&OperationsDesk::show_openapi>, .scope = kOpen},
      Route{
          .path = "/metrics", .get = &S::ask<&OperationsDesk::show_metrics>, .scope = kOperations},
      Route{.path = "/reload", .post = &S::ask<&OperationsDesk::begin_reload>, .scope = kReload},
  };
  static_assert(kRoutes.size() <= kRoutesMax, "each has its counters");
  return kRoutes;
}

// A package is unbounded too, but is not lines.
bool GateService::Route::takes_lines() const noexcept {
  return body_bytes_max == limits::kBodyUnbounded && !takes_package;
}

std::span<const std::string_view> GateService::route_names() {
  static const std::vector<std::string_view> names = [] {
    std::vector<std::string_view> all;
    for (const Route& route : routes()) all.push_back(route.path);
    return all;
  }();
  return names;
}

bool GateService::offers(Scope scope) const {
  const Role role = context_.role;
  if (scope == Scope::kOpen) return true;
  if (scope == Scope::kReload) return role == Role::kAdmin;
  if (scope == Scope::kOperations) return role != Role::kGate;
  return role != Role::kAdmin;
}

std::vector<std::string_view> GateService::offered_paths() const {
  std::vector<std::string_view> paths;
  for (const Route& route : routes())
    if (offers(route.scope) && (!route.takes_package || context_.packages != nullptr))
      paths.push_back(route.path);
  return paths;
}

bool GateService::is_bulk(const Request& request) const {
  if (request.method != Method::kPost) return false;
  const Route* const route = find_route(request.path);
  return route != nullptr && route->scope == Scope::kBulk;
}

const GateService::Route* GateService::find_route(std::string_view path) const {
  for (const Route& route : routes()) {
    const bool takes_argument = route.path.size() > 1 && route.path.back() == '/';
    const bool is_long_enough = path.size() > route.path.size() || route.is_forwarded;
    if (takes_argument ? path.starts_with(route.path) && is_long_enough : path == route.path)
      return offers(route.scope) ? &route : nullptr;
  }
  return nullptr;
}

}  // namespace beian::http
