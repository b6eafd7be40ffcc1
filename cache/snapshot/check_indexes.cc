// Checks the id lists, IP ranges and hash indexes: every value is in bounds, and every order is
// what look-ups expect. That an index lists all it should, the writer promises and the signature
// covers; that it lists nothing false needs no check, because each hit is compared with the row.
#include <algorithm>

#include "cache/snapshot/check_tasks.h"
#include "cache/snapshot/ip_index.h"
#include "cache/snapshot/prefetch.h"

namespace beian::cache {
namespace {

using namespace format;

constexpr std::uint64_t kIdsPerTask = 1 << 18;
constexpr std::uint64_t kFetchIds = 16;  // how far ahead memory is prefetched

template <class Row>
Result<void> check_ids(const SnapshotTables& tables, SectionId section,
                       std::span<const std::uint32_t> ids, std::span<const Row> rows,
                       std::uint64_t first, std::uint64_t end) {
  for (std::uint64_t i = first; i < end; ++i) {
    if (i + kFetchIds < end && ids[i + kFetchIds] < rows.size())
      prefetch(&rows[ids[i + kFetchIds]].id);
    if (ids[i] >= rows.size() ||
        (i > 0 && (ids[i - 1] >= rows.size() || rows[ids[i - 1]].id >= rows[ids[i]].id)))
      return damaged(section, offset_of(tables, &ids[i]), "not a row in the order of ids");
  }
  return {};
}

bool is_unreserved(const Ipv4Row&) {
  return true;
}
bool is_unreserved(const Ipv6Row& row) {
  return row.reserved == decltype(row.reserved){};
}

template <class Row>
Result<void> check_ip_rows(const SnapshotTables& tables, SectionId section,
                           std::span<const Row> rows) {
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const Row& row = rows[i];
    if (row.last < row.first || row.service >= tables.services.size() || !is_unreserved(row) ||
        (i > 0 && std::tie(rows[i - 1].first, rows[i - 1].last, rows[i - 1].service) >
                      std::tie(row.first, row.last, row.service)))
      return damaged(section, offset_of(tables, &row), "not a range in the order of addresses");
  }
  if (const std::size_t bad = find_bad_last_max(rows, 0, rows.size()); bad != rows.size())
    return damaged(section, offset_of(tables, &rows[bad]), "not the greatest end of its subtree");
  return {};
}

struct CheckedIndex {
  SectionId buckets;
  const IndexView* view;
  std::uint64_t rows;
};

SectionId postings_of(const CheckedIndex& index) {
  return static_cast<SectionId>(static_cast<std::uint32_t>(index.buckets) + 1);
}

// Returns where lists begin. Lists are read one after the other, so many slots may share one and
// the check is still linear.
Result<std::vector<bool>> check_postings(const SnapshotTables& tables, const CheckedIndex& index) {
  const auto words = index.view->postings;
  std::vector<bool> starts(words.size());
  for (std::size_t at = 0; at < words.size();) {
    const std::size_t count = words[at];
    const auto fault = [&](std::size_t word, const char* why) {
      return damaged(postings_of(index), offset_of(tables, &words[word]), why);
    };
    if (count < 2 || count > words.size() - at - 1) return fault(at, "not the length of a list");
    for (std::size_t i = at + 1; i <= at + count; ++i)
      if (words[i] >= index.rows || (i > at + 1 && words[i - 1] >= words[i]))
        return fault(i, "not a row in ascending order");
    starts[at] = true;
    at += 1 + count;
  }
  return starts;
}

Result<void> check_buckets(const SnapshotTables& tables, const CheckedIndex& index,
                           const std::vector<bool>& starts) {
  for (const Bucket& bucket : index.view->buckets) {
    if (bucket.overflows > 1)
      return damaged(index.buckets, offset_of(tables, &bucket), "not a bucket");
    for (const std::uint32_t value : bucket.values) {
      if (value == kNone) continue;
      const std::uint32_t place = value & ~kPostingBit;
      const bool is_sound =
          (value & kPostingBit) ? place < starts.size() && starts[place] : value < index.rows;
      if (!is_sound)
        return damaged(index.buckets, offset_of(tables, &bucket), "a value out of range");
    }
  }
  return {};
}

}  // namespace

void add_index_checks(const SnapshotTables& tables, std::vector<CheckTask>* tasks) {
  const auto fault_when = [&](bool is_wrong, SectionId section) {
    if (is_wrong)
      tasks->push_back([&tables, section]() -> Result<void> {
        return damaged(section, tables.header.sections[static_cast<std::size_t>(section)].offset,
                       "not as long as the rows it lists");
      });
  };
  const auto recorded = std::count_if(tables.subjects.begin(), tables.subjects.end(),
                                      [](const SubjectRow& row) { return row.flags & kRecorded; });
  fault_when(tables.subject_ids.size() != static_cast<std::uint64_t>(recorded),
             SectionId::kSubjectIds);
  fault_when(tables.service_ids.size() != tables.services.size(), SectionId::kServiceIds);
  add_ranges(
      tables.subject_ids.size(), kIdsPerTask,
      [&tables](std::uint64_t first, std::uint64_t end) {
        return check_ids(tables, SectionId::kSubjectIds, tables.subject_ids, tables.subjects, first,
                         end);
      },
      tasks);
  add_ranges(
      tables.service_ids.size(), kIdsPerTask,
      [&tables](std::uint64_t first, std::uint64_t end) {
        return check_ids(tables, SectionId::kServiceIds, tables.service_ids, tables.services, first,
                         end);
      },
      tasks);
  tasks->push_back([&tables] { return check_ip_rows(tables, SectionId::kIpv4, tables.ipv4); });
  tasks->push_back([&tables] { return check_ip_rows(tables, SectionId::kIpv6, tables.ipv6); });
  const std::uint64_t services = tables.services.size();
  for (const CheckedIndex& index :
       {CheckedIndex{SectionId::kNumberBuckets, &tables.numbers, tables.subjects.size()},
        CheckedIndex{SectionId::kPackageBuckets, &tables.packages, services},
        CheckedIndex{SectionId::kPlatformBuckets, &tables.platforms, services},
        CheckedIndex{SectionId::kFingerprintBuckets, &tables.fingerprints, services},
        CheckedIndex{SectionId::kPublicKeyBuckets, &tables.public_keys, services},
        CheckedIndex{SectionId::kDomainBuckets, &tables.domains, services}}) {
    tasks->push_back([&tables, index]() -> Result<void> {
      const auto starts = check_postings(tables, index);
      if (!starts) return starts.error();
      return check_buckets(tables, index, *starts);
    });
  }
}

}  // namespace beian::cache
