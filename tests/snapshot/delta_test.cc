// Delta batches as bytes: what is accepted, what is refused, and that nothing is in between.
#include "cache/snapshot/delta.h"

#include "cache/feed/render.h"
#include "cache/snapshot/registry.h"
#include "tests/snapshot/support.h"

namespace beian::cache::test {
namespace {

using RegistryPtr = std::shared_ptr<const cache::Registry>;

DeltaBatch batch_of(std::size_t records) {
  DeltaBatch batch;
  batch.serial = 48'214;
  batch.as_of = seal().as_of + std::chrono::hours{1};
  batch.next_update = batch.as_of + std::chrono::hours{24};
  batch.previous[0] = 0xAB;
  batch.feed_id = "每日 2026-01-02";
  const Registry feed = random_registry(3, records);
  batch.records.emplace_back(RemoveService{17});
  batch.records.emplace_back(RemoveSubject{18});
  for (const SubjectRecord& record : feed.subjects) batch.records.emplace_back(record);
  for (const ServiceRecord& record : feed.services) batch.records.emplace_back(record);
  return batch;
}

std::string told_of(const DeltaBatch& batch) {
  std::string out = std::to_string(batch.serial) + " " + format_instant(batch.as_of) + " " +
                    (batch.next_update ? format_instant(*batch.next_update) : "none") + " " +
                    to_hex(batch.previous) + " " + batch.feed_id + "\n";
  for (const FeedRecord& record : batch.records) out += to_ndjson(record) + "\n";
  return out;
}

TEST(DeltaCodec, ReadingWhatWasWrittenGivesTheBatch) {
  const SigningKey key = SigningKey::generate();
  for (const std::size_t records : {1, 5, 400}) {
    const DeltaBatch batch = batch_of(records);
    const std::string bytes = encode(batch, &key);
    const auto read = decode_delta(as_bytes(bytes), {{key.public_key()}, false});
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(told_of(*read), told_of(batch));
    EXPECT_EQ(encode(*read, &key), bytes);
    EXPECT_EQ(chain_after(batch.previous, as_bytes(bytes)), chain_after(*read));
  }
}

TEST(DeltaCodec, ManyRecordsAreCompressed) {
  const DeltaBatch batch = batch_of(400);
  EXPECT_LT(encode(batch, nullptr).size(), told_of(batch).size() / 3);
}

TEST(DeltaCodec, TheChainHangsOnWhatIsSaidAndNotOnWhoSigned) {
  const SigningKey key = SigningKey::generate();
  DeltaBatch batch = batch_of(1);
  const Sha256 chain = chain_after(batch);
  EXPECT_EQ(chain_after(batch.previous, as_bytes(encode(batch, nullptr))), chain);
  EXPECT_EQ(chain_after(batch.previous, as_bytes(encode(batch, &key))), chain);
  DeltaBatch other = batch;
  other.feed_id += "x";
  EXPECT_NE(chain_after(other), chain);
  other = batch;
  other.records.pop_back();
  EXPECT_NE(chain_after(other), chain);
  other = batch;
  other.next_update.reset();
  EXPECT_NE(chain_after(other), chain);
}

TEST(DeltaTrust, OnlyConfiguredKeysCount) {
  const SigningKey key = SigningKey::generate();
  const SigningKey other = SigningKey::generate();
  const std::string is_signed = encode(batch_of(1), &key);
  const std::string is_unsigned = encode(batch_of(1), nullptr);
  const PublicKey mine = key.public_key();
  const PublicKey theirs = other.public_key();
  const struct {
    const char* name;
    const std::string& bytes;
    Trust trust;
    bool want;
  } rows[] = {
      {"signed_by_the_key", is_signed, {{mine}, false}, true},
      {"signed_by_one_of_two", is_signed, {{theirs, mine}, false}, true},
      {"signed_by_another", is_signed, {{theirs}, false}, false},
      {"signed_by_another_where_unsigned_is_allowed", is_signed, {{theirs}, true}, false},
      {"unsigned", is_unsigned, {{mine}, false}, false},
      {"unsigned_and_allowed", is_unsigned, {{mine}, true}, true},
      {"no_keys", is_signed, {{}, false}, false},
      {"no_keys_unsigned", is_unsigned, {{}, false}, false},
      {"anybody", is_signed, {{}, true}, true},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.name);
    const auto read = decode_delta(as_bytes(row.bytes), row.trust);
    EXPECT_EQ(read.has_value(), row.want);
    if (!read) {
      EXPECT_EQ(read.error().kind, ErrorKind::kUntrusted);
      EXPECT_NE(read.error().message.find("delta batch 48214 not trusted"), std::string::npos);
    }
  }
}

TEST(DeltaTrust, AForgedSignatureIsNone) {
  const SigningKey key = SigningKey::generate();
  DeltaBatch batch = batch_of(1);
  std::string bytes = encode(batch, &key);
  batch.records.emplace_back(RemoveService{99});  // one batch's signature on another
  std::string forged = encode(batch, nullptr);
  forged.replace(128, 96, bytes, 128, 96);
  const auto read = decode_delta(as_bytes(forged), {{key.public_key()}, false});
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().kind, ErrorKind::kUntrusted);
  // For the all-zero key anybody can make signatures.
  forged.replace(128, 96, std::string(32, '\0') + std::string(64, '\1'));
  EXPECT_FALSE(decode_delta(as_bytes(forged), kAnybody));
}

