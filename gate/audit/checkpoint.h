// Where an interrupted audit goes on: a place between two rows, how long each output was there, and
// what had been added up.
//
// A small file (`--resume STATE`), replaced atomically. An audit that goes on from it writes the
// same bytes as one that was never interrupted; so it is refused for another catalog, registry or
// other options. One thread.
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

// What must be the same when an audit goes on.
struct AuditKey {
  CatalogIdentity catalog;
  std::string registry;  // root hash, or what else tells one from another
  std::string options;   // all that the outputs depend on
};

struct Checkpoint {
  AuditKey key;
  Instant now{};  // of the audit's begin: freshness is judged by it to the end
  CatalogPlace place;
  std::vector<std::uint64_t> output_bytes;  // of each streaming output, in their order
  Summary summary;
};

// nullopt when there is no such file. kBadInput when it is something else.
[[nodiscard]] Result<std::optional<Checkpoint>> load_checkpoint(const std::string& path);
[[nodiscard]] Result<void> save_checkpoint(const std::string& path, const Checkpoint& checkpoint);

// kBadInput that says what differs; `path` is the state's.
[[nodiscard]] Result<void> check_same(const AuditKey& before, const AuditKey& now,
                                      const std::string& path);

}  // namespace beian::audit
