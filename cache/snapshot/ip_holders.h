// Finds the services that hold an address, each once, in the tables of one snapshot.
//
// Pure; any thread; allocates only for services with hundreds of ranges.
#pragma once

#include <unordered_set>

#include "cache/filing/ipv4.h"
#include "cache/snapshot/body.h"
#include "cache/snapshot/ip_index.h"
#include "cache/snapshot/tables.h"

namespace beian::cache {

// A service with more ranges than this is remembered once visited; with fewer, its ranges are
// searched each time, which costs less than remembering it.
inline constexpr std::size_t kFewRanges = 256;

// Calls `visit(row)` for each service with a range that holds `address`.
template <class Visit>
void for_each_holder(const SnapshotTables& tables, const IpAddress& address, Visit&& visit) {
  const auto holds = [&](std::uint32_t reference) {
    if (reference & format::kIpv6Bit) {
      const format::Ipv6Row& row = tables.ipv6[reference & ~format::kIpv6Bit];
      return row.first <= address.bytes && address.bytes <= row.last;
    }
    const format::Ipv4Row& row = tables.ipv4[reference];
    return is_ipv4(address) && row.first <= ipv4_number(address) &&
           ipv4_number(address) <= row.last;
  };
  // A service with several ranges that hold the address is visited once, for the first of them.
  std::unordered_set<std::uint32_t> visited;
  const auto visit_range = [&](std::uint32_t row, std::uint32_t reference) {
    const format::ServiceRow& service = tables.services[row];
    const auto words = tables.body(service);
    BodyShape shape;
    if (!read_shape(words, service.flags, &shape)) return;
    if (shape.counts[kIpList] > kFewRanges) {
      if (visited.insert(row).second) visit(row);
      return;
    }
    for (const std::uint32_t other : words.subspan(shape.starts[kIpList], shape.counts[kIpList])) {
      if (other == reference) break;
      if (holds(other)) return;
    }
    visit(row);
  };
  if (is_ipv4(address)) {
    visit_holders(tables.ipv4, 0, tables.ipv4.size(), ipv4_number(address), [&](std::size_t index) {
      visit_range(tables.ipv4[index].service, static_cast<std::uint32_t>(index));
    });
  } else {
    visit_holders(tables.ipv6, 0, tables.ipv6.size(), address.bytes, [&](std::size_t index) {
      visit_range(tables.ipv6[index].service, static_cast<std::uint32_t>(index) | format::kIpv6Bit);
    });
  }
}

}  // namespace beian::cache