// Method: a signed batch of a few records, stored plain and compressed; every flipped bit, every
// cut and every extension. Where the signature is checked first, the error may be kUntrusted.
TEST(DeltaDamage, EveryFlipCutAndExtensionIsFound) {
  const SigningKey key = SigningKey::generate();
  for (const std::size_t records : {1, 6}) {
    for (const SigningKey* signer : {&key, static_cast<const SigningKey*>(nullptr)}) {
      const Trust trust = signer ? Trust{{key.public_key()}, false} : kAnybody;
      DeltaBatch batch = batch_of(records);
      const std::string bytes = encode(batch, signer);
      const std::string want = told_of(batch);
      const Sha256 chain = chain_after(batch);
      for (std::size_t at = 0; at < bytes.size(); ++at) {
        // A signature takes 0.1 ms to check, so with one only one bit of each byte is flipped.
        for (std::size_t bit = 0; bit < (signer == nullptr ? 8 : 1); ++bit) {
          std::string damaged = bytes;
          damaged[at] = static_cast<char>(damaged[at] ^ (1 << (bit + at) % 8));
          const auto read = decode_delta(as_bytes(damaged), trust);
          // What no checksum covers is covered by the chain: the same chain means the same batch.
          if (read) {
            EXPECT_EQ(chain_after(batch.previous, as_bytes(damaged)) == chain,
                      told_of(*read) == want)
                << at;
          }
          if (read && signer != nullptr) {
            EXPECT_EQ(told_of(*read), want) << at;
          }
        }
        const auto cut = decode_delta(as_bytes(std::string_view(bytes).substr(0, at)), trust);
        ASSERT_FALSE(cut) << at;
        EXPECT_EQ(cut.error().kind, ErrorKind::kDamaged);
      }
      for (const char* more : {"\n", "{}", "xxxxxxxxxxxxxxxx"})
        EXPECT_FALSE(decode_delta(as_bytes(bytes + more), trust));
    }
  }
}

TEST(DeltaDamage, HeadersThatLieAreRefusedAtTheirField) {
  const std::string bytes = encode(batch_of(1), nullptr);
  const struct {
    const char* name;
    std::size_t offset;
    std::string field;
    const char* want;
  } rows[] = {
      {"another_file", 0, "BEIANREG", "at byte 0: this is no delta batch"},
      {"a_later_version", 8, std::string("\2\0\0\0", 4), "at byte 8: version 2"},
      {"an_unknown_flag", 12, std::string("\4\0\0\0", 4), "at byte 12: unknown flags"},
      {"serial_zero", 16, std::string(8, '\0'), "at byte 16: serial 0"},
      {"a_time_that_is_none", 24, std::string(8, '\x7F'), "at byte 24: no such time"},
      {"no_records", 72, std::string(4, '\0'), "at byte 72: an empty batch"},
      {"too_many_records", 72, std::string(4, '\x7F'), "at byte 72: more records"},
      {"one_record_more", 72, std::string("\5\0\0\0", 4), "at byte 72: another number"},
      {"a_long_feed_id", 76, std::string(4, '\x7F'), "at byte 76: a feed id"},
      {"text_of_exabytes", 80, std::string(8, '\x7F'), "at byte 80: more text"},
      {"stored_of_exabytes", 88, std::string(8, '\x7F'), "at byte 88: the batch is cut short"},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.name);
    std::string lying = bytes;
    lying.replace(row.offset, row.field.size(), row.field);
    const auto read = decode_delta(as_bytes(lying), kAnybody);
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().kind, ErrorKind::kDamaged);
    EXPECT_NE(read.error().message.find(row.want), std::string::npos) << read.error().message;
  }
}

