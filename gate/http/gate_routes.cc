// GateService's table of routes: the only place that names paths.
#include <array>

#include "cache/base/limits.h"
#include "gate/http/gate_service.h"

namespace beian::http {

const GateService::Route* GateService::find_route(std::string_view path) {
  using S = GateService;
  static constexpr std::array kRoutes = {
      Route{"/v1/check", &S::check_queried, &S::check_posted, limits::kBodyBytesMax},
      Route{"/v1/checks", nullptr, &S::check_batch, limits::kBatchBytesMax},
      Route{"/v1/checks:stream", nullptr, &S::check_stream, limits::kBodyUnbounded},
      Route{"/v1/filings/", &S::show_filing, nullptr, 0},
      Route{"/v1/packages/", &S::show_package, nullptr, 0},
      Route{"/v1/domains/", &S::show_domain, nullptr, 0},
      Route{"/v1/numbers/", &S::show_number, nullptr, 0},
      Route{"/v1/registry", &S::show_registry, nullptr, 0},
      Route{"/livez", &S::show_live, nullptr, 0},
      Route{"/readyz", &S::show_ready, nullptr, 0},
      Route{"/version", &S::show_version, nullptr, 0},
  };
  for (const Route& route : kRoutes) {
    const bool takes_argument = route.path.back() == '/';
    if (takes_argument ? path.starts_with(route.path) && path.size() > route.path.size()
                       : path == route.path)
      return &route;
  }
  return nullptr;
}

}  // namespace beian::http
