// IPv4 addresses as IpAddress holds them: mapped to IPv6 as ::ffff:a.b.c.d.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

#include "cache/filing/identity.h"

namespace beian {

inline constexpr std::array<std::uint8_t, 12> kMappedPrefix = {0, 0, 0, 0, 0,    0,
                                                               0, 0, 0, 0, 0xFF, 0xFF};

inline bool is_ipv4(const IpAddress& address) noexcept {
  return std::equal(kMappedPrefix.begin(), kMappedPrefix.end(), address.bytes.begin());
}
// REQUIRES: is_ipv4(address).
inline std::uint32_t ipv4_number(const IpAddress& address) noexcept {
  std::uint32_t number = 0;
  for (std::size_t i = kMappedPrefix.size(); i < address.bytes.size(); ++i)
    number = (number << 8) | address.bytes[i];
  return number;
}
inline IpAddress ipv4_address(std::uint32_t number) noexcept {
  IpAddress address;
  std::copy(kMappedPrefix.begin(), kMappedPrefix.end(), address.bytes.begin());
  for (std::size_t i = address.bytes.size(); i-- > kMappedPrefix.size(); number >>= 8)
    address.bytes[i] = static_cast<std::uint8_t>(number);
  return address;
}

}  // namespace beian
