// Goes through the data one level at a time, for all keys: what one level prefetches has arrived
// when the next one reads it. Tests: tests/snapshot/lookup_test.cc (that it is harmless);
// bench/audit.sh.
#include "cache/snapshot/fetch_ahead.h"

#include <algorithm>
#include <array>

#include "cache/snapshot/body.h"
#include "cache/snapshot/tables.h"

namespace beian::cache {
namespace {

using namespace format;

// Keys in flight at once: as many cache lines as a core can wait for, and a few more.
constexpr std::size_t kKeysAtOnce = 16;

void fetch(const void* address) noexcept {
  __builtin_prefetch(address);
}

class Ahead {
 public:
  Ahead(const SnapshotTables& tables, std::span<const FilingKey> keys) noexcept
      : tables_(tables), keys_(keys) {}

  void run() noexcept {
    const auto for_each = [&](auto step) {
      for (std::size_t i = 0; i < keys_.size(); ++i) (this->*step)(i);
    };
    for_each(&Ahead::fetch_bucket);
    for_each(&Ahead::fetch_subject);
    for_each(&Ahead::fetch_service);
    for_each(&Ahead::fetch_body);
    for_each(&Ahead::fetch_texts);
  }

 private:
  std::uint64_t subject_of(std::size_t i) const noexcept {
    return static_cast<std::uint64_t>(subject_key(keys_[i]));
  }

  void fetch_bucket(std::size_t i) noexcept {
    hashes_[i] = hash_number(subject_of(i));
    fetch(&tables_.numbers.buckets[home_bucket(hashes_[i], tables_.numbers.buckets.size())]);
  }

  // Fetches the rows whose tag matches. A number with several subjects, whose rows are in a list,
  // is rare.
  void fetch_subject(std::size_t i) noexcept {
    const auto tag = static_cast<std::uint16_t>(hashes_[i]);
    const Bucket& bucket =
        tables_.numbers.buckets[home_bucket(hashes_[i], tables_.numbers.buckets.size())];
    for (std::size_t slot = 0; slot < kBucketSlots; ++slot)
      if (bucket.tags[slot] == tag && (bucket.values[slot] & kPostingBit) == 0)
        fetch(&tables_.subjects[bucket.values[slot]]);
  }

  // Fetches a row near the service: its own if the subject numbers its services 1, 2, 3, ….
  void fetch_service(std::size_t i) noexcept {
    const std::uint64_t wanted = subject_of(i);
    const std::uint32_t row = tables_.numbers.find(hashes_[i], [&](std::uint32_t candidate) {
      return tables_.subjects[candidate].key == wanted;
    });
    subjects_[i] = row == kNone ? nullptr : &tables_.subjects[row];
    if (row == kNone || subjects_[i]->service_count == 0) return;
    fetch(&tables_.services[subjects_[i]->first_service + guess(i)]);
    if (subjects_[i]->sponsor != kNone) fetch_text(subjects_[i]->sponsor);
  }

  void fetch_body(std::size_t i) noexcept {
    services_[i] = subjects_[i] == nullptr ? nullptr : service_of(i);
    if (services_[i] == nullptr) return;
    const std::size_t first = services_[i]->body;
    fetch(&tables_.bodies[first]);
    fetch(&tables_.bodies[std::min(first + kBodyWordsUsual, tables_.bodies.size() - 1)]);
  }

  // An index into the subject's services. REQUIRES: it has some. A subject's own number has serial
  // 0, which gives the last one.
  std::uint32_t guess(std::size_t i) const noexcept {
    return std::min(serial_of(keys_[i]) - 1U, subjects_[i]->service_count - 1U);
  }

  // nullptr when there is none. Serials that were never given out put the service before the guess:
  // of the synthetic registry's ordinary subjects 86 % have none, and 12 % at most four.
  const ServiceRow* service_of(std::size_t i) const noexcept {
    const auto rows =
        tables_.services.subspan(subjects_[i]->first_service, subjects_[i]->service_count);
    if (rows.empty()) return nullptr;
    const auto wanted = static_cast<std::uint64_t>(keys_[i]);
    std::size_t at = guess(i);
    for (std::size_t step = 0; step < kNear && at > 0 && rows[at].key > wanted; ++step) --at;
    if (rows[at].key > wanted) {
      const auto is_before = [](const ServiceRow& row, std::uint64_t key) { return row.key < key; };
      const auto found = std::lower_bound(rows.begin(), rows.end(), wanted, is_before);
      at = static_cast<std::size_t>(found - rows.begin());
    }
    return rows[at].key == wanted ? &rows[at] : nullptr;
  }

  // Fetches the texts of the first name and the first platform, which are all that most apps have.
  void fetch_texts(std::size_t i) noexcept {
    if (services_[i] == nullptr) return;
    const auto words = tables_.body(*services_[i]);
    const ListPlace names = place_of(words, services_[i]->flags, kNameList);
    if (names.count > 0) fetch_text(words[names.start]);
    const ListPlace platforms = place_of(words, services_[i]->flags, kPlatformList);
    if (platforms.count == 0) return;
    const PlatformShape shape(words[platforms.start]);
    for (std::uint32_t at = 1; at < std::min(shape.words, 1 + kTextsOfPlatformMax); ++at)
      fetch_text(words[platforms.start + at]);
  }

  void fetch_text(std::uint32_t reference) noexcept {
    fetch(tables_.strings.data() + std::uint64_t{reference} * 2);
  }

  static constexpr std::size_t kNear = 4;                  // steps before a search is cheaper
  static constexpr std::uint32_t kBodyWordsUsual = 12;     // may span two cache lines
  static constexpr std::uint32_t kTextsOfPlatformMax = 4;  // os, package, a digest of each sort

  const SnapshotTables& tables_;
  std::span<const FilingKey> keys_;
  std::array<std::uint64_t, kKeysAtOnce> hashes_;
  std::array<const SubjectRow*, kKeysAtOnce> subjects_;  // nullptr: there is none
  std::array<const ServiceRow*, kKeysAtOnce> services_;
};

}  // namespace

void fetch_ahead(const Registry& registry, std::span<const FilingKey> keys) noexcept {
  const SnapshotTables& tables = RowAccess::tables(registry.base());
  if (tables.numbers.buckets.empty()) return;
  for (std::size_t at = 0; at < keys.size(); at += kKeysAtOnce)
    Ahead(tables, keys.subspan(at, std::min(kKeysAtOnce, keys.size() - at))).run();
}

}  // namespace beian::cache
