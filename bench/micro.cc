// ns and allocations per operation of the hot path: parse, look-up, evaluate, JSON in, JSON out.
//
// Input: a synthetic registry (BEIAN_BENCH_SERVICES services, default 1,000,000; seed 1) and rows
// of its catalog. Refuses to report from anything but a Release build.
#include <benchmark/benchmark.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <new>
#include <string_view>

#include "bench/world.h"
#include "cache/snapshot/generation.h"
#include "fixtures/synth/catalog.h"
#include "gate/decision/evaluate.h"
#include "gate/wire/decision_json.h"
#include "gate/wire/request_json.h"

namespace {
std::atomic<std::uint64_t> allocations{0};
}

// Not inlined: otherwise gcc 12 would see a malloc paired with a free, without the operators
// between them.
[[gnu::noinline]] void* operator new(std::size_t size) {
  allocations.fetch_add(1, std::memory_order_relaxed);
  if (void* memory = std::malloc(size)) return memory;
  throw std::bad_alloc();
}
[[gnu::noinline]] void operator delete(void* memory) noexcept {
  std::free(memory);
}
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}

namespace beian {
namespace {

constexpr std::uint64_t kSeed = 1;
constexpr std::uint64_t kRows = 4096;

// Counts allocations per iteration as a counter of the benchmark.
class AllocationCount {
 public:
  explicit AllocationCount(benchmark::State& state) : state_(state), before_(allocations) {}
  ~AllocationCount() {
    state_.counters["allocs/op"] = benchmark::Counter(static_cast<double>(allocations - before_),
                                                      benchmark::Counter::kAvgIterations);
  }

