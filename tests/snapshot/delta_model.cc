#include "tests/snapshot/delta_model.h"

#include "cache/snapshot/registry.h"

namespace beian::cache::test {

DeltaModel::DeltaModel(unsigned seed, Registry pool) : random_(seed), pool_(std::move(pool)) {
  for (const SubjectRecord& record : pool_.subjects) keys_.insert(record.number.subject());
  for (const ServiceRecord& record : pool_.services) keys_.insert(record.number.subject());
}

Registry DeltaModel::records() const {
  Registry out;
  for (const auto& [id, record] : subjects_) out.subjects.push_back(record);
  for (const auto& [id, record] : services_) out.services.push_back(record);
  return out;
}

template <class Map>
std::uint64_t DeltaModel::some_id(const Map& map) {
  if (!map.empty() && percent(60)) {
    auto at = map.lower_bound(100 + below(next_id_ - 100));
    return (at == map.end() ? map.begin() : at)->first;
  }
  // Some new ids sort before old ones, so that the first subject of a number changes.
  ids_.insert(next_id_);
  return next_id_++ ^ (percent(20) ? 1 : 0);
}

void DeltaModel::put(const SubjectRecord& record, std::vector<FeedRecord>* out) {
  if (const auto old = subjects_.find(record.id); old != subjects_.end())
    by_number_.erase({old->second.number.subject(), record.id});
  by_number_.insert({record.number.subject(), record.id});
  ids_.insert(record.id);
  subjects_[record.id] = record;
  out->emplace_back(record);
}

void DeltaModel::put(const ServiceRecord& record, std::vector<FeedRecord>* out) {
  ids_.insert(record.id);
  services_[record.id] = record;
  out->emplace_back(record);
}

const SubjectRecord* DeltaModel::subject_of(SubjectKey key) const {
  const auto at = by_number_.lower_bound({key, 0});
  if (at == by_number_.end() || at->first != key) return nullptr;
  return &subjects_.at(at->second);
}

void DeltaModel::put_subject(std::vector<FeedRecord>* out) {
  SubjectRecord record = pool_.subjects[below(pool_.subjects.size())];
  record.id = some_id(subjects_);
  // Usually the subject keeps its number and only changes, as a cancellation does.
  if (const auto old = subjects_.find(record.id); old != subjects_.end() && percent(97))
    record.number = old->second.number;
  put(record, out);
}

void DeltaModel::put_service(std::vector<FeedRecord>* out) {
  ServiceRecord record = pool_.services[below(pool_.services.size())];
  record.id = some_id(services_);
  if (const auto old = services_.find(record.id); old != services_.end() && percent(60))
    record.number = old->second.number;
  record.subject_id.reset();
  const SubjectRecord* own = subject_of(record.number.subject());
  if (own != nullptr && percent(60)) record.subject_id = own->id;
  if (!subjects_.empty() && percent(1)) {
    const auto at = subjects_.lower_bound(100 + below(next_id_ - 100));
    record.subject_id = (at == subjects_.end() ? subjects_.begin() : at)->first;
  }
  put(record, out);
}

void DeltaModel::remove_service(std::vector<FeedRecord>* out) {
  const std::uint64_t id = some_id(services_);
  services_.erase(id);
  out->emplace_back(RemoveService{id});
}

void DeltaModel::remove_subject(std::vector<FeedRecord>* out) {
  const std::uint64_t id = some_id(subjects_);
  const auto old = subjects_.find(id);
  out->emplace_back(RemoveSubject{id});
  if (old == subjects_.end()) return;
  by_number_.erase({old->second.number.subject(), id});
  subjects_.erase(old);
  // Its services go too, or are bound to another subject.
  for (auto at = services_.begin(); at != services_.end();) {
    if (at->second.subject_id != id) {
      ++at;
    } else if (percent(70) || subjects_.empty()) {
      out->emplace_back(RemoveService{at->first});
      at = services_.erase(at);
    } else {
      const auto other = subjects_.lower_bound(100 + below(next_id_ - 100));
      at->second.subject_id = (other == subjects_.end() ? subjects_.begin() : other)->first;
      out->emplace_back(at->second);
      ++at;
    }
  }
}

void DeltaModel::bind() {
  for (auto& [id, service] : services_) {
    if (service.subject_id) continue;
    if (const SubjectRecord* subject = subject_of(service.number.subject()))
      service.subject_id = subject->id;
  }
}

std::vector<FeedRecord> DeltaModel::change(std::size_t changes) {
  std::vector<FeedRecord> out;
  for (std::size_t i = 0; i < changes; ++i) {
    const std::size_t dice = below(100);
    if (dice < 15)
      put_subject(&out);
    else if (dice < 80)
      put_service(&out);
    else if (dice < 95)
      remove_service(&out);
    else
      remove_subject(&out);
  }
  bind();
  return out;
}

namespace {

std::string ids_text(const ServiceList& list) {
  std::string out;
  for (std::size_t i = 0; i < list.size(); ++i) out += std::to_string(list[i].id()) + " ";
  return out;
}
std::string ids_text(const ServiceRange& range) {
  std::string out;
  for (std::size_t i = 0; i < range.size(); ++i) out += std::to_string(range[i].id()) + " ";
  return out;
}
std::string ids_text(const Filings& filings) {
  std::string out;
  std::size_t count = 0;
  for (const ServiceView filing : filings) {
    out += std::to_string(filing.id()) + " ";
    ++count;
  }
  EXPECT_EQ(filings.count(), count);
  EXPECT_EQ(filings.empty(), count == 0);
  return out;
}

class Comparison {
 public:
  Comparison(const cache::Registry& registry, const Snapshot& twin)
      : registry_(registry), twin_(twin) {}

