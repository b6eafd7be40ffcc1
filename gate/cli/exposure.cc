#include "gate/cli/exposure.h"

#include "gate/http/listen_socket.h"

namespace beian::cli {
namespace {

Result<void> check(const std::string& key, const std::string& listen, std::string_view lacks) {
  const auto address = http::parse_listen_address(listen);
  if (!address) return address.error();
  if (http::is_local(*address)) return {};
  return make_error(
      ErrorKind::kUsage,
      key + " = \"" + listen + "\" can be reached from other machines, and " + std::string(lacks) +
          "; listen at 127.0.0.1 or unix:/PATH behind a proxy with TLS, or, where the network "
          "itself is closed (a container's), say allow_open = true or --allow-open");
}

}  // namespace

Result<void> check_exposure(const Config& config) {
  if (config.allow_open) return {};
  const auto gate = check("listen", config.listen,
                          config.callers.empty() ? "nobody would have to show a key there"
                                                 : "keys would go over the network in clear");
  if (!gate || config.admin_listen.empty()) return gate;
  return check("admin.listen", config.admin_listen, "nobody has to show a key there");
}

}  // namespace beian::cli
