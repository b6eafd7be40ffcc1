// The activation guard, case by case.
#include "cache/snapshot/guard.h"

#include "tests/snapshot/support.h"

namespace beian::cache::test {
namespace {

std::shared_ptr<const cache::Registry> registry_of(std::uint64_t serial, std::size_t services) {
  Registry feed;
  for (std::size_t i = 0; i < services; ++i) {
    ServiceRecord record;
    record.id = 1 + i;
    record.number = number_of("京ICP备2023000001号-" + std::to_string(1 + i) + "A");
    feed.services.push_back(record);
  }
  SealOptions options = seal();
  options.serial = serial;
  return cache::Registry::over(open(build(feed, options)));
}

TEST(ActivationGuard, RefusesWhatWouldLoseTheRegistry) {
  const FilingNumber first = number_of("京ICP备2023000001号-1A");
  const FilingNumber last = number_of("京ICP备2023000001号-100A");
  const FilingNumber absent = number_of("京ICP备2023000009号-1A");
  const struct {
    const char* name;
    std::size_t before;  // services being served; 0: no registry yet
    std::uint64_t serial;
    std::size_t after;
    GuardOptions options;
    const char* want;  // the error; empty: activated
  } rows[] = {
      {"first_of_all", 0, 1, 5, {}, ""},
      {"grown", 100, 11, 120, {}, ""},
      {"same_serial_again", 100, 10, 100, {}, ""},
      {"shrunk_as_far_as_allowed", 100, 11, 95, {}, ""},
      {"shrunk_further", 100, 11, 94, {}, "94 services where 100 are served, a loss of 6.0 %"},
      {"empty", 100, 11, 0, {}, "a loss of 100.0 %"},
      {"shrunk_by_another_bound", 100, 11, 60, {40.0, {}, false}, ""},
      {"shrunk_beyond_it", 100, 11, 59, {40.0, {}, false}, "at most 40.0 % is expected"},
      {"no_loss_allowed", 100, 11, 99, {0.0, {}, false}, "a loss of 1.0 %"},
      {"shrunk_and_forced", 100, 11, 1, {5.0, {}, true}, ""},
      {"back_in_serial", 100, 8, 100, {}, "goes back from serial 10 by 2"},
      {"back_in_serial_forced", 100, 8, 100, {5.0, {}, true}, ""},
      {"canaries_there", 100, 11, 100, {5.0, {first, last}, false}, ""},
      {"canary_gone",
       100,
       11,
       99,
       {5.0, {first, last}, false},
       "lacks the canary 京ICP备2023000001号-100A"},
      {"canary_never_there",
       0,
       1,
       5,
       {5.0, {absent}, false},
       "force it by taking it out of registry.guard.canaries"},
      {"canary_never_there_forced", 0, 1, 5, {5.0, {absent}, true}, ""},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.name);
    const auto current = row.before > 0 ? registry_of(10, row.before) : nullptr;
    const auto candidate = registry_of(row.serial, row.after);
    const auto outcome = check_activation(current.get(), *candidate, row.options);
    EXPECT_EQ(outcome.has_value(), std::string_view(row.want).empty());
    if (outcome) continue;
    EXPECT_EQ(outcome.error().kind, ErrorKind::kConflict);
    EXPECT_NE(outcome.error().message.find(row.want), std::string::npos) << outcome.error().message;
  }
}

// Each batch may be small, but many come one after another.
TEST(BatchGuard, CountsWhatBatchesLoseTogether) {
  const FilingNumber last = number_of("京ICP备2023000001号-100A");
  const auto refused = [](const BatchGuard& guard, std::size_t services) {
    const auto outcome = guard.check(*registry_of(11, services));
    return outcome ? std::string() : outcome.error().message;
  };
  BatchGuard guard({});
  guard.count_from(100, *registry_of(10, 100));
  for (const std::size_t services : {99U, 97U, 95U}) {
    EXPECT_EQ(refused(guard, services), "");
    guard.took(*registry_of(11, services));
  }
  EXPECT_NE(refused(guard, 94).find("94 services where 100 were there since the last snapshot, a "
                                    "loss of 6.0 %"),
            std::string::npos)
      << refused(guard, 94);
  // Peaks in between count too; a snapshot starts the count afresh.
  guard.took(*registry_of(12, 120));
  EXPECT_NE(refused(guard, 113), "");
  EXPECT_EQ(refused(guard, 114), "");
  guard.count_from(100, *registry_of(13, 95));
  EXPECT_EQ(refused(guard, 95), "");
  EXPECT_NE(refused(guard, 94), "");
  // The loss in what is already served was accepted, and does not count again.
  guard.count_from(100, *registry_of(13, 90));
  EXPECT_EQ(refused(guard, 86), "");
  EXPECT_NE(refused(guard, 85), "");

  BatchGuard with_canary({5.0, {last}, false});
  with_canary.count_from(100, *registry_of(10, 100));
  EXPECT_NE(refused(with_canary, 99).find("lacks the canary"), std::string::npos);
  EXPECT_EQ(refused(BatchGuard({5.0, {last}, true}), 1), "");
  // What an operator has forced into service without it goes on by batches.
  with_canary.count_from(99, *registry_of(10, 99));
  EXPECT_EQ(refused(with_canary, 98), "");
  with_canary.took(*registry_of(11, 100));
  EXPECT_NE(refused(with_canary, 99).find("lacks the canary"), std::string::npos) << "it is back";
}

}  // namespace
}  // namespace beian::cache::test
