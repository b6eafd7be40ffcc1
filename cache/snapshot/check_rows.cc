// Checks of subject and service rows, bodies, and everything that refers to strings.
#include <algorithm>

#include "cache/snapshot/body.h"
#include "cache/snapshot/check_tasks.h"
#include "cache/snapshot/prefetch.h"

namespace beian::cache {
namespace {

using namespace format;

constexpr std::uint64_t kRowsPerTask = 1 << 16;
constexpr std::uint64_t kFetchWordsMax = 64;  // per body; longer ones are read in sequence anyway

enum class Digest { kNot, kFingerprint, kPublicKey };

// True when `reference` is an entry inside the string section, of a fitting length.
bool is_text(const SnapshotTables& tables, std::uint32_t reference, Digest digest = Digest::kNot) {
  const std::uint64_t offset = std::uint64_t{reference} * 2;
  if (offset + sizeof(std::uint16_t) > tables.strings.size()) return false;
  std::uint16_t length;
  std::memcpy(&length, tables.strings.data() + offset, sizeof length);
  if (offset + sizeof length + length > tables.strings.size()) return false;
  switch (digest) {
    case Digest::kNot:
      return true;
    case Digest::kFingerprint:
      return length == 16 || length == 20 || length == 32;
    case Digest::kPublicKey:
      return length == 32;
  }
  return false;
}

bool is_optional_text(const SnapshotTables& tables, std::uint32_t reference) {
  return reference == kNone || is_text(tables, reference);
}

bool is_subject_sound(const SnapshotTables& tables, const SubjectRow& row) {
  const SubjectKey key{row.key};
  const bool is_recorded = (row.flags & kRecorded) != 0;
  const FilingNumber number = FilingNumber::from_key(filing_key(key, 0), Kind::kSubject);
  return row.key != 0 && (row.key >> (64 - kSerialBits)) == 0 && number.subject() == key &&
         row.status < kStatusCount && row.flags < 8 && (is_recorded || row.id == 0) &&
         is_optional_text(tables, row.sponsor) && is_optional_text(tables, row.nature) &&
         is_optional_text(tables, row.certificate_number) &&
         is_optional_text(tables, row.province) && row.reserved == decltype(row.reserved){};
}

// What is wrong with the place of this row; nullptr when nothing is. Rows are strictly sorted, rows
// of one key share their services, and the keys partition all services.
const char* subject_order_fault(const SnapshotTables& tables, std::uint64_t index) {
  const SubjectRow& row = tables.subjects[index];
  const std::uint64_t end = std::uint64_t{row.first_service} + row.service_count;
  if (end > tables.services.size()) return "its services lie beyond the last";
  if (index == 0) {
    if (row.first_service != 0) return "services before those of the first subject";
  } else {
    const SubjectRow& before = tables.subjects[index - 1];
    if (before.key > row.key) return "subjects out of order";
    if (before.key == row.key) {
      if ((before.flags & row.flags & kRecorded) == 0) return "a number is implied twice";
      if (before.id >= row.id) return "subjects of one number out of order";
      if (before.first_service != row.first_service || before.service_count != row.service_count)
        return "subjects of one number with different services";
    } else if (row.first_service != std::uint64_t{before.first_service} + before.service_count) {
      return "its services do not follow those of the subject before";
    }
  }
  if (index + 1 == tables.subjects.size() && end != tables.services.size())
    return "services behind those of the last subject";
  return nullptr;
}

Result<void> check_subjects(const SnapshotTables& tables, std::uint64_t first, std::uint64_t end) {
  for (std::uint64_t index = first; index < end; ++index) {
    const SubjectRow& row = tables.subjects[index];
    const auto fault = [&](const std::string& why) {
      return damaged(SectionId::kSubjects, offset_of(tables, &row), why);
    };
    if (!is_subject_sound(tables, row)) return fault("a field out of range");
    if (const char* why = subject_order_fault(tables, index)) return fault(why);
    const bool is_first_of_key = index == 0 || tables.subjects[index - 1].key != row.key;
    if (!is_first_of_key) continue;
    for (const ServiceRow& service : tables.services.subspan(row.first_service, row.service_count))
      if ((service.key >> kSerialBits) != row.key)
        return damaged(SectionId::kServices, offset_of(tables, &service),
                       "its number is not its subject's");
  }
  return {};
}

bool is_service_sound(const SnapshotTables& tables, const ServiceRow& row) {
  if (row.kind == 0 || row.kind >= 5 || row.status >= kStatusCount) return false;
  if ((row.flags & ~kServiceFlags) != 0 || row.subject >= tables.subjects.size()) return false;
  if ((row.flags & kLimited) != 0 && (row.flags & kLimitKnown) == 0) return false;
  const FilingKey key{row.key};
  return serial_of(key) != 0 &&
         FilingNumber::from_key(key, static_cast<Kind>(row.kind)).key() == key;
}

bool is_platform_sound(const SnapshotTables& tables, std::span<const std::uint32_t> words) {
  const PlatformShape shape(words[0]);
  if (!shape.is_sound(words[0]) || shape.words > words.size()) return false;
  if (shape.os_code == 0 && !is_text(tables, words[1])) return false;
  if (shape.has_package && !is_text(tables, words[shape.package])) return false;
  for (const std::uint32_t word : words.subspan(shape.fingerprints, shape.fingerprint_count))
    if (!is_text(tables, word, Digest::kFingerprint)) return false;
  for (const std::uint32_t word : words.subspan(shape.public_keys, shape.public_key_count))
    if (!is_text(tables, word, Digest::kPublicKey)) return false;
  return true;
}

// How many words the body at the start of `words` has; 0 when it is not sound.
std::uint64_t sound_body_words(const SnapshotTables& tables, std::span<const std::uint32_t> words,
                               std::uint16_t flags, std::uint32_t service) {
  BodyShape shape;
  if (!read_shape(words, flags, &shape)) return 0;
  for (std::size_t i = shape.starts[0]; i < shape.starts[kIpList]; ++i)
    if (!is_text(tables, words[i])) return 0;
  for (std::size_t i = shape.starts[kIpList]; i < shape.scalars; ++i) {
    const std::uint32_t index = words[i] & ~kIpv6Bit;
    const bool is_v6 = (words[i] & kIpv6Bit) != 0;
    if (index >= (is_v6 ? tables.ipv6.size() : tables.ipv4.size())) return 0;
    if ((is_v6 ? tables.ipv6[index].service : tables.ipv4[index].service) != service) return 0;
  }
  for (const std::uint16_t flag : {kHostPlatform, kAppVersion})
    if ((flags & flag) && !is_text(tables, words[shape.scalar(flag, flags)])) return 0;
  std::uint64_t at = shape.starts[kPlatformList];
  for (std::uint32_t i = 0; i < shape.counts[kPlatformList]; ++i) {
    if (at >= words.size() || !is_platform_sound(tables, words.subspan(at))) return 0;
    at += PlatformShape(words[at]).words;
  }
  return at;
}

// Prefetches what the words of a body may refer to, whatever they are: nothing is known of them
// yet.
void fetch_referred(const SnapshotTables& tables, std::uint64_t index) {
  if (index + 1 >= tables.services.size()) return;
  const std::uint64_t first = tables.services[index].body;
  const std::uint64_t next = tables.services[index + 1].body;
  if (first >= next || next > tables.bodies.size() || next - first > kFetchWordsMax) return;
  const auto words = tables.bodies.subspan(first, next - first);
  // Without a branch: it would be mispredicted for every word that is not a reference.
  for (const std::uint32_t word : words)
    prefetch(tables.strings.data() +
             std::min<std::uint64_t>(std::uint64_t{word} * 2, tables.strings.size()));
  if ((tables.services[index].flags & kIps) == 0 || tables.ipv4.empty()) return;
  for (const std::uint32_t word : words)
    prefetch(&tables.ipv4[std::min<std::uint64_t>(word, tables.ipv4.size() - 1)]);
}

Result<void> check_services(const SnapshotTables& tables, std::uint64_t first, std::uint64_t end) {
  for (std::uint64_t index = first; index < end; ++index) {
    fetch_referred(tables, index + kFetchRows);
    const ServiceRow& row = tables.services[index];
    const auto fault = [&](const char* why) {
      return damaged(SectionId::kServices, offset_of(tables, &row), why);
    };
    if (!is_service_sound(tables, row)) return fault("a field out of range");
    if (index > 0) {
      const ServiceRow& before = tables.services[index - 1];
      if (before.key > row.key || (before.key == row.key && before.id >= row.id))
        return fault("services out of order");
    }
    // Bodies follow each other without gap or overlap, so checking all of them is linear.
    const std::uint64_t next =
        index + 1 < tables.services.size() ? tables.services[index + 1].body : tables.bodies.size();
    if ((index == 0 && row.body != 0) || row.body >= next || next > tables.bodies.size())
      return fault("its body does not lie between its neighbours'");
    const auto words = tables.bodies.subspan(row.body, next - row.body);
    if (sound_body_words(tables, words, row.flags, static_cast<std::uint32_t>(index)) !=
        words.size())
      return damaged(SectionId::kBodies, offset_of(tables, words.data()),
                     "the body that begins here is not well-formed");
  }
  return {};
}

Result<void> check_counts(const SnapshotTables& tables) {
  std::array<std::uint64_t, 5> kinds{};
  std::array<std::uint64_t, kStatusCount> statuses{};
  for (const ServiceRow& row : tables.services) {
    if (row.kind >= kinds.size() || row.status >= statuses.size())
      return damaged(SectionId::kServices, offset_of(tables, &row), "a field out of range");
    ++kinds[row.kind];
    ++statuses[row.status];
  }
  if (kinds == tables.header.services_by_kind && statuses == tables.header.services_by_status)
    return {};
  return make_error(ErrorKind::kDamaged, "snapshot damaged in header at byte " +
                                             std::to_string(offsetof(Header, services_by_kind)) +
                                             ": the counts are not those of the services");
}

}  // namespace

void add_row_checks(const SnapshotTables& tables, std::vector<CheckTask>* tasks) {
  if (tables.subjects.empty() && !tables.services.empty())
    tasks->push_back([&tables]() -> Result<void> {
      return damaged(SectionId::kSubjects, offset_of(tables, tables.subjects.data()),
                     "services without any subject");
    });
  add_ranges(
      tables.subjects.size(), kRowsPerTask,
      [&tables](std::uint64_t first, std::uint64_t end) {
        return check_subjects(tables, first, end);
      },
      tasks);
  add_ranges(
      tables.services.size(), kRowsPerTask,
      [&tables](std::uint64_t first, std::uint64_t end) {
        return check_services(tables, first, end);
      },
      tasks);
  if (tables.services.empty() && !tables.bodies.empty())
    tasks->push_back([&tables]() -> Result<void> {
      return damaged(SectionId::kBodies, offset_of(tables, tables.bodies.data()),
                     "bodies without services");
    });
  tasks->push_back([&tables] { return check_counts(tables); });
}

}  // namespace beian::cache
