// How many services each province has, by their numbers.
#pragma once

#include <array>
#include <cstdint>

#include "cache/filing/provinces.h"
#include "cache/snapshot/snapshot.h"

namespace beian::wire {

// Indexed like kProvinces; services without a province count under kNoProvince, cross-province ones
// are left out. Numbers are sorted by form and province, so binary search reads a few thousand rows
// of the largest snapshot. Any thread.
std::array<std::uint64_t, kProvinceCount> services_by_province(const cache::Snapshot& snapshot);

}  // namespace beian::wire
