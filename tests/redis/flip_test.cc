// Where a new generation takes its place in the history, and what the flip to it changes.
#include "cache/redis/flip.h"

#include <gmock/gmock.h>

#include "cache/base/bytes.h"
#include "cache/redis/stream_entry.h"
#include "cache/snapshot/delta.h"
#include "tests/redis/support.h"

namespace beian::cache {
namespace {

using test::some_manifest;
using testing::HasSubstr;

// Published: serial 48213 in epoch 3, and batches up to `tip_serial`.
Published published(std::uint64_t tip_serial = 48'213) {
  Published published;
  published.head = some_manifest();
  published.head_id = std::string(64, 'a');
  published.tip = Tip{3, tip_serial, {}};
  return published;
}

struct FlipRow {
  const char* name;
  FlipKind kind;
  std::uint64_t serial;
  bool is_forced;
  std::uint64_t tip_serial;
  // 0: refused
  std::uint64_t want_epoch;
  std::uint64_t want_rollback_of;  // 0: none
};

TEST(Place, OnlyWhatComesAfterIsTakenUnlessAnOperatorSaysSo) {
  const FlipRow rows[] = {
      {"newer", FlipKind::kSnapshot, 48'214, false, 48'213, 3, 0},
      {"same_serial", FlipKind::kSnapshot, 48'213, false, 48'213, 0, 0},
      {"older", FlipKind::kSnapshot, 48'000, false, 48'213, 0, 0},
      {"older_than_batches", FlipKind::kSnapshot, 48'214, false, 48'220, 0, 0},
      {"older_forced", FlipKind::kSnapshot, 48'000, true, 48'220, 4, 48'220},
      {"newer_forced", FlipKind::kSnapshot, 48'214, true, 48'213, 4, 0},
      {"compacted", FlipKind::kCompact, 48'220, false, 48'220, 3, 0},
      {"compacted_while_batches_came", FlipKind::kCompact, 48'218, false, 48'220, 3, 0},
      {"compacted_nothing", FlipKind::kCompact, 48'213, false, 48'220, 0, 0},
      {"compacted_beyond", FlipKind::kCompact, 48'221, false, 48'220, 0, 0},
      {"rollback", FlipKind::kRollback, 48'000, false, 48'220, 4, 48'220},
  };
  for (const FlipRow& row : rows) {
    SCOPED_TRACE(row.name);
    Manifest manifest = some_manifest(row.serial);
    const auto placed =
        place(row.kind, published(row.tip_serial), {.is_forced = row.is_forced}, &manifest);
    ASSERT_EQ(placed.has_value(), row.want_epoch != 0);
    if (!placed) {
      EXPECT_EQ(placed.error().kind, ErrorKind::kConflict);
      continue;
    }
    EXPECT_EQ(manifest.epoch, row.want_epoch);
    EXPECT_EQ(manifest.rollback_of.value_or(0), row.want_rollback_of);
    ASSERT_TRUE(manifest.previous);
    EXPECT_EQ(to_hex(*manifest.previous), published().head_id);
    const bool is_new_epoch = manifest.epoch != 3;
    EXPECT_EQ(manifest.chain != some_manifest().chain, is_new_epoch)
        << "batches of the epoch before must not fit on the new one";
  }
}

TEST(Place, AnEmptyRedisBeginsTheFirstEpochOrALaterOneThatWasAskedFor) {
  Manifest manifest = some_manifest();
  ASSERT_TRUE(place(FlipKind::kSnapshot, {}, {}, &manifest));
  EXPECT_EQ(manifest.epoch, 1U);
  EXPECT_FALSE(manifest.previous);
  EXPECT_EQ(manifest.chain, some_manifest().chain);
  ASSERT_TRUE(place(FlipKind::kSnapshot, {}, {.epoch_min = 7}, &manifest));
  EXPECT_EQ(manifest.epoch, 7U);
  EXPECT_EQ(manifest.chain, chain_of_epoch(some_manifest().chain, 7))
      << "what a rollback took back, in an epoch before, must not fit on it";
  EXPECT_FALSE(place(FlipKind::kCompact, {}, {}, &manifest));
}

TEST(Place, RefusalsSayWhatIsPublishedAndWhatToDo) {
  Manifest manifest = some_manifest(5);
  const auto placed = place(FlipKind::kSnapshot, published(48'220), {}, &manifest);
  ASSERT_FALSE(placed);
  EXPECT_EQ(
      placed.error().message,
      "serial 5 does not come after serial 48220 (epoch 3), which is published; build a newer "
      "one, or publish with --force");
}

TEST(Place, ARefusalOfWhatIsPublishedSaysWhatIsTheMatterWithIt) {
  const auto refusal = [](const Published& seen, std::uint64_t epoch_min = 0) {
    Manifest manifest = some_manifest();
    const auto placed = place(FlipKind::kSnapshot, seen, {.epoch_min = epoch_min}, &manifest);
    return placed ? std::string() : placed.error().message;
  };
  Published seen = published();
  EXPECT_THAT(refusal(seen), HasSubstr("is published with the tip of another history; "));
  seen.tip->chain = seen.head->chain;
  EXPECT_THAT(refusal(seen), HasSubstr("is published with another signature; "));
  EXPECT_THAT(refusal(seen, 9), HasSubstr("is published in an earlier epoch; "));
  seen.tip.reset();
  EXPECT_THAT(refusal(seen), HasSubstr("is published without its tip; "));
}

// A tip is not signed, so it may name any epoch.
TEST(Place, BehindTheLastEpochNoneIsBegun) {
  Published seen = published();
  seen.tip->epoch = UINT64_MAX;
  for (const FlipKind kind : {FlipKind::kSnapshot, FlipKind::kRollback}) {
    Manifest manifest = some_manifest();
    const auto placed = place(kind, seen, {.is_forced = true}, &manifest);
    ASSERT_FALSE(placed);
    EXPECT_EQ(placed.error().kind, ErrorKind::kConflict);
    EXPECT_THAT(placed.error().message, HasSubstr("no epoch comes after that"));
  }
}

TEST(Place, WhatWasCompactedInAnEpochThatIsOverIsRefused) {
  Manifest manifest = some_manifest(48'220);
  Published rolled_back = published(48'221);
  rolled_back.head->epoch = 4;
  rolled_back.tip->epoch = 4;
  const auto placed = place(FlipKind::kCompact, rolled_back, {}, &manifest);
  ASSERT_FALSE(placed);
  EXPECT_EQ(placed.error().kind, ErrorKind::kConflict);
  EXPECT_THAT(placed.error().message, HasSubstr("not published any more"));
}

TEST(Place, TheChainOfANewEpochIsThatOfTheEpochThatItGets) {
  for (const FlipKind kind : {FlipKind::kSnapshot, FlipKind::kRollback}) {
    Manifest manifest = some_manifest(48'000);
    ASSERT_TRUE(place(kind, published(), {.is_forced = true, .epoch_min = 9}, &manifest));
    EXPECT_EQ(manifest.epoch, 9U);
    EXPECT_EQ(manifest.chain, chain_of_epoch(some_manifest().chain, 9));
  }
}

// Serials alone do not distinguish one history from another.
TEST(CheckLeadsOn, OnlyAStateOfThePublishedHistoryIsCompacted) {
  const Manifest compacted = some_manifest(48'220);
  const auto entry = [](std::uint64_t serial, const Sha256& previous) {
    DeltaBatch batch;
    batch.serial = serial;
    batch.previous = previous;
    batch.feed_id = "a";
    batch.records.emplace_back(RemoveService{7});
    return Reply::array({Reply::array(
        {Reply::of(stream_id(48'221)),
         Reply::array({Reply::of(std::string("batch")), Reply::of(encode(batch, nullptr))})})});
  };
  const Sha256 ours = compacted.chain;
  const Sha256 other{};
  const Reply none = Reply::array({});
  const Reply no_batch = Reply::array(
      {Reply::array({Reply::of(stream_id(48'221)), Reply::array({Reply::of(std::string("batch")),
                                                                 Reply::of(std::string("x"))})})});
  const struct {
    const char* name;
    Tip tip;
    Reply next;
    bool want;
  } rows[] = {
      {"at_the_tip", {3, 48'220, ours}, none, true},
      {"behind_the_tip", {3, 48'225, other}, entry(48'221, ours), true},
      {"other_epoch", {4, 48'220, ours}, none, false},
      {"other_chain_at_the_tip", {3, 48'220, other}, none, false},
      {"other_chain_behind_the_tip", {3, 48'225, other}, entry(48'221, other), false},
      {"beyond_the_tip", {3, 48'219, ours}, none, false},
      {"next_is_gone", {3, 48'225, other}, none, false},
      {"next_is_another", {3, 48'225, other}, entry(48'222, ours), false},
      {"next_is_no_batch", {3, 48'225, other}, no_batch, false},
      {"no_list", {3, 48'225, other}, Reply::nil(), false},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.name);
    const auto leads_on = check_leads_on(compacted, row.tip, row.next);
    EXPECT_EQ(leads_on.has_value(), row.want);
    if (!leads_on) {
      EXPECT_EQ(leads_on.error().kind, ErrorKind::kConflict);
    }
  }
}

TEST(StreamEntry, IsABatchOnlyWithThatOneField) {
  const auto item = [](const std::string& id, std::vector<std::string> fields) {
    std::vector<Reply> list;
    for (std::string& field : fields) list.push_back(Reply::of(std::move(field)));
    return Reply::array({Reply::of(id), Reply::array(std::move(list))});
  };
  EXPECT_EQ(stream_entry(item("7-0", {"batch", "B"})).serial, 7U);
  EXPECT_EQ(stream_entry(item("7-0", {"batch", "B"})).batch, "B");
  EXPECT_EQ(stream_entry(item("7-1", {"batch", "B"})).serial, 0U);
  for (const auto& fields : std::vector<std::vector<std::string>>{
           {}, {"batch"}, {"other", "B"}, {"batch", "B", "more", "x"}, {"more", "x", "batch", "B"}})
    EXPECT_EQ(stream_entry(item("7-0", fields)).batch, "");
  EXPECT_EQ(stream_entry(Reply::nil()).batch, "");
  EXPECT_EQ(stream_entry(Reply::array({Reply::of(std::string("7-0"))})).batch, "");
}

Flip flip_of(FlipKind kind) {
  Flip flip;
  flip.kind = kind;
  flip.manifest = some_manifest();
  flip.bytes = "BYTES";
  flip.id = "new";
  flip.kept = {"new", "old"};
  flip.dropped = {"older"};
  flip.dropped_chunks = {Sha256{}};
  flip.backlog_from_serial = 48'001;
  return flip;
}

TEST(FlipCommands, ChangeAllAtOnce) {
  const RedisKeys keys("b");
  const auto commands = flip_commands(keys, flip_of(FlipKind::kSnapshot), std::nullopt);
  const std::string tip = "3 48213 " + to_hex(some_manifest().chain);
  const std::vector<RedisCommand> want = {
      {"SET", "{b}:manifest:new", "BYTES"},
      {"SET", "{b}:head", "new"},
      {"SET", "{b}:tip", tip},
      {"DEL", "{b}:history"},
      {"RPUSH", "{b}:history", "new", "old"},
      {"DEL", "{b}:manifest:older"},
      {"SADD", "{b}:pending", std::string(32, '\0')},
      {"DEL", "{b}:deltas"},
      {"ZREMRANGEBYSCORE", "{b}:feeds", "(48213", "+inf"},
  };
  EXPECT_EQ(commands, want);
}

TEST(FlipCommands, ACompactedSnapshotKeepsTheBatchesAfterTheOneBefore) {
  const RedisKeys keys("b");
  const Tip ahead{3, 48'220, {}};
  const auto commands = flip_commands(keys, flip_of(FlipKind::kCompact), ahead);
  EXPECT_EQ(commands[2], (RedisCommand{"SET", "{b}:tip", encode_tip(ahead)}))
      << "batches that came meanwhile stay published";
  EXPECT_EQ(commands.back(), (RedisCommand{"XTRIM", "{b}:deltas", "MINID", "48001-0"}));
}

}  // namespace
}  // namespace beian::cache
