#include "cache/filing/identity.h"

namespace beian {

std::optional<Fingerprint> parse_fingerprint(std::string_view text) noexcept {
  Fingerprint fingerprint;
  const std::ptrdiff_t size = from_hex(text, fingerprint.bytes);
  if (size != 16 && size != 20 && size != 32) return std::nullopt;
  fingerprint.size = static_cast<std::uint8_t>(size);
  return fingerprint;
}

}  // namespace beian
