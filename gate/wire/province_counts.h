// How many services the numbers of each province hold.
#pragma once

#include <array>
#include <cstdint>

#include "cache/filing/provinces.h"
#include "cache/snapshot/snapshot.h"

namespace beian::wire {

// By index of kProvinces; those without a province under kNoProvince, the cross-province ones left
// out. Numbers lie in the order of form and province, so this looks at a thousand rows of a
// snapshot of any size. Any thread.
std::array<std::uint64_t, kProvinceCount> services_by_province(const cache::Snapshot& snapshot);

}  // namespace beian::wire