  void same(const std::string& what, const std::string& got, const std::string& want) {
    if (got != want && difference_.empty())
      difference_ = what + ":\n  got  " + got + "\n  want " + want;
  }

  void counts() {
    const auto text = [](const SnapshotInfo& info) {
      std::string out = std::to_string(info.serial) + " " + std::to_string(info.subjects) + " " +
                        std::to_string(info.services) + " " + format_instant(info.as_of) + " " +
                        (info.next_update ? format_instant(*info.next_update) : "none");
      for (const auto count : info.services_by_kind) out += " " + std::to_string(count);
      for (const auto count : info.services_by_status) out += " " + std::to_string(count);
      return out;
    };
    same("info", text(registry_.info()), text(twin_.info()));
  }

  void ids(const std::set<std::uint64_t>& all) {
    const auto service = [](const auto& view) {
      return view ? describe(*view) + describe(view->subject()) : std::string("none");
    };
    const auto subject = [](const auto& view) { return view ? describe(*view) : "none"; };
    for (const std::uint64_t id : all) {
      same("service id " + std::to_string(id), service(registry_.by_service_id(id)),
           service(twin_.by_service_id(id)));
      same("subject id " + std::to_string(id), subject(registry_.by_subject_id(id)),
           subject(twin_.by_subject_id(id)));
    }
  }

  void number(SubjectKey key) {
    const auto subject = [](const auto& view) {
      return view ? describe(*view) + std::to_string(view->is_recorded()) : std::string("none");
    };
    const std::string name = "number " + std::to_string(static_cast<std::uint64_t>(key));
    same(name, subject(registry_.find_subject(key)), subject(twin_.find_subject(key)));
    same(name, ids_text(registry_.services(key)), ids_text(twin_.services(key)));
    for (std::uint32_t serial = 1; serial <= 13; ++serial)
      same(name + "-" + std::to_string(serial), ids_text(registry_.find(filing_key(key, serial))),
           ids_text(twin_.find(filing_key(key, serial))));
  }

  void keys_of(const ServiceRecord& record) {
    for (const PlatformRecord& platform :
         record.platforms.value_or(std::vector<PlatformRecord>{})) {
      if (platform.package) {
        const std::string& package = *platform.package;
        same(package, ids_text(registry_.by_package(package)), ids_text(twin_.by_package(package)));
        same(package + platform.os, ids_text(registry_.by_package(platform.os, package)),
             ids_text(twin_.by_package(platform.os, package)));
      }
      for (const Fingerprint& digest : platform.fingerprints.value_or(std::vector<Fingerprint>{}))
        same("fingerprint", ids_text(registry_.by_fingerprint(digest)),
             ids_text(twin_.by_fingerprint(digest)));
      for (const KeyDigest& digest : platform.public_keys.value_or(std::vector<KeyDigest>{}))
        same("key", ids_text(registry_.by_public_key(digest)),
             ids_text(twin_.by_public_key(digest)));
    }
    for (const std::string& domain : record.domains.value_or(std::vector<std::string>{}))
      same(domain, ids_text(registry_.by_domain(domain)), ids_text(twin_.by_domain(domain)));
    for (const IpRange& range : record.ips.value_or(std::vector<IpRange>{})) address(range.first);
  }

  // All holders of the address in order, and which of them are returned when there is little room.
  void address(const IpAddress& address) {
    std::vector<std::uint32_t> rows(twin_.info().services);
    rows.resize(twin_.by_ip(address, rows));
    std::sort(rows.begin(), rows.end());
    for (const std::size_t room : {std::size_t{0}, std::size_t{3}, std::size_t{10'000}}) {
      std::vector<ServiceView> out(room);
      const std::size_t count = registry_.by_ip(address, out);
      std::string got = std::to_string(count) + ": ";
      for (std::size_t i = 0; i < std::min(room, count); ++i)
        got += std::to_string(out[i].id()) + " ";
      std::string want = std::to_string(rows.size()) + ": ";
      for (std::size_t i = 0; i < std::min(room, rows.size()); ++i)
        want += std::to_string(twin_.service(rows[i]).id()) + " ";
      same("address", got, want);
    }
  }

  std::string difference() const { return difference_; }

 private:
  const cache::Registry& registry_;
  const Snapshot& twin_;
  std::string difference_;
};

}  // namespace

std::string difference(const cache::Registry& registry, const Snapshot& twin,
                       const DeltaModel& model) {
  Comparison comparison(registry, twin);
  comparison.counts();
  comparison.ids(model.ids());
  for (const SubjectKey key : model.subject_keys()) comparison.number(key);
  std::size_t asked = 0;
  for (const ServiceRecord& record : model.pool().services)
    if (asked++ < 400) comparison.keys_of(record);
  return comparison.difference();
}

}  // namespace beian::cache::test
