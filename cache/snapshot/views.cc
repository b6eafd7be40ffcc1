// What a subject, a service and a platform say, read from rows and bodies that the check has
// proved.
#include <cstring>

#include "cache/filing/ipv4.h"
#include "cache/snapshot/body.h"
#include "cache/snapshot/snapshot.h"
#include "cache/snapshot/tables.h"

namespace beian::cache {
namespace {

using namespace format;

struct Body {
  std::span<const std::uint32_t> words;
  std::uint16_t flags;

  Body(const SnapshotTables& tables, std::uint32_t row)
      : words(tables.body(tables.services[row])), flags(tables.services[row].flags) {}
  bool has(std::uint16_t flag) const { return (flags & flag) != 0; }
  ListPlace place(BodyList which) const { return place_of(words, flags, which); }
  std::span<const std::uint32_t> list(BodyList which) const {
    const ListPlace place = this->place(which);
    return words.subspan(place.start, place.count);
  }
  std::size_t scalar_at(std::uint16_t flag) const {
    BodyShape shape;
    read_shape(words, flags, &shape);
    return shape.scalar(flag, flags);
  }
  std::uint32_t scalar(std::uint16_t flag) const { return words[scalar_at(flag)]; }
  std::optional<Day> day(std::uint16_t flag) const {
    if (!has(flag)) return std::nullopt;
    return day_from_number(static_cast<std::int32_t>(scalar(flag)));
  }
};

}  // namespace

std::string_view StringList::operator[](std::size_t index) const noexcept {
  return snapshot_->tables_->text(ids_[index]);
}

std::string_view PlatformView::os() const noexcept {
  const PlatformShape shape(words_[0]);
  return shape.os_code == 0 ? snapshot_->tables_->text(words_[1]) : kOsNames[shape.os_code];
}

std::optional<std::string_view> PlatformView::package() const noexcept {
  const PlatformShape shape(words_[0]);
  if (!shape.has_package) return std::nullopt;
  return snapshot_->tables_->text(words_[shape.package]);
}

StringList PlatformView::fingerprints() const noexcept {
  const PlatformShape shape(words_[0]);
  return {snapshot_, shape.are_fingerprints_known,
          words_.subspan(shape.fingerprints, shape.fingerprint_count)};
}

StringList PlatformView::public_keys() const noexcept {
  const PlatformShape shape(words_[0]);
  return {snapshot_, shape.are_public_keys_known,
          words_.subspan(shape.public_keys, shape.public_key_count)};
}

std::uint64_t SubjectView::id() const noexcept {
  return snapshot_->tables_->subjects[row_].id;
}

FilingNumber SubjectView::number() const noexcept {
  return FilingNumber::from_key(filing_key(key(), 0), Kind::kSubject);
}

SubjectKey SubjectView::key() const noexcept {
  return SubjectKey{snapshot_->tables_->subjects[row_].key};
}

std::optional<std::string_view> SubjectView::sponsor() const noexcept {
  return snapshot_->tables_->optional_text(snapshot_->tables_->subjects[row_].sponsor);
}

std::optional<std::string_view> SubjectView::nature() const noexcept {
  return snapshot_->tables_->optional_text(snapshot_->tables_->subjects[row_].nature);
}

std::optional<std::string_view> SubjectView::certificate_number() const noexcept {
  return snapshot_->tables_->optional_text(snapshot_->tables_->subjects[row_].certificate_number);
}

std::optional<std::string_view> SubjectView::province() const noexcept {
  return snapshot_->tables_->optional_text(snapshot_->tables_->subjects[row_].province);
}

Status SubjectView::status() const noexcept {
  return static_cast<Status>(snapshot_->tables_->subjects[row_].status);
}

std::optional<Instant> SubjectView::updated_at() const noexcept {
  const SubjectRow& row = snapshot_->tables_->subjects[row_];
  if ((row.flags & kSubjectUpdatedAt) == 0) return std::nullopt;
  return Instant{std::chrono::seconds{row.updated_at}};
}

std::optional<Day> SubjectView::cancelled_on() const noexcept {
  const SubjectRow& row = snapshot_->tables_->subjects[row_];
  if ((row.flags & kSubjectCancelledOn) == 0) return std::nullopt;
  return day_from_number(row.cancelled_on);
}

bool SubjectView::is_recorded() const noexcept {
  return (snapshot_->tables_->subjects[row_].flags & kRecorded) != 0;
}

std::uint64_t ServiceView::id() const noexcept {
  return snapshot_->tables_->services[row_].id;
}

FilingNumber ServiceView::number() const noexcept {
  return FilingNumber::from_key(key(), kind());
}

FilingKey ServiceView::key() const noexcept {
  return FilingKey{snapshot_->tables_->services[row_].key};
}

Kind ServiceView::kind() const noexcept {
  return static_cast<Kind>(snapshot_->tables_->services[row_].kind);
}

SubjectView ServiceView::subject() const noexcept {
  return {snapshot_, snapshot_->tables_->services[row_].subject};
}

Status ServiceView::status() const noexcept {
  return static_cast<Status>(snapshot_->tables_->services[row_].status);
}

std::optional<bool> ServiceView::limit_access() const noexcept {
  const std::uint16_t flags = snapshot_->tables_->services[row_].flags;
  if ((flags & kLimitKnown) == 0) return std::nullopt;
  return (flags & kLimited) != 0;
}

StringList ServiceView::names() const noexcept {
  const Body body(*snapshot_->tables_, row_);
  return {snapshot_, body.has(kNames), body.list(kNameList)};
}

StringList ServiceView::contents() const noexcept {
  const Body body(*snapshot_->tables_, row_);
  return {snapshot_, body.has(kContents), body.list(kContentList)};
}

StringList ServiceView::approvals() const noexcept {
  const Body body(*snapshot_->tables_, row_);
  return {snapshot_, body.has(kApprovals), body.list(kApprovalList)};
}

StringList ServiceView::domains() const noexcept {
  const Body body(*snapshot_->tables_, row_);
  return {snapshot_, body.has(kDomains), body.list(kDomainList)};
}

StringList ServiceView::providers() const noexcept {
  const Body body(*snapshot_->tables_, row_);
  return {snapshot_, body.has(kProviders), body.list(kProviderList)};
}

bool ServiceView::are_ips_known() const noexcept {
  return (snapshot_->tables_->services[row_].flags & kIps) != 0;
}

std::span<const std::uint32_t> ServiceView::ip_references() const noexcept {
  return Body(*snapshot_->tables_, row_).list(kIpList);
}

std::size_t ServiceView::ip_count() const noexcept {
  return ip_references().size();
}

IpRange ServiceView::ip(std::size_t index) const noexcept {
  return snapshot_->range_of(ip_references()[index]);
}

IpRange Snapshot::range_of(std::uint32_t reference) const noexcept {
  if (reference & kIpv6Bit) {
    const Ipv6Row& row = tables_->ipv6[reference & ~kIpv6Bit];
    return {IpAddress{row.first}, IpAddress{row.last}};
  }
  const Ipv4Row& row = tables_->ipv4[reference];
  return {ipv4_address(row.first), ipv4_address(row.last)};
}

std::optional<std::string_view> ServiceView::host_platform() const noexcept {
  const Body body(*snapshot_->tables_, row_);
  if (!body.has(kHostPlatform)) return std::nullopt;
  return snapshot_->tables_->text(body.scalar(kHostPlatform));
}

bool ServiceView::are_platforms_known() const noexcept {
  return (snapshot_->tables_->services[row_].flags & kPlatforms) != 0;
}

std::size_t ServiceView::platform_count() const noexcept {
  return Body(*snapshot_->tables_, row_).place(kPlatformList).count;
}

PlatformView ServiceView::platform(std::size_t index) const noexcept {
  const Body body(*snapshot_->tables_, row_);
  std::span<const std::uint32_t> words;
  for_each_platform(body.words, body.place(kPlatformList),
                    [&](std::span<const std::uint32_t> platform) {
                      words = platform;
                      return index-- > 0;
                    });
  return {snapshot_, words};
}

std::optional<std::string_view> ServiceView::version() const noexcept {
  const Body body(*snapshot_->tables_, row_);
  if (!body.has(kAppVersion)) return std::nullopt;
  return snapshot_->tables_->text(body.scalar(kAppVersion));
}

std::optional<Day> ServiceView::submitted_on() const noexcept {
  return Body(*snapshot_->tables_, row_).day(kSubmittedOn);
}

std::optional<Day> ServiceView::approved_on() const noexcept {
  const ServiceRow& row = snapshot_->tables_->services[row_];
  if ((row.flags & kApprovedOn) == 0) return std::nullopt;
  return day_from_number(row.approved_on);
}

std::optional<Day> ServiceView::cancelled_on() const noexcept {
  return Body(*snapshot_->tables_, row_).day(kCancelledOn);
}

std::optional<Instant> ServiceView::updated_at() const noexcept {
  const Body body(*snapshot_->tables_, row_);
  if (!body.has(kUpdatedAt)) return std::nullopt;
  std::int64_t seconds;
  std::memcpy(&seconds, &body.words[body.scalar_at(kUpdatedAt)], sizeof seconds);
  return Instant{std::chrono::seconds{seconds}};
}

}  // namespace beian::cache
