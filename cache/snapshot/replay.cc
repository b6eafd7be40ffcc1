#include "cache/snapshot/replay.h"

#include <algorithm>
#include <utility>

namespace beian::cache {
namespace {

constexpr std::uint64_t kRecordBytes = 512;  // of a record that says little, beyond its text

}  // namespace

Result<void> Replay::take(ByteView bytes) {
  const auto link = read_link(bytes);
  if (!link) return link.error();
  const std::uint64_t size = link->text_bytes + link->records * kRecordBytes;
  if (waiting_bytes_ + size > std::clamp(applied_bytes_ / 2, kWaitingBytesFirst, kWaitingBytesMax))
    if (auto applied = apply_all(); !applied) return applied;
  auto batch = decode_delta(bytes, trust_);
  if (!batch) return batch.error();
  waiting_.push_back(std::move(*batch));
  waiting_bytes_ += size;
  return {};
}

Result<void> Replay::apply_all() {
  auto applied = cache::apply(registry_, waiting_);
  waiting_.clear();
  applied_bytes_ += std::exchange(waiting_bytes_, 0);
  if (!applied) return applied.error();
  registry_ = std::move(*applied);
  return {};
}

}  // namespace beian::cache
