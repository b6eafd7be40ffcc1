// The values that a finding is about: what the request gave, and what the registry holds.
//
// They are read from request and filing when wanted; a finding holds none of them. Any thread.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "gate/wire/messages.h"

namespace beian::wire {

// How many of the registry's values are shown for one finding, at most.
inline constexpr std::size_t kExpectedShownMax = 8;

// The value of the request that `finding` is about: text as it was given, several certificates
// joined by commas, digests in lower-case hexadecimal (public keys as `sha256:` and a digest of
// what every rendering of the key shares). Empty when nothing was given. Bounded only by the
// request's own limits. A view of the request, or of `storage`, which must be empty.
std::string_view given_value(const MessageContext& context, const Finding& finding,
                             std::string* storage);

// Calls `visit` with what would have fitted, at most kExpectedShownMax values, each once; never for
// codes that are not about a difference. A view is valid during the call. Certificate numbers of
// individuals are never shown.
void for_each_expected(const MessageContext& context, const Finding& finding,
                       const std::function<void(std::string_view)>& visit);

// Calls `visit` with each algorithm ("MD5", "SHA-1", "SHA-256") that has filed fingerprints on the
// platforms the request is about, but none in the request.
void for_each_algorithm_not_given(const MessageContext& context,
                                  const std::function<void(std::string_view)>& visit);

// The number judged: the claimed one if it parses, else that of the filing found.
std::optional<FilingNumber> number_at_issue(const Decision& decision);

// Whether the sponsor is an individual (个人) according to the registry; nullopt when it does not
// say.
std::optional<bool> is_individual(const Decision& decision);

}  // namespace beian::wire
