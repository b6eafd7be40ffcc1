// Builders of registries for the snapshot tests, and conversion of views back to records. Tests
// only.
#pragma once

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "cache/filing/parse.h"
#include "cache/snapshot/snapshot.h"
#include "cache/snapshot/snapshot_writer.h"
#include "cache/snapshot/trust.h"

namespace beian::cache::test {

inline const Trust kAnybody{{}, true};  // whoever signed

inline FilingNumber number_of(std::string_view text) {
  const ParsedNumber parsed = parse_number(text);
  EXPECT_TRUE(parsed.is_number()) << text;
  return parsed.number;
}

inline Day day(int year, unsigned month, unsigned of_month) {
  return Day{std::chrono::year{year} / static_cast<int>(month) / static_cast<int>(of_month)};
}

// A registry as plain records, which naive twins search.
struct Registry {
  std::vector<SubjectRecord> subjects;
  std::vector<ServiceRecord> services;
};

// A few records with every shape of field: known, empty, unknown; long lists; both IP families.
Registry hand_made();

// `services` records from a seed: shared packages, certificates, keys and domains, overlapping
// ranges, several services under one number, subjects without services and services without
// subject.
Registry random_registry(unsigned seed, std::size_t services);

SealOptions seal();

std::string build(const Registry& registry, const SealOptions& options = seal());
std::shared_ptr<const Snapshot> open(const std::string& bytes);

// One line per field, so that differences are readable. Equal exactly when the records are.
std::string describe(const SubjectRecord& record);
std::string describe(const ServiceRecord& record);
std::string describe(const SubjectView& view);
std::string describe(const ServiceView& view);

}  // namespace beian::cache::test
