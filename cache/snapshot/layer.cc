#include "cache/snapshot/layer.h"

#include "cache/snapshot/tables.h"

namespace beian::cache {

void Bonds::scan(const Snapshot& snapshot) {
  const SnapshotTables& tables = RowAccess::tables(snapshot);
  for (const format::ServiceRow& service : tables.services) {
    const SubjectKey subject{tables.subjects[service.subject].key};
    const FilingKey own{service.key};
    if (subject != subject_key(own)) pairs_.emplace_back(subject, own);
  }
  std::sort(pairs_.begin(), pairs_.end());
  pairs_.erase(std::unique(pairs_.begin(), pairs_.end()), pairs_.end());
}

SubjectRows subject_rows(const Snapshot& snapshot, SubjectKey key) noexcept {
  const auto subject = snapshot.find_subject(key);
  if (!subject) return {};
  const auto& subjects = RowAccess::tables(snapshot).subjects;
  SubjectRows rows;
  rows.first_subject = RowAccess::row(*subject);
  std::size_t end = rows.first_subject;
  while (end < subjects.size() && subjects[end].key == static_cast<std::uint64_t>(key)) ++end;
  rows.subject_count = static_cast<std::uint32_t>(end) - rows.first_subject;
  return rows;
}

}  // namespace beian::cache
