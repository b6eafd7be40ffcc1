#include "cache/snapshot/check.h"

#include <algorithm>
#include <atomic>
#include <optional>
#include <thread>

#include "cache/base/aside.h"
#include "cache/base/limits.h"
#include "cache/snapshot/check_tasks.h"
#include "cache/snapshot/seal.h"

namespace beian::cache {
namespace {

using namespace format;

constexpr std::uint64_t kThreadBytes = 4 << 20;  // below: one thread checks the structure
constexpr std::uint64_t kBlocksPerTask = 64;     // 4 MiB: about 3 ms, so that threads end together

// The section that holds the byte at `offset`.
SectionId section_at(const Header& header, std::uint64_t offset) {
  std::size_t id = 0;
  while (id + 1 < kSectionCount && header.sections[id + 1].offset <= offset) ++id;
  return static_cast<SectionId>(id);
}

bool is_zero(ByteView bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](std::uint8_t byte) { return byte == 0; });
}

// Checks what open_tables() has not.
Result<void> check_header(const SnapshotTables& tables) {
  const Header& header = tables.header;
  if ((header.flags & ~(kSealed | kTestIdentities | kHasNextUpdate)) != 0 ||
      header.subjects != tables.subjects.size() || tables.services.size() >= kPostingBit ||
      tables.subjects.size() >= kPostingBit)
    return damaged_header(offsetof(Header, flags), "flags or row counts");
  // A gate without a registry yet serves an empty one, as serial 0.
  if (header.serial == 0 && header.subjects != 0)
    return damaged_header(offsetof(Header, serial), "serial 0");
  if (!is_instant(header.as_of)) return damaged_header(offsetof(Header, as_of), "no such time");
  const bool has_next_update = (header.flags & kHasNextUpdate) != 0;
  if (!is_instant(header.next_update) || (!has_next_update && header.next_update != 0))
    return damaged_header(offsetof(Header, next_update), "no such time");
  if (!is_zero(header.reserved))
    return damaged_header(offsetof(Header, reserved), "bytes that are reserved");
  return {};
}

// Checks the bytes between the end of each section and the next one.
Result<void> check_padding(const SnapshotTables& tables) {
  const auto& sections = tables.header.sections;
  for (std::size_t id = 0; id + 1 < kSectionCount; ++id) {
    const std::uint64_t end = sections[id].offset + sections[id].bytes;
    if (!is_zero(tables.file.subspan(end, sections[id + 1].offset - end)))
      return damaged(static_cast<SectionId>(id), end, "bytes that are reserved behind its rows");
  }
  return {};
}

// Number of blocks between header and block hashes.
std::uint64_t block_count(const Header& header) {
  const std::uint64_t bytes = header.sections[kSectionCount - 1].offset - sizeof(Header);
  return (bytes + limits::kSnapshotBlockBytes - 1) / limits::kSnapshotBlockBytes;
}

}  // namespace

Result<void> run_checks(const std::vector<CheckTask>& tasks, unsigned threads_max) {
  std::atomic<std::size_t> next{0};
  std::vector<std::optional<Error>> errors(tasks.size());
  // Tasks are claimed in order. Once one fails, none behind it is started; those before it finish.
  std::atomic<bool> has_failed{false};
  const Abandoned abandoned = Abandoned::of_this_thread();
  const auto work = [&] {
    for (;;) {
      if (has_failed.load(std::memory_order_relaxed) || abandoned) return;
      const std::size_t task = next.fetch_add(1, std::memory_order_relaxed);
      if (task >= tasks.size()) return;
      if (auto outcome = tasks[task](); !outcome) {
        errors[task] = outcome.error();
        has_failed.store(true, std::memory_order_relaxed);
      }
    }
  };
  const std::size_t cores = std::clamp(std::thread::hardware_concurrency(), 1U, threads_max);
  std::vector<std::jthread> helpers;
  for (std::size_t i = 1; i < std::min(cores, tasks.size()); ++i) helpers.emplace_back(work);
  work();
  helpers.clear();  // joins: after it, errors are visible here
  for (const auto& error : errors)
    if (error) return *error;
  if (next < tasks.size()) return make_error(ErrorKind::kUnavailable, "not verified to the end");
  return {};
}

Result<void> check_root(const SnapshotTables& tables) {
  const Header& header = tables.header;
  if (tables.block_hashes.size() != block_count(header) * sizeof(Sha256))
    return damaged(SectionId::kBlockHashes, header.sections[kSectionCount - 1].offset,
                   "not one hash per block");
  if (root_hash_of(header, tables.block_hashes) == header.root_hash) return {};
  return damaged_header(offsetof(Header, root_hash),
                        "the root hash is not that of header and block hashes");
}

Result<void> check_blocks(const SnapshotTables& tables) {
  const Header& header = tables.header;
  const std::uint64_t end = header.sections[kSectionCount - 1].offset;
  std::vector<CheckTask> tasks;
  add_ranges(
      block_count(header), kBlocksPerTask,
      [&tables, end, &header](std::uint64_t first, std::uint64_t last) -> Result<void> {
        for (std::uint64_t block = first; block < last; ++block) {
          const std::uint64_t offset = sizeof(Header) + block * limits::kSnapshotBlockBytes;
          const std::uint64_t size =
              std::min<std::uint64_t>(limits::kSnapshotBlockBytes, end - offset);
          const Sha256 digest = sha256(tables.file.subspan(offset, size));
          const auto want = tables.block_hashes.subspan(block * digest.size(), digest.size());
          if (!std::equal(digest.begin(), digest.end(), want.begin()))
            return damaged(section_at(header, offset), offset,
                           "the checksum of the block that begins here does not hold");
        }
        return {};
      },
      &tasks);
  return run_checks(tasks, limits::kVerifyThreadsMax);
}

Result<void> check_structure(const SnapshotTables& tables) {
  if (auto header = check_header(tables); !header) return header;
  if (auto padding = check_padding(tables); !padding) return padding;
  std::vector<CheckTask> tasks;
  add_row_checks(tables, &tasks);
  add_index_checks(tables, &tasks);
  return run_checks(tasks, tables.file.size() < kThreadBytes ? 1 : limits::kVerifyThreadsMax);
}

}  // namespace beian::cache
