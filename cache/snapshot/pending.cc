#include "cache/snapshot/pending.h"

#include <algorithm>
#include <utility>

#include "cache/base/limits.h"
#include "cache/filing/ipv4.h"
#include "cache/snapshot/huge_pages.h"

namespace beian::cache {
namespace {

using namespace format;

// Room is made in advance for a feed of at most this size; beyond it, vectors grow.
constexpr std::uint64_t kFeedBytesMax = std::uint64_t{16} << 30;

template <class T>
std::size_t size_of(const Known<T>& list) {
  return list ? list->size() : 0;
}

std::uint32_t os_code(std::string_view os) {
  for (std::uint32_t code = 1; code < kOsNames.size(); ++code)
    if (kOsNames[code] == os) return code;
  return 0;
}

std::uint16_t flags_of(const ServiceRecord& record) {
  unsigned flags = 0;
  const auto set = [&flags](bool present, unsigned flag) { flags |= present ? flag : 0; };
  set(record.names.has_value(), kNames);
  set(record.contents.has_value(), kContents);
  set(record.approvals.has_value(), kApprovals);
  set(record.domains.has_value(), kDomains);
  set(record.providers.has_value(), kProviders);
  set(record.ips.has_value(), kIps);
  set(record.platforms.has_value(), kPlatforms);
  set(record.host_platform.has_value(), kHostPlatform);
  set(record.version.has_value(), kAppVersion);
  set(record.submitted_on.has_value(), kSubmittedOn);
  set(record.approved_on.has_value(), kApprovedOn);
  set(record.cancelled_on.has_value(), kCancelledOn);
  set(record.updated_at.has_value(), kUpdatedAt);
  set(record.limit_access.has_value(), kLimitKnown);
  set(record.limit_access.value_or(false), kLimited);
  return static_cast<std::uint16_t>(flags);
}

// Stores `row` over the row with the same id, or else behind all others.
template <class Row>
void upsert(Row row, std::vector<Row>* rows, IdMap* ids, std::uint64_t* count) {
  const std::uint32_t known = ids->find(row.id, *rows);
  if (known == kNone) {
    make_room(rows);
    rows->push_back(row);
    ids->add_last(*rows);
    ++*count;
    return;
  }
  *count += (*rows)[known].is_removed ? 1 : 0;
  (*rows)[known] = row;
}

template <class Row>
void remove(std::uint64_t id, std::vector<Row>* rows, const IdMap& ids, std::uint64_t* count) {
  const std::uint32_t known = ids.find(id, *rows);
  if (known == kNone || (*rows)[known].is_removed) return;
  (*rows)[known].is_removed = true;
  --*count;
}

}  // namespace

void IdMap::grow() {
  const std::vector<Slot> old(std::move(slots_));
  slots_ = big_vector(old.empty() ? 1024 : old.size() * 2, Slot{0, kNone});
  for (const Slot slot : old)
    if (slot.row != kNone) put(slot);
}

void PendingRegistry::fail(std::string what) {
  if (error) return;
  error = make_error(ErrorKind::kBadInput, std::string(adding_) + " " + std::to_string(adding_id_) +
                                               ": " + std::move(what));
}

std::uint32_t PendingRegistry::intern(std::string_view text, StringArena::Expected expected) {
  if (text.size() > limits::kRegistryTextBytesMax) {
    fail("a text of " + std::to_string(text.size()) + " bytes; at most " +
         std::to_string(limits::kRegistryTextBytesMax) + " are stored");
    return arena.intern("", arena.expect(""));
  }
  const std::uint32_t reference = arena.intern(text, expected);
  if (reference != kNone) return reference;
  fail("the texts of the registry outgrow 8 GiB");
  return 0;
}

// Appends a word for the reference of `text`, which intern_texts() fills in: so the cache misses of
// all texts of a record overlap.
void PendingRegistry::append_text(std::string_view text) {
  texts_.push_back({text, words.size(), arena.expect(text)});
  words.push_back(kNone);
}

void PendingRegistry::intern_texts() {
  for (const AwaitedText& awaited : texts_)
    words[awaited.word] = intern(awaited.text, awaited.expected);
  texts_.clear();
}

std::uint32_t PendingRegistry::intern_optional(const std::optional<std::string>& text) {
  return text ? intern(*text, arena.expect(*text)) : kNone;
}

void PendingRegistry::expect(std::uint64_t feed_bytes) {
  // For rows of the usual length; where they are shorter, vectors grow.
  constexpr std::uint64_t kServiceBytes = 320;
  constexpr std::uint64_t kSubjectBytes = 640;  // about every other row is a service
  constexpr std::uint64_t kWordBytes = 48;
  const auto room = [&](auto* vector, std::uint64_t bytes_each) {
    reserve_big(vector, static_cast<std::size_t>(std::min(feed_bytes, kFeedBytesMax) / bytes_each));
  };
  room(&services, kServiceBytes);
  room(&subjects, kSubjectBytes);
  room(&words, kWordBytes);
}

void PendingRegistry::add(const SubjectRecord& record) {
  adding_ = "subject";
  adding_id_ = record.id;
  if (!record.number.is_subject() || record.number == FilingNumber{}) {
    fail("its number is not a subject number");
    return;
  }
  subject_ids.expect(record.id);
  PendingSubject row;
  row.key = static_cast<std::uint64_t>(record.number.subject());
  row.id = record.id;
  row.sponsor = intern_optional(record.sponsor);
  row.nature = intern_optional(record.nature);
  row.certificate_number = intern_optional(record.certificate_number);
  row.province = intern_optional(record.province);
  row.status = static_cast<std::uint8_t>(record.status);
  row.flags = static_cast<std::uint8_t>(kRecorded | (record.updated_at ? kSubjectUpdatedAt : 0) |
                                        (record.cancelled_on ? kSubjectCancelledOn : 0));
  if (record.updated_at) row.updated_at = record.updated_at->time_since_epoch().count();
  if (record.cancelled_on) row.cancelled_on = day_number(*record.cancelled_on);
  upsert(row, &subjects, &subject_ids, &subject_count);
}

void PendingRegistry::add(const ServiceRecord& record) {
  adding_ = "service";
  adding_id_ = record.id;
  service_ids.expect(record.id);
  if (record.number.is_subject()) {
    fail("its number has no serial");
    return;
  }
  PendingService row;
  row.key = static_cast<std::uint64_t>(record.number.key());
  row.id = record.id;
  row.has_subject_id = record.subject_id.has_value();
  row.subject_id = record.subject_id.value_or(0);
  row.kind = static_cast<std::uint8_t>(record.number.kind());
  row.status = static_cast<std::uint8_t>(record.status);
  row.flags = flags_of(record);
  if (record.approved_on) row.approved_on = day_number(*record.approved_on);
  append_body(record, &row);
  upsert(row, &services, &service_ids, &service_count);
}

void PendingRegistry::append_body(const ServiceRecord& record, PendingService* row) {
  make_room(&words);
  row->body = words.size();
  const std::array<std::size_t, kBodyListCount> counts = {
      size_of(record.names),    size_of(record.contents),  size_of(record.approvals),
      size_of(record.domains),  size_of(record.providers), size_of(record.ips),
      size_of(record.platforms)};
  words.push_back(0);
  for (std::size_t list = 0; list < kBodyListCount; ++list) {
    const auto count = static_cast<std::uint32_t>(counts[list]);
    words[row->body] |= std::min(count, kLongList) << (4 * list);
    if (count >= kLongList) words.push_back(count);
  }
  for (const auto* list :
       {&record.names, &record.contents, &record.approvals, &record.domains, &record.providers}) {
    if (!*list) continue;
    for (const std::string& text : **list) append_text(text);
  }
  if (record.ips) append_ranges(*record.ips);
  if (record.host_platform) append_text(*record.host_platform);
  if (record.version) append_text(*record.version);
  if (record.submitted_on)
    words.push_back(static_cast<std::uint32_t>(day_number(*record.submitted_on)));
  if (record.cancelled_on)
    words.push_back(static_cast<std::uint32_t>(day_number(*record.cancelled_on)));
  if (record.updated_at) {
    const auto seconds = static_cast<std::uint64_t>(record.updated_at->time_since_epoch().count());
    words.push_back(static_cast<std::uint32_t>(seconds));
    words.push_back(static_cast<std::uint32_t>(seconds >> 32));
  }
  if (record.platforms)
    for (const PlatformRecord& platform : *record.platforms) append_platform(platform);
  intern_texts();
  row->body_words = static_cast<std::uint32_t>(words.size() - row->body);
}

void PendingRegistry::append_ranges(const std::vector<IpRange>& list) {
  for (const IpRange& range : list) {
    if (range.last < range.first || is_ipv4(range.first) != is_ipv4(range.last))
      fail("an IP range that ends before it begins");
    words.push_back(static_cast<std::uint32_t>(ranges.size()));
    ranges.push_back(range);
  }
}

void PendingRegistry::append_platform(const PlatformRecord& platform) {
  const std::size_t fingerprint_count = size_of(platform.fingerprints);
  const std::size_t key_count = size_of(platform.public_keys);
  if (std::max(fingerprint_count, key_count) > limits::kPlatformDigestsMax) {
    fail("more than " + std::to_string(limits::kPlatformDigestsMax) +
         " fingerprints or keys on one platform");
    return;
  }
  const std::uint32_t code = os_code(platform.os);
  words.push_back(code | (platform.package ? kHasPackage : 0) |
                  (platform.fingerprints ? kFingerprintsKnown : 0) |
                  (platform.public_keys ? kPublicKeysKnown : 0) |
                  static_cast<std::uint32_t>(fingerprint_count) << kFingerprintCountShift |
                  static_cast<std::uint32_t>(key_count) << kPublicKeyCountShift);
  if (code == 0) append_text(platform.os);
  if (platform.package) append_text(*platform.package);
  if (platform.fingerprints)
    for (const Fingerprint& digest : *platform.fingerprints) {
      if (digest.size != 16 && digest.size != 20 && digest.size != 32)
        fail("a fingerprint that is not MD5, SHA-1 or SHA-256");
      append_text(as_text(digest.view()));
    }
  if (platform.public_keys)
    for (const KeyDigest& digest : *platform.public_keys) append_text(as_text(digest));
}

void PendingRegistry::remove_subject(std::uint64_t id) {
  remove(id, &subjects, subject_ids, &subject_count);
}

void PendingRegistry::remove_service(std::uint64_t id) {
  remove(id, &services, service_ids, &service_count);
}

}  // namespace beian::cache
