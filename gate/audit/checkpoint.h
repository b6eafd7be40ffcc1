// Where an interrupted audit continues: a place between two rows, the length of each output there,
// and the totals up to there.
//
// A small file (`--resume STATE`), replaced atomically. A resumed audit writes the same bytes as
// one that was never interrupted; so it is refused if the catalog, the registry or the options
// differ. Not thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cache/base/result.h"
#include "cache/base/time.h"
#include "gate/audit/byte_source.h"
#include "gate/audit/catalog_reader.h"
#include "gate/audit/summary.h"

namespace beian::audit {

// What must be unchanged when an audit is resumed.
struct AuditKey {
  CatalogIdentity catalog;
  std::string registry;  // root hash, or whatever else identifies the registry
  std::string options;   // everything that the outputs depend on
};

struct Checkpoint {
  AuditKey key;
  Instant now{};  // when the audit began: freshness is judged by it throughout
  CatalogPlace place;
  std::vector<std::uint64_t> output_bytes;  // length of each streaming output, in order
  Summary summary;
};

// nullopt if there is no such file. kBadInput if it is not a checkpoint.
[[nodiscard]] Result<std::optional<Checkpoint>> load_checkpoint(const std::string& path);
[[nodiscard]] Result<void> save_checkpoint(const std::string& path, const Checkpoint& checkpoint);

// kBadInput says what differs; `path` is that of the state file.
[[nodiscard]] Result<void> check_same(const AuditKey& before, const AuditKey& now,
                                      const std::string& path);

}  // namespace beian::audit
