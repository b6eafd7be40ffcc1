// The cost of delta batches: applying one, and look-ups in the registry that results.
//
// Input: a synthetic registry (BEIAN_BENCH_SERVICES services, default 1,000,000; seed 1). Prints
// one row per figure. Refuses to report from anything but a Release build.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "bench/world.h"
#include "cache/snapshot/delta.h"
#include "cache/snapshot/record_of.h"
#include "cache/snapshot/registry.h"

namespace beian {
namespace {

using Clock = std::chrono::steady_clock;
using RegistryPtr = std::shared_ptr<const cache::Registry>;

double milliseconds_since(Clock::time_point start) {
  return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

RegistryPtr synthetic_registry(std::uint64_t services) {
  auto snapshot = bench::synthetic_snapshot(synth::World(1), services, {});
  if (!snapshot) {
    std::fprintf(stderr, "%s\n", snapshot.error().message.c_str());
    std::exit(70);
  }
  return cache::Registry::over(std::move(*snapshot));
}

class Bench {
 public:
  explicit Bench(std::uint64_t services) : registry_(synthetic_registry(services)) {}

  void run() {
    look_ups("snapshot alone");
    singles("one record each, first overlay", 600);
    batch(100'000);
    look_ups("100,000 records above it");
    singles("one record each, above 100,000", 600);
    look_ups("the same, three overlays");
    group();
  }

 private:
  std::uint32_t spread(std::uint64_t i) const {
    return static_cast<std::uint32_t>((i * 0x9E3779B97F4A7C15ULL >> 16) %
                                      registry_->base().info().services);
  }

  // The service in `row` of the base, with one more name.
  ServiceRecord changed(std::uint32_t row) const {
    ServiceRecord record = cache::record_of(registry_->base().service(row));
    if (!record.names) record.names.emplace();
    record.names->push_back("更名 " + std::to_string(registry_->serial()));
    return record;
  }

  double apply(std::vector<cache::FeedRecord> records) {
    cache::DeltaBatch batch;
    batch.serial = registry_->serial() + 1;
    batch.previous = registry_->chain();
    batch.records = std::move(records);
    const Clock::time_point start = Clock::now();
    auto next = cache::apply(registry_, batch);
    const double elapsed = milliseconds_since(start);
    if (!next) {
      std::fprintf(stderr, "%s\n", next.error().message.c_str());
      std::exit(1);
    }
    registry_ = std::move(*next);
    return elapsed;
  }

  void singles(const char* what, std::size_t count) {
    apply({changed(spread(next_++))});  // untimed: the very first scans the base for bonds
    std::vector<double> times;
    for (std::size_t i = 0; i < count; ++i) times.push_back(apply({changed(spread(next_++))}));
    std::sort(times.begin(), times.end());
    std::printf("apply, %-32s p50 %8.3f ms  p99 %8.3f ms  max %8.3f ms  (%u overlays)\n", what,
                times[count / 2], times[count * 99 / 100], times.back(),
                registry_->info().overlays);
  }

  void batch(std::size_t records) {
    std::vector<cache::FeedRecord> all;
    for (std::size_t i = 0; i < records; ++i) all.emplace_back(changed(spread(next_++)));
    std::printf("apply, one batch of %zu: %.0f ms\n", records, apply(std::move(all)));
  }

  void group() {
    const cache::Snapshot& base = registry_->base();
    std::size_t largest = 0;
    std::uint32_t row = 0;
    for (std::uint32_t i = 0; i < base.info().services; i += 500) {
      const std::size_t size = base.services(base.service(i).number().subject()).size();
      if (size > largest && size <= 3'200) {
        largest = size;
        row = i;
      }
    }
    for (int i = 0; i < 3; ++i)
      std::printf("apply, one service of a subject of %zu: %.1f ms\n", largest,
                  apply({changed(row)}));
    SubjectRecord subject = cache::record_of(base.service(row).subject());
    subject.sponsor = "更名";
    std::printf("apply, that subject itself: %.1f ms\n", apply({subject}));
  }

  template <class LookUp>
  void time(const char* state, const char* what, LookUp&& look_up) {
    constexpr std::uint64_t kCount = 1'000'000;
    const Clock::time_point start = Clock::now();
    std::uint64_t found = 0;
    for (std::uint64_t i = 0; i < kCount; ++i) found += look_up(i);
    std::printf("look-up, %-26s %-12s %6.1f ns  (%.0f %% found)\n", state, what,
                1e6 * milliseconds_since(start) / kCount,
                100.0 * static_cast<double>(found) / kCount);
  }

  void look_ups(const char* state) {
    constexpr std::size_t kKeys = 1 << 16;
    const cache::Snapshot& base = registry_->base();
    std::vector<FilingKey> numbers;
    std::vector<std::string> packages;
    std::vector<std::string> domains;
    for (std::uint64_t i = 0; numbers.size() < kKeys; ++i) {
      const cache::ServiceView service = base.service(spread(i));
      numbers.push_back(service.number().key());
      packages.emplace_back(
          service.platform_count() > 0 ? service.platform(0).package().value_or("none") : "none");
      domains.emplace_back(service.domains().empty() ? "none" : service.domains()[0]);
    }
    time(state, "number",
         [&](std::uint64_t i) { return registry_->find(numbers[i % kKeys]).empty() ? 0U : 1U; });
    time(state, "package", [&](std::uint64_t i) {
      return registry_->by_package(packages[i % kKeys]).empty() ? 0U : 1U;
    });
    time(state, "domain", [&](std::uint64_t i) {
      return registry_->by_domain(domains[i % kKeys]).empty() ? 0U : 1U;
    });
  }

  RegistryPtr registry_;
  std::uint64_t next_ = 1;
};

}  // namespace
}  // namespace beian

int main() {
  if (std::string_view(BEIAN_BUILD_TYPE) != "Release") {
    std::fprintf(stderr, "benchmarks are only meaningful in a Release build\n");
    return 64;
  }
  const char* const text = std::getenv("BEIAN_BENCH_SERVICES");
  beian::Bench(text != nullptr ? std::stoull(text) : 1'000'000).run();
  return 0;
}
