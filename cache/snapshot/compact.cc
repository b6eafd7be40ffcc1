#include "cache/snapshot/compact.h"

#include "cache/snapshot/record_of.h"

namespace beian::cache {

Result<void> compact(const Registry& registry, const std::string& path, const SealOptions& seal) {
  SnapshotWriter writer;
  registry.for_each_record([&](const auto& view) { writer.add(record_of(view)); });
  const auto written = std::move(writer).to_file(path, seal);
  return written ? Result<void>{} : written.error();
}

SealOptions seal_of(const Registry& registry) {
  const RegistryInfo& info = registry.info();
  SealOptions seal;
  seal.serial = info.serial;
  seal.as_of = info.as_of;
  seal.next_update = info.next_update;
  seal.is_sealed = info.is_sealed;
  seal.has_test_identities = info.has_test_identities;
  return seal;
}

}  // namespace beian::cache
