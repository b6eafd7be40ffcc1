#include "cache/snapshot/layout.h"

#include <algorithm>
#include <utility>

#include "cache/snapshot/ip_index.h"
#include "cache/snapshot/test_identities.h"

namespace beian::cache {
namespace {

using namespace format;

struct Ranked {
  std::uint64_t key;
  std::uint64_t id;
  std::uint32_t index;

  friend bool operator<(const Ranked& a, const Ranked& b) {
    return a.key != b.key ? a.key < b.key : a.id < b.id;
  }
};

// Rows that are not removed, sorted by (key, id); the two halves on two threads.
template <class Row>
std::vector<Ranked> rank(const std::vector<Row>& rows) {
  std::vector<Ranked> ranked;
  ranked.reserve(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i)
    if (!rows[i].is_removed)
      ranked.push_back({rows[i].key, rows[i].id, static_cast<std::uint32_t>(i)});
  const auto middle = ranked.begin() + static_cast<std::ptrdiff_t>(ranked.size() / 2);
  auto half = std::async(halves_of(rows.size()), [&] { std::sort(ranked.begin(), middle); });
  std::sort(middle, ranked.end());
  half.get();
  std::inplace_merge(ranked.begin(), middle, ranked.end());
  return ranked;
}

std::uint64_t subject_of(std::uint64_t filing_key) {
  return filing_key >> kSerialBits;
}

}  // namespace

Result<void> Layout::write(const SealOptions& options) {
  if (registry_.error) return *registry_.error;
  if (auto sizes = check_sizes(); !sizes) return sizes;
  sort_services();
  make_subject_rows();
  if (auto resolved = resolve_subjects(); !resolved) return resolved;
  sort_ranges();
  write_strings();
  write_rows();
  write_bodies();
  write_ids();
  write_ranges();
  if (auto indexes = write_indexes(); !indexes) return indexes;
  return sink_.finish(header(options), options.key);
}

Result<void> Layout::check_sizes() const {
  // Implied subjects are at most as many as services; values with the high bit are not rows.
  if (registry_.services.size() + registry_.subjects.size() >= kPostingBit ||
      registry_.ranges.size() >= kIpv6Bit || registry_.words.size() >= kNone) {
    return make_error(ErrorKind::kBadInput,
                      "the registry has more records than one snapshot can hold (2^31 rows, 2^31 "
                      "IP ranges, 2^32 words)");
  }
  return {};
}

void Layout::sort_services() {
  const std::vector<Ranked> ranked = rank(registry_.services);
  services_.reserve(ranked.size());
  for (const Ranked& row : ranked) services_.push_back(row.index);
}

void Layout::make_subject_rows() {
  const std::vector<Ranked> recorded = rank(registry_.subjects);
  subject_rows_.assign(registry_.subjects.size(), kNone);
  std::size_t next = 0;
  std::size_t service = 0;
  const auto service_key = [&](std::size_t row) {
    return subject_of(registry_.services[services_[row]].key);
  };
  while (next < recorded.size() || service < services_.size()) {
    const std::uint64_t key =
        std::min(next < recorded.size() ? recorded[next].key : UINT64_MAX,
                 service < services_.size() ? service_key(service) : UINT64_MAX);
    SubjectRow row{};
    row.key = key;
    row.first_service = static_cast<std::uint32_t>(service);
    while (service < services_.size() && service_key(service) == key) ++service;
    row.service_count = static_cast<std::uint32_t>(service) - row.first_service;
    row.sponsor = row.nature = row.certificate_number = row.province = kNone;
    if (next == recorded.size() || recorded[next].key != key) subjects_.push_back(row);
    for (; next < recorded.size() && recorded[next].key == key; ++next) {
      const PendingSubject& subject = registry_.subjects[recorded[next].index];
      subject_rows_[recorded[next].index] = static_cast<std::uint32_t>(subjects_.size());
      row.id = subject.id;
      row.sponsor = subject.sponsor;
      row.nature = subject.nature;
      row.certificate_number = subject.certificate_number;
      row.province = subject.province;
      row.updated_at = subject.updated_at;
      row.cancelled_on = subject.cancelled_on;
      row.status = subject.status;
      row.flags = subject.flags;
      subjects_.push_back(row);
    }
  }
}

Result<void> Layout::resolve_subjects() {
  // Policy: a feed of services only is common; there a subject_id has nothing to name, and the
  // number tells the subject. Where the feed has subjects, an id that names none is a mistake.
  const bool has_subjects =
      std::any_of(registry_.subjects.begin(), registry_.subjects.end(),
                  [](const PendingSubject& s) { return !s.is_removed && !is_test_identity(s.id); });
  service_subjects_.resize(services_.size());
  for (std::uint32_t row = 0; row < subjects_.size(); ++row) {
    if (row > 0 && subjects_[row].key == subjects_[row - 1].key) continue;
    const SubjectRow& subject = subjects_[row];
    std::fill_n(service_subjects_.begin() + subject.first_service, subject.service_count, row);
  }
  for (std::size_t row = 0; row < services_.size(); ++row) {
    const PendingService& service = registry_.services[services_[row]];
    if (!service.has_subject_id) continue;
    const std::uint32_t index = registry_.subject_ids.find(service.subject_id, registry_.subjects);
    if (index != kNone && subject_rows_[index] != kNone) {
      service_subjects_[row] = subject_rows_[index];
    } else if (has_subjects) {
      const FilingNumber number =
          FilingNumber::from_key(FilingKey{service.key}, static_cast<Kind>(service.kind));
      return make_error(ErrorKind::kBadInput, "service " + std::to_string(service.id) + " (" +
                                                  canonical(number) + ") names subject " +
                                                  std::to_string(service.subject_id) +
                                                  ", which the feed does not have");
    }
  }
  return {};
}

void Layout::sort_ranges() {
  struct Held {
    IpRange range;
    std::uint32_t service;
    std::uint32_t index;
  };
  std::vector<Held> held;
  for (std::uint32_t row = 0; row < services_.size(); ++row) {
    BodyShape shape;
    if ((flags(row) & kIps) == 0 || !read_shape(body(row), flags(row), &shape)) continue;
    for (const std::uint32_t index :
         body(row).subspan(shape.starts[kIpList], shape.counts[kIpList]))
      held.push_back({registry_.ranges[index], row, index});
  }
  std::sort(held.begin(), held.end(), [](const Held& a, const Held& b) {
    return std::tie(a.range.first, a.range.last, a.service, a.index) <
           std::tie(b.range.first, b.range.last, b.service, b.index);
  });
  range_rows_.assign(registry_.ranges.size(), kNone);
  for (const Held& item : held) {
    if (is_ipv4(item.range.first)) {
      range_rows_[item.index] = static_cast<std::uint32_t>(ipv4_.size());
      ipv4_.push_back(
          {ipv4_number(item.range.first), ipv4_number(item.range.last), 0, item.service});
    } else {
      range_rows_[item.index] = static_cast<std::uint32_t>(ipv6_.size()) | kIpv6Bit;
      ipv6_.push_back({item.range.first.bytes, item.range.last.bytes, {}, item.service, {}});
    }
  }
  build_last_max(std::span(ipv4_), 0, ipv4_.size());
  build_last_max(std::span(ipv6_), 0, ipv6_.size());
}

void Layout::place(std::uint32_t reference) {
  if (reference == kNone || registry_.arena.placed(reference) != kNone) return;
  const std::string_view text = registry_.arena.text(reference);
  const auto length = static_cast<std::uint16_t>(text.size());
  registry_.arena.place(reference, static_cast<std::uint32_t>(string_bytes_ / 2));
  sink_.append(length);
  sink_.append(text.data(), text.size());
  if (text.size() % 2 != 0) sink_.append("", 1);
  string_bytes_ += sizeof length + (text.size() + 1) / 2 * 2;
}

void Layout::write_strings() {
  sink_.begin(SectionId::kStrings);
  for (std::size_t row = 0; row < subjects_.size(); ++row) {
    SubjectRow& subject = subjects_[row];
    for (std::uint32_t* text :
         {&subject.sponsor, &subject.nature, &subject.certificate_number, &subject.province}) {
      place(*text);
      if (*text != kNone) *text = registry_.arena.placed(*text);
    }
    if (row > 0 && subjects_[row - 1].key == subject.key) continue;
    for (std::uint32_t i = 0; i < subject.service_count; ++i) {
      const std::size_t service = subject.first_service + i;
      for_each_reference(
          body(service), flags(service), [this](std::uint32_t word) { place(word); },
          [](std::uint32_t) {});
    }
  }
  sink_.end();
  // The arena is smaller than 2^33 bytes and keeps more per text than the file does.
  BEIAN_ASSERT(string_bytes_ / 2 < kNone);
}

void Layout::write_rows() {
  sink_.begin(SectionId::kSubjects);
  sink_.append_all(subjects_);
  sink_.end();
  sink_.begin(SectionId::kServices);
  std::uint32_t next_body = 0;
  for (std::size_t row = 0; row < services_.size(); ++row) {
    const PendingService& service = registry_.services[services_[row]];
    sink_.append(ServiceRow{service.key, service.id, service_subjects_[row], next_body,
                            service.approved_on, service.flags, service.kind, service.status});
    next_body += service.body_words;
  }
  sink_.end();
}

void Layout::write_bodies() {
  sink_.begin(SectionId::kBodies);
  std::vector<std::uint32_t> words;
  for (std::size_t row = 0; row < services_.size(); ++row) {
    const auto pending = body(row);
    words.assign(pending.begin(), pending.end());
    for_each_reference(
        words, flags(row), [this](std::uint32_t& word) { word = registry_.arena.placed(word); },
        [this](std::uint32_t& word) { word = range_rows_[word]; });
    sink_.append_all(words);
  }
  sink_.end();
}

void Layout::write_ids() {
  const auto write_sorted = [this](SectionId section,
                                   std::vector<std::pair<std::uint64_t, std::uint32_t>> ids) {
    std::sort(ids.begin(), ids.end());
    sink_.begin(section);
    for (const auto& [id, row] : ids) sink_.append(row);
    sink_.end();
  };
  std::vector<std::pair<std::uint64_t, std::uint32_t>> ids;
  for (std::uint32_t row = 0; row < subjects_.size(); ++row)
    if (subjects_[row].flags & kRecorded) ids.emplace_back(subjects_[row].id, row);
  write_sorted(SectionId::kSubjectIds, std::move(ids));
  ids = {};
  ids.reserve(services_.size());
  for (std::uint32_t row = 0; row < services_.size(); ++row)
    ids.emplace_back(registry_.services[services_[row]].id, row);
  write_sorted(SectionId::kServiceIds, std::move(ids));
}

void Layout::write_ranges() {
  sink_.begin(SectionId::kIpv4);
  sink_.append_all(ipv4_);
  sink_.end();
  sink_.begin(SectionId::kIpv6);
  sink_.append_all(ipv6_);
  sink_.end();
}

Header Layout::header(const SealOptions& options) const {
  Header header{};
  if (options.is_sealed) header.flags |= kSealed;
  if (options.has_test_identities) header.flags |= kTestIdentities;
  if (options.next_update) header.flags |= kHasNextUpdate;
  header.serial = options.serial;
  header.as_of = options.as_of.time_since_epoch().count();
  if (options.next_update) header.next_update = options.next_update->time_since_epoch().count();
  header.subjects = subjects_.size();
  for (const std::uint32_t index : services_) {
    const PendingService& service = registry_.services[index];
    ++header.services_by_kind[service.kind];
    ++header.services_by_status[service.status];
  }
  return header;
}

}  // namespace beian::cache