// --- the chain ---

RegistryPtr base() {
  return cache::Registry::over(open(build(hand_made())));
}

DeltaBatch next_on(const cache::Registry& registry) {
  DeltaBatch batch;
  batch.serial = registry.serial() + 1;
  batch.as_of = registry.info().as_of;
  batch.previous = registry.chain();
  batch.records.emplace_back(RemoveService{5});
  return batch;
}

void expect_refused(const RegistryPtr& registry, const DeltaBatch& batch, ErrorKind kind,
                    const std::string& want) {
  const auto applied = cache::apply(registry, batch);
  ASSERT_FALSE(applied);
  EXPECT_EQ(applied.error().kind, kind);
  EXPECT_NE(applied.error().message.find(want), std::string::npos) << applied.error().message;
}

TEST(DeltaChain, GapReplayForkAndEmptyAreRefused) {
  const RegistryPtr registry = base();
  const DeltaBatch first = next_on(*registry);
  const auto second = cache::apply(registry, first);
  ASSERT_TRUE(second) << second.error().message;
  EXPECT_EQ((*second)->serial(), 48'214U);
  EXPECT_EQ((*second)->chain(), chain_after(first));

  expect_refused(*second, first, ErrorKind::kConflict, "48214 does not follow: the registry is at");
  DeltaBatch gap = next_on(**second);
  ++gap.serial;
  expect_refused(*second, gap, ErrorKind::kConflict, "48216 does not follow: the registry is at");
  DeltaBatch fork = next_on(*registry);
  fork.serial = 48'215;
  expect_refused(*second, fork, ErrorKind::kConflict, "goes on from another history");
  DeltaBatch empty = next_on(**second);
  empty.records.clear();
  expect_refused(*second, empty, ErrorKind::kBadInput, "is empty");
}

TEST(DeltaChain, ABatchThatContradictsTheRegistryIsRefusedWhole) {
  const RegistryPtr registry = base();
  DeltaBatch batch = next_on(*registry);
  batch.records = {RemoveSubject{110'001'964'865}};
  expect_refused(registry, batch, ErrorKind::kBadInput,
                 "is bound to subject 110001964865, which the batch deletes");
  ServiceRecord service = hand_made().services[0];
  service.subject_id = 777;
  batch.records = {RemoveService{5}, service};
  expect_refused(registry, batch, ErrorKind::kBadInput,
                 "names subject 777, which the registry does not have");
  EXPECT_TRUE(registry->by_service_id(5));
}

TEST(DeltaChain, DeletingWhatIsNotThereIsNoError) {
  const RegistryPtr registry = base();
  DeltaBatch batch = next_on(*registry);
  batch.records = {RemoveService{123'456}, RemoveSubject{123'456}};
  const auto applied = cache::apply(registry, batch);
  ASSERT_TRUE(applied) << applied.error().message;
  EXPECT_EQ((*applied)->info().overlays, 0U);
  EXPECT_EQ((*applied)->serial(), 48'214U);
}

TEST(DeltaChain, ASubjectsCancellationIsSeenThroughItsServices) {
  const RegistryPtr registry = base();
  DeltaBatch batch = next_on(*registry);
  SubjectRecord subject = hand_made().subjects[0];
  subject.status = Status::kCancelled;
  batch.records = {subject};
  const auto applied = cache::apply(registry, batch);
  ASSERT_TRUE(applied) << applied.error().message;
  EXPECT_EQ((*applied)->by_service_id(4'134'047)->subject().status(), Status::kCancelled);
  EXPECT_EQ(registry->by_service_id(4'134'047)->subject().status(), Status::kFiled);
}

TEST(DeltaChain, TheLinkIsReadWithoutTheRest) {
  const DeltaBatch batch = batch_of(2);
  const auto link = read_link(as_bytes(encode(batch, nullptr)));
  ASSERT_TRUE(link) << link.error().message;
  EXPECT_EQ(link->serial, batch.serial);
  EXPECT_EQ(link->previous, batch.previous);
  EXPECT_FALSE(read_link(as_bytes("BEIANDLT")));
}

}  // namespace
}  // namespace beian::cache::test
