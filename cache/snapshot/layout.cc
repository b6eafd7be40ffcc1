#include "cache/snapshot/layout.h"

#include <algorithm>
#include <functional>
#include <utility>

#include "cache/filing/ipv4.h"
#include "cache/snapshot/huge_pages.h"
#include "cache/snapshot/ip_index.h"
#include "cache/snapshot/prefetch.h"
#include "cache/snapshot/radix_sort.h"
#include "cache/snapshot/test_identities.h"

namespace beian::cache {
namespace {

using namespace format;

struct Ranked {
  std::uint64_t key;
  std::uint64_t id;
  std::uint32_t index;
};

// Indexes of the rows that are not removed, sorted by (key, id).
template <class Row>
std::vector<std::uint32_t> rank(const std::vector<Row>& rows) {
  std::vector<Ranked> ranked;
  reserve_big(&ranked, rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i)
    if (!rows[i].is_removed)
      ranked.push_back({rows[i].key, rows[i].id, static_cast<std::uint32_t>(i)});
  radix_sort(
      &ranked, [](const Ranked& row) { return row.key; },
      [](const Ranked& a, const Ranked& b) {
        return a.key != b.key ? a.key < b.key : a.id < b.id;
      });
  std::vector<std::uint32_t> indexes;
  reserve_big(&indexes, ranked.size());
  for (const Ranked& row : ranked) indexes.push_back(row.index);
  return indexes;
}

std::uint64_t subject_of(std::uint64_t filing_key) {
  return filing_key >> kSerialBits;
}

// Readers refuse times outside of this range.
Result<void> check_times(const SealOptions& options) {
  const auto is_storable = [](Instant time) { return is_instant(time.time_since_epoch().count()); };
  if (is_storable(options.as_of) && is_storable(options.next_update.value_or(Instant{}))) return {};
  return make_error(ErrorKind::kBadInput, "a registry's times are of the years 1970 to 9999");
}

}  // namespace

Result<void> Layout::write(const SealOptions& options) {
  if (registry_.error) return *registry_.error;
  if (auto times = check_times(options); !times) return times;
  if (options.serial == 0 && registry_.subject_count + registry_.service_count > 0)
    return make_error(ErrorKind::kBadInput, "serials begin with 1");
  if (auto sizes = check_sizes(); !sizes) return sizes;
  sort_services();
  make_subject_rows();
  if (auto resolved = resolve_subjects(); !resolved) return resolved;
  auto sorting = std::async(halves_of(registry_.services.size()), [this] {
    sort_ranges();
    sort_ids();
  });
  write_strings();
  sorting.get();
  write_rows();
  write_bodies();
  write_ids(SectionId::kSubjectIds, subject_ids_);
  write_ids(SectionId::kServiceIds, service_ids_);
  write_ranges();
  if (auto indexes = write_indexes(); !indexes) return indexes;
  return sink_.finish(header(options), options.key);
}

Result<void> Layout::check_sizes() const {
  // There are at most as many implied subjects as services. Values with the high bit are not rows.
  if (registry_.services.size() + registry_.subjects.size() >= kPostingBit ||
      registry_.ranges.size() >= kIpv6Bit || registry_.words.size() >= kNone) {
    return make_error(ErrorKind::kBadInput,
                      "the registry has more records than one snapshot can hold (2^31 rows, 2^31 "
                      "IP ranges, 2^32 words)");
  }
  return {};
}

void Layout::sort_services() {
  auto subjects = std::async(halves_of(registry_.services.size()),
                             [this] { recorded_subjects_ = rank(registry_.subjects); });
  const std::vector<std::uint32_t> order = rank(registry_.services);
  subjects.get();
  put_in_order(order);
}

// Moves services and bodies to where their rows will be; drops what was replaced or removed.
void Layout::put_in_order(const std::vector<std::uint32_t>& order) {
  auto services = big_vector<PendingService>(order.size());
  in_halves(order.size(), [&](std::size_t first, std::size_t end) {
    for (std::size_t row = first; row < end; ++row) {
      if (row + kFetchRows < end) {
        const PendingService* ahead = &registry_.services[order[row + kFetchRows]];
        prefetch(ahead);
        prefetch(reinterpret_cast<const char*>(ahead + 1) - 1);
      }
      services[row] = registry_.services[order[row]];
    }
  });
  registry_.services.swap(services);
  services = {};

  const auto words_of = [this](std::size_t first, std::size_t end) {
    std::uint64_t count = 0;
    for (std::size_t row = first; row < end; ++row) count += registry_.services[row].body_words;
    return count;
  };
  const std::uint64_t words_before_half = words_of(0, order.size() / 2);
  auto words =
      big_vector<std::uint32_t>(words_before_half + words_of(order.size() / 2, order.size()));
  in_halves(order.size(), [&](std::size_t first, std::size_t end) {
    std::uint64_t place = first == 0 ? 0 : words_before_half;
    for (std::size_t row = first; row < end; ++row) {
      if (row + kFetchRows < end)
        prefetch(&registry_.words[registry_.services[row + kFetchRows].body]);
      PendingService& service = registry_.services[row];
      std::copy_n(registry_.words.begin() + static_cast<std::ptrdiff_t>(service.body),
                  service.body_words, words.begin() + static_cast<std::ptrdiff_t>(place));
      service.body = place;
      place += service.body_words;
    }
  });
  registry_.words.swap(words);
}

void Layout::make_subject_rows() {
  const std::vector<std::uint32_t>& recorded = recorded_subjects_;
  subject_rows_.assign(registry_.subjects.size(), kNone);
  std::size_t next = 0;
  std::size_t service = 0;
  const auto recorded_key = [&](std::size_t at) { return registry_.subjects[recorded[at]].key; };
  const auto service_key = [&](std::size_t row) { return subject_of(registry_.services[row].key); };
  const std::size_t services = registry_.services.size();
  while (next < recorded.size() || service < services) {
    const std::uint64_t key = std::min(next < recorded.size() ? recorded_key(next) : UINT64_MAX,
                                       service < services ? service_key(service) : UINT64_MAX);
    SubjectRow row{};
    row.key = key;
    row.first_service = static_cast<std::uint32_t>(service);
    while (service < services && service_key(service) == key) ++service;
    row.service_count = static_cast<std::uint32_t>(service) - row.first_service;
    row.sponsor = row.nature = row.certificate_number = row.province = kNone;
    make_room(&subjects_);
    if (next == recorded.size() || recorded_key(next) != key) subjects_.push_back(row);
    for (; next < recorded.size() && recorded_key(next) == key; ++next) {
      if (next + kFetchRows < recorded.size())
        prefetch(&registry_.subjects[recorded[next + kFetchRows]]);
      const PendingSubject& subject = registry_.subjects[recorded[next]];
      subject_rows_[recorded[next]] = static_cast<std::uint32_t>(subjects_.size());
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
  // Policy: feeds of services only are common; there a subject_id has nothing to name, and the
  // number tells the subject. In a feed with subjects, an id that names none is a mistake; a feed
  // that removes the last of its subjects still counts as one with subjects.
  const bool has_subjects = std::any_of(registry_.subjects.begin(), registry_.subjects.end(),
                                        [](const auto& s) { return !is_test_identity(s.id); });
  service_subjects_ = big_vector<std::uint32_t>(registry_.services.size());
  for (std::uint32_t row = 0; row < subjects_.size(); ++row) {
    if (row > 0 && subjects_[row].key == subjects_[row - 1].key) continue;
    const SubjectRow& subject = subjects_[row];
    std::fill_n(service_subjects_.begin() + subject.first_service, subject.service_count, row);
  }
  for (std::size_t row = 0; row < registry_.services.size(); ++row) {
    const PendingService& service = registry_.services[row];
    if (!service.has_subject_id) continue;
    // Nearly always the id names the same subject as the number.
    const SubjectRow& by_number = subjects_[service_subjects_[row]];
    if ((by_number.flags & kRecorded) != 0 && by_number.id == service.subject_id) continue;
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
  for (std::uint32_t row = 0; row < registry_.services.size(); ++row) {
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

void Layout::fetch_texts(std::size_t row) const noexcept {
  if (row >= registry_.services.size()) return;
  for (const std::uint32_t word : body(row)) registry_.arena.fetch(word);
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
    if (row + kFetchRows < subjects_.size()) {
      const SubjectRow& ahead = subjects_[row + kFetchRows];
      for (const std::uint32_t text : {ahead.sponsor, ahead.certificate_number})
        registry_.arena.fetch(text);
    }
    for (std::uint32_t* text :
         {&subject.sponsor, &subject.nature, &subject.certificate_number, &subject.province}) {
      place(*text);
      if (*text != kNone) *text = registry_.arena.placed(*text);
    }
    if (row > 0 && subjects_[row - 1].key == subject.key) continue;
    for (std::uint32_t i = 0; i < subject.service_count; ++i) {
      const std::size_t service = subject.first_service + i;
      fetch_texts(service + kFetchRows);
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
  for (std::size_t row = 0; row < registry_.services.size(); ++row) {
    const PendingService& service = registry_.services[row];
    sink_.append(ServiceRow{service.key, service.id, service_subjects_[row], next_body,
                            service.approved_on, service.flags, service.kind, service.status});
    next_body += service.body_words;
  }
  sink_.end();
}

void Layout::write_bodies() {
  auto words = big_vector<std::uint32_t>(registry_.words.size());
  in_halves(registry_.services.size(), [&](std::size_t first, std::size_t end) {
    for (std::size_t row = first; row < end; ++row) {
      fetch_texts(row + kFetchRows);
      const auto pending = body(row);
      const auto placed = std::span(words).subspan(registry_.services[row].body, pending.size());
      std::copy(pending.begin(), pending.end(), placed.begin());
      for_each_reference(
          placed, flags(row), [this](std::uint32_t& word) { word = registry_.arena.placed(word); },
          [this](std::uint32_t& word) { word = range_rows_[word]; });
    }
  });
  sink_.begin(SectionId::kBodies);
  sink_.append_all(words);
  sink_.end();
}

void Layout::sort_ids() {
  const auto sort = [](IdRows* ids) {
    radix_sort(
        ids, [](const auto& entry) { return entry.first; }, std::less<>());
  };
  for (std::uint32_t row = 0; row < subjects_.size(); ++row)
    if (subjects_[row].flags & kRecorded) subject_ids_.emplace_back(subjects_[row].id, row);
  sort(&subject_ids_);
  reserve_big(&service_ids_, registry_.services.size());
  for (std::uint32_t row = 0; row < registry_.services.size(); ++row)
    service_ids_.emplace_back(registry_.services[row].id, row);
  sort(&service_ids_);
}

void Layout::write_ids(SectionId section, const IdRows& ids) {
  sink_.begin(section);
  for (const auto& [id, row] : ids) sink_.append(row);
  sink_.end();
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
  for (const PendingService& service : registry_.services) {
    ++header.services_by_kind[service.kind];
    ++header.services_by_status[service.status];
  }
  return header;
}

}  // namespace beian::cache