 private:
  benchmark::State& state_;
  std::uint64_t before_;
};

struct World {
  std::shared_ptr<const cache::Generation> generation;
  std::vector<std::string> rows;
  std::vector<std::string> numbers;
  Instant now{std::chrono::seconds{1'767'322'800}};

  static const World& get() {
    static const World kWorld = make();
    return kWorld;
  }

 private:
  static World make();
};

std::uint64_t service_count() {
  const char* const text = std::getenv("BEIAN_BENCH_SERVICES");
  return text != nullptr ? std::stoull(text) : 1'000'000;
}

World World::make() {
  World out;
  const synth::World world(kSeed);
  cache::SealOptions seal;
  seal.as_of = out.now;
  auto snapshot = bench::synthetic_snapshot(world, service_count(), seal);
  if (!snapshot) {
    std::fprintf(stderr, "%s\n", snapshot.error().message.c_str());
    std::exit(70);
  }
  out.generation = std::make_shared<const cache::Generation>(
      std::move(*snapshot), cache::FreshnessThresholds{}, "synthetic");
  const synth::Catalog catalog(world, kSeed, synth::subjects_for(world, service_count()),
                               synth::Catalog::Content::kMixed);
  wire::RequestReader reader;
  for (std::uint64_t i = 0; i < kRows; ++i) {
    out.rows.push_back(catalog.row(i));
    CheckRequest request;
    wire::Problem problem;
    if (reader.read(out.rows.back(), {}, &request, &problem))
      out.numbers.emplace_back(request.filing_number);
  }
  std::fprintf(stderr, "setup: %llu services, %zu catalog rows, seed %llu\n",
               static_cast<unsigned long long>(out.generation->info().services), out.rows.size(),
               static_cast<unsigned long long>(kSeed));
  return out;
}

void ParseCanonical(benchmark::State& state) {
  const AllocationCount count(state);
  for (auto _ : state) benchmark::DoNotOptimize(parse_number("京ICP备2023000001号-2A"));
}
BENCHMARK(ParseCanonical);

void ParseCatalog(benchmark::State& state) {
  const World& world = World::get();
  const AllocationCount count(state);
  std::size_t i = 0;
  for (auto _ : state)
    benchmark::DoNotOptimize(parse_number(world.numbers[i++ % world.numbers.size()]));
}
BENCHMARK(ParseCatalog);

// Keys from all over the registry, so that the CPU caches do not hold them.
std::vector<FilingKey> spread_keys(const World& world) {
  const cache::Snapshot& registry = world.generation->registry().base();
  std::vector<FilingKey> keys;
  for (std::uint64_t i = 0; i < 1 << 20; ++i)
    keys.push_back(registry
                       .service(static_cast<std::uint32_t>(i * 0x9E3779B97F4A7C15ULL %
                                                           registry.info().services))
                       .number()
                       .key());
  return keys;
}

void LookUpHit(benchmark::State& state) {
  const World& world = World::get();
  const std::vector<FilingKey> keys = spread_keys(world);
  const AllocationCount count(state);
  std::size_t i = 0;
  for (auto _ : state)
    benchmark::DoNotOptimize(world.generation->registry().find(keys[i++ & ((1 << 20) - 1)]));
}
BENCHMARK(LookUpHit);

void LookUpMiss(benchmark::State& state) {
  const World& world = World::get();
  const AllocationCount count(state);
  std::uint64_t key = 1;
  for (auto _ : state) {
    key = key * 0x9E3779B97F4A7C15ULL + 1;
    benchmark::DoNotOptimize(world.generation->registry().find(FilingKey{key >> 4}));
  }
}
BENCHMARK(LookUpMiss);

// Stages of one request over a catalog row, as a bit mask: read, evaluate, answer brief, answer
// full.
enum Stage { kRead = 1, kEvaluate = 2, kBrief = 4, kFull = 8 };

void CatalogRow(benchmark::State& state) {
  const World& world = World::get();
  const auto stages = static_cast<unsigned>(state.range(0));
  const Policy policy = Policy::defaults();
  wire::RequestReader reader;
  wire::Problem problem;
  Decision decision;
  std::string out;
  std::vector<CheckRequest> read(world.rows.size());
  std::vector<wire::RequestReader> readers(world.rows.size() > 512 ? 512 : world.rows.size());
  for (std::size_t i = 0; i < readers.size(); ++i)
    readers[i].read(world.rows[i], {}, &read[i], &problem);
  CheckRequest request;
  wire::RegistryJson registry;
  const AllocationCount count(state);
  std::size_t i = 0;
  for (auto _ : state) {
    const std::size_t row = i++ % readers.size();
    const CheckRequest* judged = &read[row];
    if ((stages & kRead) != 0) {
      reader.read(world.rows[row], {}, &request, &problem);
      judged = &request;
    }
    if ((stages & kEvaluate) != 0)
      evaluate(*judged, *world.generation, policy, Calendar::built_in(), world.now, &decision);
    out.clear();
    if ((stages & kBrief) != 0) wire::append_brief(*judged, decision, &out);
    if ((stages & kFull) != 0) {
      const wire::MessageContext context{*judged, decision, wire::Guidance::built_in(),
                                         wire::Language::kZh};
      wire::append_full(context, suggest(*judged, decision, *world.generation), "", &registry,
                        &out);
    }
    benchmark::DoNotOptimize(out);
  }
}
BENCHMARK(CatalogRow)->Name("JsonIn")->Arg(kRead);
BENCHMARK(CatalogRow)->Name("Evaluate")->Arg(kEvaluate);
BENCHMARK(CatalogRow)->Name("EvaluateAndBriefOut")->Arg(kEvaluate | kBrief);
BENCHMARK(CatalogRow)->Name("WholeBrief")->Arg(kRead | kEvaluate | kBrief);
BENCHMARK(CatalogRow)->Name("WholeFull")->Arg(kRead | kEvaluate | kFull);

}  // namespace
}  // namespace beian

int main(int argc, char** argv) {
  if (std::string_view(BEIAN_BUILD_TYPE) != "Release") {
    std::fprintf(stderr, "benchmarks are only meaningful in a Release build\n");
    return 64;
  }
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
