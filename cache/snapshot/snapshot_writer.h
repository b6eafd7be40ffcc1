// Builds a snapshot file from records.
//
// Records may come in any order; a later record with the same id replaces an earlier one. The bytes
// depend only on the final set of records and the seal, never on the order of the feed.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cache/base/result.h"
#include "cache/base/time.h"
#include "cache/feed/feed.h"
#include "cache/filing/record.h"

namespace beian::cache {

class SigningKey;

struct SealOptions {
  std::uint64_t serial = 1;
  Instant as_of{};
  std::optional<Instant> next_update;
  bool is_sealed = true;             // the feed is complete
  bool has_test_identities = false;  // stated in the header, so that nobody is surprised
  const SigningKey* key = nullptr;   // optional Ed25519 signature
};

// What a file holds.
struct SnapshotCounts {
  std::uint64_t subjects = 0;  // also those that only the numbers of services name
  std::uint64_t services = 0;
};

// One thread. Memory: what the records need, two to three times the size of the file.
class SnapshotWriter {
 public:
  SnapshotWriter();
  ~SnapshotWriter();

  // A hint, to be given before the first record: the feed has about so many bytes. Saves moving all
  // that was added so far whenever room runs out.
  void expect(std::uint64_t feed_bytes);

  void add(const SubjectRecord& record);
  void add(const ServiceRecord& record);
  void remove_subject(std::uint64_t id);  // and nothing else: its services stay until removed
  void remove_service(std::uint64_t id);
  void apply(const FeedRecord& record);  // does what of these the record says

  std::uint64_t subjects() const noexcept;  // recorded ones
  std::uint64_t services() const noexcept;

  // Errors: kBadInput when a record or the seal's times cannot be stored, a service's subject_id
  // names no subject of the feed, or the registry is too large for a snapshot. Consumes the writer.
  [[nodiscard]] Result<std::string> to_bytes(const SealOptions& options) &&;
  // Writes `path` atomically (temporary file, fsync, rename, fsync of the folder).
  [[nodiscard]] Result<SnapshotCounts> to_file(const std::string& path,
                                               const SealOptions& options) &&;

 private:
  struct Tables;
  std::unique_ptr<Tables> tables_;
};

// The reserved identities with which anybody can try the gate: subject 京ICP备2099000000号, sponsor
// 测试主体（beian-gate）. API.md lists them.
void add_test_identities(SnapshotWriter* writer);

}  // namespace beian::cache
