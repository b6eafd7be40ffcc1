#include "gate/wire/province_counts.h"

#include "cache/filing/number.h"

namespace beian::wire {
namespace {

// Where a number stands in key order, disregarding its main digits and serial.
constexpr int place(Form form, int province) noexcept {
  return static_cast<int>(form) * 64 + province;
}

// The first row whose place is at least `wanted`.
std::uint32_t first_row(const cache::Snapshot& snapshot, int wanted) {
  std::uint64_t low = 0;
  std::uint64_t high = snapshot.info().services;
  while (low < high) {
    const std::uint64_t middle = (low + high) / 2;
    const NumberParts parts = snapshot.service(static_cast<std::uint32_t>(middle)).number().parts();
    if (place(parts.form, parts.province) < wanted)
      low = middle + 1;
    else
      high = middle;
  }
  return static_cast<std::uint32_t>(low);
}

}  // namespace

std::array<std::uint64_t, kProvinceCount> services_by_province(const cache::Snapshot& snapshot) {
  std::array<std::uint64_t, kProvinceCount> counts{};
  for (const Form form : {Form::kFiling, Form::kIcpLicence, Form::kLicence})
    for (int province = 0; province < kProvinceCount; ++province)
      counts[static_cast<std::size_t>(province)] += first_row(snapshot, place(form, province + 1)) -
                                                    first_row(snapshot, place(form, province));
  return counts;
}

}  // namespace beian::wire
