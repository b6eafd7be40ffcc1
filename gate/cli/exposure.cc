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
          "; listen at 127.0.0.1 or unix:/PATH, or, where the network itself is closed (a "
          "container's), say allow_open = true or --allow-open");
}

}  // namespace

Result<void> check_exposure(const Config& config) {
  if (config.allow_open) return {};
  const bool are_known = !config.callers.empty() || !config.tls.client_ca.empty();
  auto gate =
      are_known && config.tls.is_on()
          ? Result<void>{}
          : check("listen", config.listen,
                  are_known ? "keys would go over the network in clear, without tls.certificate"
                            : "nobody would have to show a key there");
  if (!gate || config.admin_listen.empty()) return gate;
  return check("admin.listen", config.admin_listen, "nobody has to show a key there");
}

}  // namespace beian::cli
