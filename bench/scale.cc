// What a snapshot file of any size costs to open and to look things up in, and how its bytes divide
// into sections.
//
//   beian-bench-scale FILE     one JSON object on standard output
//
// Each look-up is timed alone and reads the row that it finds; the median cost of an empty interval
// is subtracted. Keys come in random order from all over the registry, so that the CPU caches do
// not hold them. Refuses to report from anything but a Release build.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "cache/snapshot/format.h"
#include "cache/snapshot/snapshot.h"
#include "cache/snapshot/tables.h"

namespace beian {
namespace {

using Clock = std::chrono::steady_clock;
using cache::Snapshot;

constexpr std::size_t kLookUps = 1'000'000;
constexpr int kOpens = 3;
constexpr int kOthers = 100;
constexpr std::uint32_t kManyServices = 3'000;   // of one subject, as a licence holder has
constexpr std::uint32_t kUnusedSerial = 99'999;  // no synthetic subject has that many services
constexpr std::uint64_t kSeed = 1;

std::int64_t nanoseconds_since(Clock::time_point start) {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(Clock::now() - start).count();
}

// Keeps the optimizer from removing the reads that produced `value`.
void keep(std::uint64_t value) {
  asm volatile("" : : "r"(value) : "memory");
}

std::int64_t empty_interval() {
  std::vector<std::int64_t> times(10'001);
  for (std::int64_t& time : times) time = nanoseconds_since(Clock::now());
  std::ranges::nth_element(times, times.begin() + 5'000);
  return times[5'000];
}

// Prints `"name":{"p50":…}` for calls of `look_up`, each timed alone, one per key, after `prepare`.
template <class Prepare, class LookUp>
void print_percentiles(const char* name, const std::vector<FilingKey>& keys, Prepare prepare,
                       LookUp look_up) {
  const std::int64_t empty = empty_interval();
  std::vector<std::int64_t> times;
  times.reserve(keys.size());
  for (const FilingKey key : keys) {
    prepare(key);
    const Clock::time_point start = Clock::now();
    look_up(key);
    times.push_back(std::max<std::int64_t>(nanoseconds_since(start) - empty, 0));
  }
  std::ranges::sort(times);
  const auto at = [&](double share) {
    return static_cast<long long>(
        times[static_cast<std::size_t>(share * static_cast<double>(times.size() - 1))]);
  };
  std::printf(",\"%s\":{\"p50\":%lld,\"p90\":%lld,\"p99\":%lld,\"p99_9\":%lld}", name, at(0.5),
              at(0.9), at(0.99), at(0.999));
}

std::uint64_t found_in(const Snapshot& registry, FilingKey key) {
  const cache::ServiceRange found = registry.find(key);
  if (found.empty()) return 0;
  return static_cast<std::uint64_t>(found[0].status()) +
         static_cast<std::uint64_t>(found[0].subject().status());
}

std::vector<FilingKey> random_keys(const Snapshot& registry) {
  std::mt19937_64 draw(kSeed);
  std::vector<FilingKey> keys;
  for (std::size_t i = 0; i < kLookUps; ++i)
    keys.push_back(
        registry.service(static_cast<std::uint32_t>(draw() % registry.info().services)).key());
  return keys;
}

// The services of the subject whose service count is nearest to kManyServices, in random order.
std::vector<FilingKey> keys_of_holder(const Snapshot& registry) {
  cache::ServiceRange best;
  const auto distance = [](const cache::ServiceRange& range) {
    return std::max<std::uint64_t>(range.size(), kManyServices) -
           std::min<std::uint64_t>(range.size(), kManyServices);
  };
  for (std::uint32_t row = 0; row < registry.info().subjects; ++row) {
    const cache::ServiceRange range = registry.services(registry.subject(row).key());
    if (distance(range) < distance(best)) best = range;
  }
  std::vector<FilingKey> keys;
  for (std::size_t i = 0; i < best.size(); ++i) keys.push_back(best[i].key());
  std::ranges::shuffle(keys, std::mt19937_64(kSeed));
  std::printf(",\"holder_services\":%zu", keys.size());
  return keys;
}

void print_look_ups(const Snapshot& registry) {
  const auto look_up = [&](FilingKey key) { keep(found_in(registry, key)); };
  const auto nothing = [](FilingKey) {};
  std::vector<FilingKey> keys = random_keys(registry);
  print_percentiles("hit", keys, nothing, look_up);
  for (FilingKey& key : keys) key = filing_key(subject_key(key), kUnusedSerial);
  print_percentiles("miss_serial", keys, nothing, look_up);
  std::mt19937_64 draw(kSeed);
  for (FilingKey& key : keys) key = FilingKey{draw() >> 4};
  print_percentiles("miss_subject", keys, nothing, look_up);
  // 100 other look-ups before each; otherwise the holder's rows of a small registry would stay in
  // the cache.
  const std::vector<FilingKey> others = random_keys(registry);
  std::size_t next = 0;
  print_percentiles(
      "holder", keys_of_holder(registry),
      [&](FilingKey) {
        for (int i = 0; i < kOthers; ++i) keep(found_in(registry, others[next++ % others.size()]));
      },
      look_up);
}

// Prints `"sections":{"strings":…}` in bytes; false when the file could not be read.
bool print_sections(const std::string& path) {
  cache::format::Header header;
  std::ifstream file(path, std::ios::binary);
  if (!file.read(reinterpret_cast<char*>(&header), sizeof header)) return false;
  std::printf(",\"sections\":{\"header\":%zu", sizeof header);
  for (std::size_t i = 0; i < cache::format::kSectionCount; ++i) {
    const std::string_view name =
        cache::section_name(static_cast<cache::format::SectionId>(static_cast<std::uint32_t>(i)));
    std::printf(",\"%.*s\":%llu", static_cast<int>(name.size()), name.data(),
                static_cast<unsigned long long>(header.sections[i].bytes));
  }
  std::printf("}");
  return true;
}

int measure(const std::string& path) {
  std::vector<double> opens;
  std::shared_ptr<const Snapshot> registry;
  for (int i = 0; i < kOpens; ++i) {
    registry.reset();
    const Clock::time_point start = Clock::now();
    auto opened = Snapshot::open(path);
    if (!opened) {
      std::fprintf(stderr, "%s\n", opened.error().message.c_str());
      return 69;
    }
    opens.push_back(static_cast<double>(nanoseconds_since(start)) / 1e9);
    registry = std::move(*opened);
  }
  const cache::SnapshotInfo& info = registry->info();
  std::printf("{\"services\":%llu,\"subjects\":%llu,\"file_bytes\":%llu",
              static_cast<unsigned long long>(info.services),
              static_cast<unsigned long long>(info.subjects),
              static_cast<unsigned long long>(info.file_bytes));
  std::printf(",\"open_seconds\":[%.4f,%.4f,%.4f]", opens[0], opens[1], opens[2]);
  if (!print_sections(path)) return 69;
  print_look_ups(*registry);
  std::printf("}\n");
  return 0;
}

}  // namespace
}  // namespace beian

int main(int argc, char** argv) {
  if (std::string_view(BEIAN_BUILD_TYPE) != "Release") {
    std::fprintf(stderr, "benchmarks are only meaningful in a Release build\n");
    return 64;
  }
  if (argc != 2) {
    std::fprintf(stderr, "usage: %s FILE\n", argv[0]);
    return 64;
  }
  return beian::measure(argv[1]);
}
