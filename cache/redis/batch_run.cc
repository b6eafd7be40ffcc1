#include "cache/redis/batch_run.h"

#include <algorithm>
#include <span>

#include "cache/base/bytes.h"

namespace beian::cache {

Result<follower_event::BatchesRead> BatchRun::read(std::uint64_t serial,
                                                   std::chrono::milliseconds wait) {
  clear();
  auto entries = reader_->batches(serial, batches_at_once_, wait, limits::kFollowDeadline);
  if (!entries) {
    // Perhaps they were more than one reply may hold, or more than the line delivers in time.
    batches_at_once_ = std::max<std::size_t>(batches_at_once_ / 2, 1);
    return entries.error();
  }
  batches_at_once_ = std::min(2 * batches_at_once_, limits::kBatchesAtOnce);
  follower_event::BatchesRead out;
  for (RegistryReader::Entry& entry : *entries) {
    follower_event::Batch& batch = out.batches.emplace_back();
    batch.entry = entry.serial;
    auto decoded = decode_delta(as_bytes(entry.batch), trust_);
    if (!decoded) {
      batch.error = decoded.error();
      break;
    }
    batch.serial = decoded->serial;
    batch.previous = decoded->previous;
    batch.chain = chain_after(decoded->previous, as_bytes(entry.batch));
    batches_.push_back(std::move(*decoded));
    bytes_.push_back(std::move(entry.batch));
  }
  return out;
}

Result<std::shared_ptr<const Registry>> BatchRun::apply_range(
    const std::shared_ptr<const Registry>& to, std::size_t first, std::size_t count) const {
  return cache::apply(to, std::span(batches_).subspan(first, count));
}

BatchRun::Outcome BatchRun::apply_to(std::shared_ptr<const Registry> registry,
                                     std::size_t count) const {
  // Together first: that is a single layer, and most often all there is to do.
  auto all = apply_range(registry, 0, count);
  if (all) return {std::move(*all), count, {}};
  if (count == 1) return {std::move(registry), 0, all.error()};
  // One of them cannot be applied: those before it still count.
  for (std::size_t i = 0; i < count; ++i) {
    auto next = apply_range(registry, i, 1);
    if (!next) return {std::move(registry), i, next.error()};
    registry = std::move(*next);
  }
  return {std::move(registry), count, {}};
}

std::uint64_t BatchRun::records(std::size_t count) const {
  std::uint64_t records = 0;
  for (std::size_t i = 0; i < count; ++i) records += batches_[i].records.size();
  return records;
}

std::vector<std::string> BatchRun::take(std::size_t count) {
  std::vector<std::string> taken = std::move(bytes_);
  taken.resize(count);
  clear();
  return taken;
}

void BatchRun::clear() {
  batches_.clear();
  bytes_.clear();
}

}  // namespace beian::cache
