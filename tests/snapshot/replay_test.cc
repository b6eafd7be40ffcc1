// Batches that are replayed give the same however many are held back, and few are held back.
#include "cache/snapshot/replay.h"

#include "tests/snapshot/support.h"

namespace beian::cache::test {
namespace {

ServiceRecord big_service(std::uint64_t id, std::size_t text_bytes) {
  ServiceRecord record;
  record.id = id;
  record.number = number_of("京ICP备2023000001号-7A");
  record.names.emplace();
  for (std::size_t bytes = 0; bytes < text_bytes; bytes += 50'000)
    record.names->push_back(std::string(50'000, 'x') + std::to_string(bytes));
  return record;
}

// Eight batches of about 6 MB of text, and eight of many small records.
std::vector<DeltaBatch> batches_on(const cache::Registry& registry) {
  std::vector<DeltaBatch> batches;
  Sha256 chain = registry.chain();
  for (std::uint64_t i = 1; i <= 16; ++i) {
    DeltaBatch batch;
    batch.serial = registry.serial() + i;
    batch.as_of = registry.info().as_of;
    batch.previous = chain;
    if (i <= 8)
      for (std::uint64_t id = 0; id < 10; ++id)
        batch.records.emplace_back(big_service(1'000 * i + id, 600'000));
    else
      for (std::uint64_t id = 0; id < 20'000; ++id)
        batch.records.emplace_back(RemoveService{1'000'000 * i + id});
    chain = chain_after(batch);
    batches.push_back(std::move(batch));
  }
  return batches;
}

TEST(Replay, HoldsFewBatchesDecoded) {
  const auto base = cache::Registry::over(open(build(hand_made())));
  const std::vector<DeltaBatch> batches = batches_on(*base);
  Replay replay(base, kAnybody);
  std::uint64_t waiting_max = 0;
  for (const DeltaBatch& batch : batches) {
    const auto taken = replay.take(as_bytes(encode(batch, nullptr)));
    ASSERT_TRUE(taken) << taken.error().message;
    EXPECT_EQ(replay.serial(), batch.serial);
    waiting_max = std::max(waiting_max, replay.serial() - replay.registry()->serial());
  }
  EXPECT_GT(waiting_max, 1U);
  EXPECT_LE(waiting_max * 6'000'000, Replay::kWaitingBytesFirst);
  ASSERT_TRUE(replay.apply_all());
  EXPECT_EQ(replay.registry()->chain(), chain_after(batches.back()));
  EXPECT_EQ(replay.registry()->info().services, base->info().services + 80);
}

TEST(Replay, WhatDoesNotFollowIsGoneAfterItsError) {
  const auto base = cache::Registry::over(open(build(hand_made())));
  std::vector<DeltaBatch> batches = batches_on(*base);
  Replay replay(base, kAnybody);
  ASSERT_TRUE(replay.take(as_bytes(encode(batches[1], nullptr))));
  const auto applied = replay.apply_all();
  ASSERT_FALSE(applied);
  EXPECT_EQ(applied.error().kind, ErrorKind::kConflict);
  EXPECT_EQ(replay.serial(), base->serial());
  ASSERT_TRUE(replay.take(as_bytes(encode(batches[0], nullptr))));
  EXPECT_TRUE(replay.apply_all());
  EXPECT_FALSE(replay.take(as_bytes("nonsense")));
}

}  // namespace
}  // namespace beian::cache::test
