// Every look-up of a snapshot, against a naive twin that searches plain records.
#include <algorithm>
#include <chrono>
#include <map>
#include <set>
#include <thread>

#include "cache/base/limits.h"
#include "cache/filing/ipv4.h"
#include "cache/snapshot/fetch_ahead.h"
#include "cache/snapshot/registry.h"
#include "tests/snapshot/support.h"
#include "tests/support/cpu_time.h"

namespace beian::cache::test {
namespace {

using Ids = std::set<std::uint64_t>;

// Ids of a result; fails when a service is listed twice or rows are out of order.
template <class List>
Ids ids_of(const List& list) {
  Ids ids;
  FilingKey before{};
  for (std::size_t i = 0; i < list.size(); ++i) {
    EXPECT_TRUE(ids.insert(list[i].id()).second) << "listed twice: " << list[i].id();
    EXPECT_LE(before, list[i].number().key()) << "not in row order";
    before = list[i].number().key();
  }
  return ids;
}

class Lookup : public testing::TestWithParam<unsigned> {
 protected:
  void SetUp() override {
    registry_ = random_registry(GetParam(), 3'000);
    snapshot_ = open(build(registry_));
    ASSERT_NE(snapshot_, nullptr);
  }

  // Ids of the records for which `has(record)` holds.
  template <class Has>
  Ids naive(Has&& has) const {
    Ids ids;
    for (const ServiceRecord& record : registry_.services)
      if (has(record)) ids.insert(record.id);
    return ids;
  }

  Registry registry_;
  std::shared_ptr<const Snapshot> snapshot_;
};

TEST_P(Lookup, FindsEveryNumberWithAllItsServices) {
  std::map<FilingKey, Ids> by_key;
  std::map<SubjectKey, Ids> by_subject;
  for (const ServiceRecord& record : registry_.services) {
    by_key[record.number.key()].insert(record.id);
    by_subject[record.number.subject()].insert(record.id);
  }
  for (const auto& [key, ids] : by_key) EXPECT_EQ(ids_of(snapshot_->find(key)), ids);
  for (const auto& [key, ids] : by_subject) EXPECT_EQ(ids_of(snapshot_->services(key)), ids);
}

TEST_P(Lookup, DoesNotFindWhatIsNotThere) {
  std::map<FilingKey, bool> known;
  for (const ServiceRecord& record : registry_.services) known[record.number.key()] = true;
  for (const ServiceRecord& record : registry_.services)
    for (std::uint32_t serial = 1; serial <= 14; ++serial) {
      const FilingKey key = filing_key(record.number.subject(), serial);
      EXPECT_EQ(snapshot_->find(key).empty(), !known.contains(key));
    }
  EXPECT_TRUE(snapshot_->find(FilingKey{}).empty());
  EXPECT_TRUE(snapshot_->find(FilingKey{~std::uint64_t{0}}).empty());
  EXPECT_FALSE(snapshot_->find_subject(number_of("新ICP备2023000001号").subject()));
  EXPECT_FALSE(snapshot_->by_service_id(1));
  EXPECT_FALSE(snapshot_->by_subject_id(0)) << "implied subjects have no id";
  EXPECT_TRUE(snapshot_->by_domain("absent.cn").empty());
}

TEST_P(Lookup, FindsSubjectsByNumberAndId) {
  for (const SubjectRecord& record : registry_.subjects) {
    const auto by_number = snapshot_->find_subject(record.number.subject());
    ASSERT_TRUE(by_number);
    EXPECT_EQ(by_number->number(), record.number);
    EXPECT_EQ(snapshot_->by_subject_id(record.id)->id(), record.id);
  }
  for (const ServiceRecord& record : registry_.services)
    EXPECT_TRUE(snapshot_->find_subject(record.number.subject())) << "implied at least";
}

TEST_P(Lookup, FindsPackagesWithAndWithoutSystem) {
  std::map<std::string, Ids> by_package;
  std::map<std::pair<std::string, std::string>, Ids> by_platform;
  for (const ServiceRecord& record : registry_.services) {
    if (!record.platforms) continue;
    for (const PlatformRecord& platform : *record.platforms) {
      if (!platform.package) continue;
      by_package[*platform.package].insert(record.id);
      by_platform[{platform.os, *platform.package}].insert(record.id);
    }
  }
  for (int i = 0; i < 905; ++i) {
    const std::string package = "cn.example.p" + std::to_string(i);
    EXPECT_EQ(ids_of(snapshot_->by_package(package)), by_package[package]);
    for (const char* os : {"android", "ios", "harmonyos", "tizen", "webos"})
      EXPECT_EQ(ids_of(snapshot_->by_package(os, package)), (by_platform[{os, package}]))
          << os << " " << package;
  }
}

TEST_P(Lookup, FindsCertificatesAndKeys) {
  std::map<std::string, Ids> by_fingerprint;
  std::map<std::string, Ids> by_key;
  std::vector<Fingerprint> fingerprints;
  std::vector<KeyDigest> keys;
  for (const ServiceRecord& record : registry_.services) {
    if (!record.platforms) continue;
    for (const PlatformRecord& platform : *record.platforms) {
      for (const Fingerprint& digest : platform.fingerprints.value_or(std::vector<Fingerprint>{})) {
        by_fingerprint[to_hex(digest.view())].insert(record.id);
        fingerprints.push_back(digest);
      }
      for (const KeyDigest& digest : platform.public_keys.value_or(std::vector<KeyDigest>{})) {
        by_key[to_hex(digest)].insert(record.id);
        keys.push_back(digest);
      }
    }
  }
  ASSERT_FALSE(fingerprints.empty());
  for (Fingerprint digest : fingerprints) {
    EXPECT_EQ(ids_of(snapshot_->by_fingerprint(digest)), by_fingerprint[to_hex(digest.view())]);
    digest.bytes[3] ^= 1;
    if (!by_fingerprint.contains(to_hex(digest.view()))) {
      EXPECT_TRUE(snapshot_->by_fingerprint(digest).empty());
    }
  }
  for (const KeyDigest& digest : keys)
    EXPECT_EQ(ids_of(snapshot_->by_public_key(digest)), by_key[to_hex(digest)]);
}

TEST_P(Lookup, FindsDomainsExactly) {
  for (int i = 0; i < 505; ++i) {
    const std::string domain = "example" + std::to_string(i);
    EXPECT_EQ(ids_of(snapshot_->by_domain(domain)), naive([&](const ServiceRecord& record) {
                return record.domains && std::find(record.domains->begin(), record.domains->end(),
                                                   domain) != record.domains->end();
              }));
  }
}

TEST_P(Lookup, FindsEveryServiceOnceWhoseRangesHoldAnAddress) {
  std::vector<std::uint32_t> rows(4'000);
  const auto expect_at = [&](const IpAddress& address) {
    const std::size_t count = snapshot_->by_ip(address, rows);
    Ids ids;
    for (std::size_t i = 0; i < count; ++i)
      EXPECT_TRUE(ids.insert(snapshot_->service(rows[i]).id()).second) << "listed twice";
    EXPECT_EQ(ids, naive([&](const ServiceRecord& record) {
                return record.ips && std::any_of(record.ips->begin(), record.ips->end(),
                                                 [&](const IpRange& range) {
                                                   return range.first <= address &&
                                                          address <= range.last;
                                                 });
              }));
    return count;
  };
  IpAddress v4;  // 192.0.2.0/24; the /24 below has no hits
  v4.bytes = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 192, 0, 2, 0};
  IpAddress v6;  // 2001:db8::
  v6.bytes = {0x20, 0x01, 0x0D, 0xB8};
  std::size_t most = 0;
  for (int last = 0; last < 256; ++last) {
    v4.bytes[15] = v6.bytes[15] = static_cast<std::uint8_t>(last);
    most = std::max({most, expect_at(v4), expect_at(v6)});
    v4.bytes[14] = 1;
    EXPECT_EQ(expect_at(v4), 0U);
    v4.bytes[14] = 2;
  }
  ASSERT_GT(most, 3U);

  // More hits than room: the count is complete, and nothing is written beyond the room.
  v4.bytes[15] = 100;
  const std::size_t all = snapshot_->by_ip(v4, rows);
  std::vector<std::uint32_t> few(3, 0xABCDEF);
  EXPECT_EQ(snapshot_->by_ip(v4, std::span(few).first(2)), all);
  EXPECT_EQ(few[0], rows[0]);
  EXPECT_EQ(few[2], 0xABCDEFU);
}

// Services with thousands of ranges around one address are also listed once, and fast: a look-up
// takes milliseconds, against half a second when all ranges were searched for each service.
TEST(LookupOfManyRanges, ListsEachServiceOnce) {
  constexpr std::uint32_t kRanges = 40'000;
  Registry registry = hand_made();
  ServiceRecord many = registry.services[1];
  many.subject_id.reset();
  for (std::uint64_t service = 0; service < 3; ++service) {
    many.id = 500 + service;
    many.ips.emplace();
    for (std::uint32_t i = 0; i < kRanges; ++i)  // the first half elsewhere
      many.ips->push_back({ipv4_address((i < kRanges / 2 ? 0x0B000000 : 0x0A000000) + i),
                           ipv4_address((i < kRanges / 2 ? 0x0B100000 : 0x0A100000) + i)});
    registry.services.push_back(many);
  }
  const auto snapshot = open(build(registry));
  const auto begun = beian::test::cpu_time();
  std::vector<std::uint32_t> rows(10);
  for (std::uint32_t i = 0; i < 20; ++i) {
    ASSERT_EQ(snapshot->by_ip(ipv4_address(0x0A0F0000 + i), rows), 3U);
    std::set<std::uint64_t> ids;
    for (std::size_t row = 0; row < 3; ++row) ids.insert(snapshot->service(rows[row]).id());
    EXPECT_EQ(ids, (std::set<std::uint64_t>{500, 501, 502}));
  }
  EXPECT_LT(beian::test::cpu_time() - begun, std::chrono::seconds{10});
}

// Has no visible effect, but must not read out of bounds: keys of services, of subjects and of
// nothing, in batches of every size; and an empty registry.
TEST_P(Lookup, FetchingAheadIsHarmless) {
  std::vector<FilingKey> keys;
  for (const ServiceRecord& record : registry_.services) {
    keys.push_back(record.number.key());
    keys.push_back(record.number.subject_number().key());
    keys.push_back(FilingKey{static_cast<std::uint64_t>(record.number.key()) ^ (1ULL << 20)});
    keys.push_back(filing_key(record.number.subject(), limits::kServiceSerialMax));
  }
  const auto registry = cache::Registry::over(snapshot_);
  const auto nothing = cache::Registry::over(open(build({})));
  for (std::size_t count = 0; count <= 40; ++count) {
    fetch_ahead(*registry, std::span(keys).first(count));
    fetch_ahead(*nothing, std::span(keys).first(count));
  }
  fetch_ahead(*registry, keys);
}

TEST_P(Lookup, RowsAreInKeyOrder) {
  for (std::uint32_t row = 1; row < snapshot_->info().services; ++row)
    EXPECT_LE(snapshot_->service(row - 1).number().key(), snapshot_->service(row).number().key());
  for (std::uint32_t row = 1; row < snapshot_->info().subjects; ++row)
    EXPECT_LE(snapshot_->subject(row - 1).number().subject(),
              snapshot_->subject(row).number().subject());
}

// Meant for TSan: look-ups share nothing that they write to.
TEST_P(Lookup, ManyThreadsReadOneSnapshot) {
  std::vector<std::size_t> hits(4);
  const auto shared = cache::Registry::over(snapshot_);
  {
    std::vector<std::jthread> readers;
    for (std::size_t reader = 0; reader < hits.size(); ++reader)
      readers.emplace_back([&, reader] {
        for (std::size_t i = reader; i < registry_.services.size(); i += hits.size()) {
          const ServiceRecord& record = registry_.services[i];
          const FilingKey key = record.number.key();
          fetch_ahead(*shared, {&key, 1});
          const auto found = snapshot_->find(record.number.key());
          hits[reader] += !found.empty() && !describe(found[0]).empty();
          hits[reader] += snapshot_->by_service_id(record.id)->id() == record.id;
        }
      });
  }
  EXPECT_EQ(hits[0] + hits[1] + hits[2] + hits[3], registry_.services.size() * 2);
}

INSTANTIATE_TEST_SUITE_P(Seeds, Lookup, testing::Values(11U, 12U, 13U));

// Goal: a certificate shared by very many apps is one entry, and its neighbours keep their speed
// and answers. Method: 20,000 services with one certificate besides their own.
TEST(LookupShared, OneCertificateOfTwentyThousandServices) {
  Registry registry;
  Fingerprint shared;
  shared.size = 32;
  const FilingNumber subject = number_of("粤ICP备12004567号");
  for (std::uint32_t i = 1; i <= 20'000; ++i) {
    ServiceRecord record;
    record.id = i;
    record.number = subject.with_service(i, Kind::kApp);
    PlatformRecord platform;
    platform.os = "android";
    Fingerprint own;
    own.size = 20;
    std::memcpy(own.bytes.data(), &i, sizeof i);
    platform.fingerprints = {{shared, own}};
    record.platforms = {{platform}};
    registry.services.push_back(record);
  }
  const auto snapshot = open(build(registry));
  EXPECT_EQ(snapshot->by_fingerprint(shared).size(), 20'000U);
  EXPECT_EQ(snapshot->by_fingerprint(shared)[19'999].id(), 20'000U);
  for (std::uint32_t i = 1; i <= 20'000; i += 7) {
    Fingerprint own;
    own.size = 20;
    std::memcpy(own.bytes.data(), &i, sizeof i);
    const ServiceList list = snapshot->by_fingerprint(own);
    ASSERT_EQ(list.size(), 1U);
    EXPECT_EQ(list[0].id(), i);
    EXPECT_EQ(snapshot->find(filing_key(subject.subject(), i))[0].id(), i);
  }
}

}  // namespace
}  // namespace beian::cache::test
