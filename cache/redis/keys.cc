#include "cache/redis/keys.h"

#include <charconv>

#include "cache/base/bytes.h"

namespace beian::cache {

RedisKeys::RedisKeys(std::string_view prefix)
    : tagged_("{" + std::string(prefix) + "}:"), chunk_(std::string(prefix) + ":chunk:") {}

std::string RedisKeys::manifest(std::string_view id_hex) const {
  return tagged_ + "manifest:" + std::string(id_hex);
}

std::string RedisKeys::chunk(const Sha256& content) const {
  return chunk_ + to_hex(content);
}

std::string stream_id(std::uint64_t serial) {
  return std::to_string(serial) + "-0";
}

std::optional<std::uint64_t> serial_of_stream_id(std::string_view id) noexcept {
  if (!id.ends_with("-0")) return std::nullopt;
  id.remove_suffix(2);
  std::uint64_t serial = 0;
  const auto [end, error] = std::from_chars(id.data(), id.data() + id.size(), serial);
  if (error != std::errc{} || end != id.data() + id.size()) return std::nullopt;
  return serial;
}

}  // namespace beian::cache
