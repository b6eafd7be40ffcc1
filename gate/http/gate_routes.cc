// GateService's table of routes: the only place that names paths.
#include <array>

#include "cache/base/limits.h"
#include "gate/http/gate_service.h"
#include "gate/http/scope.h"

namespace beian::http {

std::span<const GateService::Route> GateService::routes() {
  using S = GateService;
  using enum Scope;
  static constexpr std::array kRoutes = {
      Route{"/v1/check", &S::check_queried, &S::check_posted, limits::kBodyBytesMax, kCheck, false,
            false, "detail"},
      Route{"/v1/checks", nullptr, &S::check_batch, limits::kBatchBytesMax, kBulk, false, false,
            "detail"},
      Route{"/v1/checks:stream", nullptr, &S::check_stream, limits::kBodyUnbounded, kBulk, false,
            false, "detail"},
      Route{"/v1/authz", &S::authorize, &S::authorize, 0, kAuthz},
      Route{"/v1/authz/", &S::authorize, &S::authorize, 0, kAuthz, true},
      Route{"/access/v1/evaluation", nullptr, &S::evaluate_one, limits::kBodyBytesMax, kCheck,
            false, false, "detail"},
      Route{"/access/v1/evaluations", nullptr, &S::evaluate_several, limits::kBatchBytesMax, kBulk,
            false, false, "detail"},
      Route{"/.well-known/authzen-configuration", &S::show_authzen, nullptr, 0, kOpen},
      Route{"/v1/filings/", &S::show_filing, nullptr, 0, kLookup},
      Route{"/v1/packages:inspect", nullptr, &S::inspect_package, limits::kBodyUnbounded, kPackages,
            false, true, "verify"},
      Route{"/v1/packages/", &S::show_package, nullptr, 0, kLookup},
      Route{"/v1/domains/", &S::show_domain, nullptr, 0, kLookup},
      Route{"/v1/numbers/", &S::show_number, nullptr, 0, kLookup},
      Route{"/v1/registry", &S::show_registry, nullptr, 0, kLookup},
      Route{"/", &S::show_page, nullptr, 0, kOpen},
      Route{"/console/gate.json", &S::show_offer, nullptr, 0, kOpen},
      Route{"/console/", &S::show_page, nullptr, 0, kOpen},
      Route{"/livez", &S::show_live, nullptr, 0, kOpen},
      Route{"/readyz", &S::show_ready, nullptr, 0, kOpen, false, false, "verbose"},
      Route{"/version", &S::show_version, nullptr, 0, kOpen},
      Route{"/openapi.json", &S::show_openapi, nullptr, 0, kOpen},
      Route{"/metrics", &S::show_metrics, nullptr, 0, kOperations},
      Route{"/reload", nullptr, &S::reload, 0, kReload},
  };
  static_assert(kRoutes.size() <= kRoutesMax, "each has its counters");
  return kRoutes;
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
