// The names by which a certificate identifies a caller: `DNS:NAME`, `URI:…`, `email:…`, as OpenSSL
// prints subject alternative names. They are compared byte for byte; DNS names are in lower case.
//
// Pure; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace beian::http {

inline constexpr std::string_view kPrincipalKinds[] = {"DNS:", "URI:", "email:"};

// `text` in the form for comparison; nullopt when it is of none of the kinds, or holds anything but
// visible ASCII without `"` and `\`, which do not occur in such names.
std::optional<std::string> parse_principal(std::string_view text);

}  // namespace beian::http
