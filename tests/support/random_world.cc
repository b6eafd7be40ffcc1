#include "tests/support/random_world.h"

#include <gtest/gtest.h>

#include "cache/filing/parse.h"
#include "cache/snapshot/snapshot_writer.h"
#include "tests/support/random_alphabet.h"

namespace beian::test {
namespace {

// Unknown in `unknown` percent of cases; otherwise 0 to `most` items.
template <class T, class Draw>
Known<T> random_list(Dice& dice, std::size_t unknown, std::size_t most, Draw draw) {
  if (dice.percent(unknown)) return std::nullopt;
  std::vector<T> list;
  for (std::size_t left = dice.below(most + 1); left > 0; --left) list.push_back(draw());
  return list;
}

template <class List>
Known<std::string> random_words(Dice& dice, std::size_t unknown, std::size_t most,
                                const List& words) {
  return random_list<std::string>(dice, unknown, most,
                                  [&] { return std::string(dice.one_of(words)); });
}

template <class List>
std::optional<std::string> random_word(Dice& dice, std::size_t unknown, const List& words) {
  if (dice.percent(unknown)) return std::nullopt;
  return std::string(dice.one_of(words));
}

std::optional<Day> random_day(Dice& dice, std::size_t unknown) {
  if (dice.percent(unknown)) return std::nullopt;
  return parse_day(dice.one_of(alphabet::kSubmittedOn));
}

SubjectRecord random_subject(Dice& dice, std::uint64_t id, std::string_view number) {
  SubjectRecord out;
  out.id = id;
  out.number = parse_number(number).number;
  out.sponsor = random_word(dice, 20, alphabet::kSponsors);
  out.certificate_number = random_word(dice, 30, alphabet::kCertificateNumbers);
  out.province = random_word(dice, 80, alphabet::kProvinceWords);
  out.status = dice.percent(70) ? Status::kFiled : static_cast<Status>(dice.below(kStatusCount));
  out.cancelled_on = random_day(dice, 50);
  return out;
}

PlatformRecord random_platform(Dice& dice) {
  PlatformRecord out;
  out.os = dice.one_of(alphabet::kSystems);
  out.package = random_word(dice, 10, alphabet::kPackages);
  out.fingerprints = random_list<Fingerprint>(
      dice, 30, 2, [&] { return *parse_fingerprint(dice.one_of(alphabet::kFingerprints)); });
  out.public_keys = random_list<KeyDigest>(
      dice, 50, 2, [&] { return *parse_public_key(dice.one_of(alphabet::kKeys)); });
  return out;
}

ServiceRecord random_service(Dice& dice, std::uint64_t id,
                             const std::vector<SubjectRecord>& subjects) {
  ServiceRecord out;
  out.id = id;
  const FilingNumber subject = parse_number(dice.one_of(alphabet::kSubjects)).number;
  const Kind kind = dice.percent(65) ? Kind::kApp : static_cast<Kind>(1 + dice.below(4));
  out.number = subject.with_service(static_cast<std::uint32_t>(1 + dice.below(14)), kind);
  // Mostly under the subject of its own number, now and then under another subject.
  for (const SubjectRecord& record : subjects)
    if (record.number == subject && dice.percent(50)) out.subject_id = record.id;
  if (!subjects.empty() && dice.percent(4)) out.subject_id = dice.one_of(subjects).id;
  out.names = random_words(dice, 10, 2, alphabet::kNames);
  out.status = dice.percent(65) ? Status::kFiled : static_cast<Status>(dice.below(kStatusCount));
  if (dice.percent(50)) out.limit_access = dice.percent(15);
  out.approvals = random_words(dice, 50, 2, alphabet::kApprovals);
  out.domains = random_words(dice, 30, 2, alphabet::kDomains);
  out.ips = random_list<IpRange>(dice, 40, 2,
                                 [&] { return *parse_ip_range(dice.one_of(alphabet::kRanges)); });
  out.providers = random_words(dice, 40, 2, alphabet::kProviders);
  out.platforms = random_list<PlatformRecord>(dice, 15, 3, [&] { return random_platform(dice); });
  out.host_platform = random_word(dice, kind == Kind::kApp ? 90 : 40, alphabet::kHosts);
  out.submitted_on = random_day(dice, 20);
  out.cancelled_on = random_day(dice, 40);
  return out;
}

}  // namespace

Instant world_now() {
  return *parse_instant("2026-01-02T04:30:00Z");
}

World random_world(Dice& dice, std::size_t services) {
  using std::chrono::hours;
  using std::chrono::seconds;
  World world;
  world.serial = 48213;
  world.is_sealed = dice.percent(85);
  constexpr seconds kAges[] = {seconds{0},
                               hours{1},
                               hours{2},
                               hours{-1},
                               hours{24} - seconds{1},
                               hours{24},
                               hours{72} - seconds{1},
                               hours{72}};
  world.as_of = world_now() - dice.one_of(kAges);
  for (const std::string_view number : alphabet::kSubjects) {
    // Not recorded, recorded, or recorded twice.
    const std::size_t records = dice.percent(20) ? 0 : dice.percent(10) ? 2 : 1;
    for (std::size_t i = 0; i < records; ++i)
      world.subjects.push_back(random_subject(dice, 1 + world.subjects.size(), number));
  }
  for (std::uint64_t id = 1; id <= services; ++id)
    world.services.push_back(random_service(dice, 1000 + id, world.subjects));
  return world;
}

std::shared_ptr<const cache::Generation> generation_of(const World& world) {
  cache::SnapshotWriter writer;
  for (const SubjectRecord& subject : world.subjects) writer.add(subject);
  for (const ServiceRecord& service : world.services) writer.add(service);
  cache::SealOptions seal;
  seal.serial = world.serial;
  seal.as_of = world.as_of;
  seal.is_sealed = world.is_sealed;
  auto bytes = std::move(writer).to_bytes(seal);
  EXPECT_TRUE(bytes.has_value()) << (bytes ? "" : bytes.error().message);
  auto snapshot = cache::Snapshot::from_bytes(std::move(*bytes));
  EXPECT_TRUE(snapshot.has_value()) << (snapshot ? "" : snapshot.error().message);
  return std::make_shared<const cache::Generation>(std::move(*snapshot),
                                                   cache::FreshnessThresholds{}, "random");
}

}  // namespace beian::test
