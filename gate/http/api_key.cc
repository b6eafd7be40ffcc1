#include "gate/http/api_key.h"

#include <openssl/rand.h>

#include <algorithm>
#include <array>

#include "cache/base/bytes.h"
#include "cache/base/sha256.h"

namespace beian::http {
namespace {

constexpr std::string_view kPrefix = "bgk_";
constexpr std::size_t kCheckBytes = 8;

bool is_lower_hex(std::string_view text) noexcept {
  return std::ranges::all_of(
      text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

std::string check_of(std::string_view text) {
  const Sha256 digest = sha256(text);
  return to_hex(ByteView(digest).first(kCheckBytes / 2));
}

}  // namespace

Result<std::string> make_api_key() {
  std::array<std::uint8_t, 8> id;
  std::array<std::uint8_t, 32> secret;
  if (RAND_bytes(id.data(), static_cast<int>(id.size())) != 1 ||
      RAND_priv_bytes(secret.data(), static_cast<int>(secret.size())) != 1)
    return make_error(ErrorKind::kInternal, "the system gives no random bytes");
  std::string key(kPrefix);
  key.append(to_hex(id)).append("_").append(to_hex(secret));
  return key + check_of(key);
}

std::optional<std::string_view> id_of_api_key(std::string_view text) noexcept {
  if (text.size() != kApiKeyBytes || !text.starts_with(kPrefix)) return std::nullopt;
  const std::string_view id = text.substr(kPrefix.size(), kApiKeyIdBytes);
  const std::string_view rest = text.substr(kPrefix.size() + kApiKeyIdBytes);
  if (rest.front() != '_' || !is_lower_hex(id) || !is_lower_hex(rest.substr(1)))
    return std::nullopt;
  return id;
}

bool is_api_key_id(std::string_view text) noexcept {
  return text.size() == kApiKeyIdBytes && is_lower_hex(text);
}

bool has_right_check(std::string_view text) {
  const std::string_view checked = text.substr(0, text.size() - kCheckBytes);
  return check_of(checked) == text.substr(text.size() - kCheckBytes);
}

}  // namespace beian::http
