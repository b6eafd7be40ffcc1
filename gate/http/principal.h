// Names by which a caller's certificate says who it is: `DNS:NAME`, `URI:…`, `email:…`, as OpenSSL
// prints the subject's alternative names. Two are the same when they are, byte for byte; those of
// hosts are in lower case.
//
// Pure; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace beian::http {

inline constexpr std::string_view kPrincipalKinds[] = {"DNS:", "URI:", "email:"};

// `text` as it is compared; nullopt when it is of none of the kinds, or holds anything but visible
// ASCII without `"` and `\`, which no such name has.
std::optional<std::string> parse_principal(std::string_view text);

}  // namespace beian::http
