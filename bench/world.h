// The synthetic registry as a snapshot in memory, for benchmarks and for the test that guards
// instruction counts.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "cache/base/result.h"
#include "cache/feed/feed.h"
#include "cache/snapshot/snapshot.h"
#include "cache/snapshot/snapshot_writer.h"
#include "fixtures/synth/feed_writer.h"

namespace beian::bench {

// A snapshot of about `services` services of `world`; the whole feed is never in memory at once.
// Errors are those of reading and writing, and mean that generator and reader disagree.
[[nodiscard]] inline Result<std::shared_ptr<const cache::Snapshot>> synthetic_snapshot(
    const synth::World& world, std::uint64_t services, const cache::SealOptions& seal) {
  constexpr std::size_t kPieceBytes = 1U << 24;
  cache::SnapshotWriter writer;
  std::string lines;
  Result<void> added;
  const auto add = [&] {
    const auto fed = cache::read_feed_text(
        lines, "synth", {}, [&](cache::FeedRecord&& record) { writer.apply(record); },
        [](const cache::FeedProblem&) {});
    if (!fed) added = fed.error();
    lines.clear();
  };
  synth::write_feed(world, services, [&](std::string_view line) {
    lines += line;
    lines += '\n';
    if (lines.size() > kPieceBytes) add();
  });
  add();
  if (!added) return added.error();
  auto bytes = std::move(writer).to_bytes(seal);
  if (!bytes) return bytes.error();
  return cache::Snapshot::from_bytes(std::move(*bytes));
}

}  // namespace beian::bench
