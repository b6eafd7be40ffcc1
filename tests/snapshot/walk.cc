#include "tests/snapshot/walk.h"

#include <cstring>
#include <vector>

namespace beian::cache::test {
namespace {

struct Walker {
  const Snapshot& snapshot;
  bool expect_complete;
  std::string fault;
  std::uint64_t read = 0;  // keeps reads from being optimized away

  void expect(bool holds, const std::string& what) {
    if (!holds && fault.empty()) fault = what;
  }
  void touch(std::string_view text) {
    for (const char c : text) read += static_cast<unsigned char>(c);
  }
  void touch(const std::optional<std::string_view>& text) {
    if (text) touch(*text);
  }
  void touch_number(const FilingNumber& number) {
    const std::string text = canonical(number);
    touch(std::string_view(text));
  }
  void touch(const StringList& list) {
    expect(list.is_known() || list.empty(), "an unknown list has items");
    for (std::size_t i = 0; i < list.size(); ++i) touch(list[i]);
  }

  // Every hit of a look-up must be readable, and one of them must be `service`.
  template <class List>
  void expect_listed(const List& list, const ServiceView& service, const char* what) {
    bool found = false;
    for (std::size_t i = 0; i < list.size(); ++i) {
      read += list[i].id();
      found = found || list[i] == service;
    }
    expect(!expect_complete || found, what);
  }

  void walk_platform(const ServiceView& service, const PlatformView& platform) {
    touch(platform.os());
    touch(platform.package());
    touch(platform.fingerprints());
    touch(platform.public_keys());
    if (platform.package()) {
      expect_listed(snapshot.by_package(*platform.package()), service, "package");
      expect_listed(snapshot.by_package(platform.os(), *platform.package()), service, "platform");
    }
    for (std::size_t i = 0; i < platform.fingerprints().size(); ++i) {
      const std::string_view digest = platform.fingerprints()[i];
      Fingerprint fingerprint;
      fingerprint.size = static_cast<std::uint8_t>(digest.size());
      std::memcpy(fingerprint.bytes.data(), digest.data(), digest.size());
      expect_listed(snapshot.by_fingerprint(fingerprint), service, "fingerprint");
    }
    for (std::size_t i = 0; i < platform.public_keys().size(); ++i) {
      KeyDigest digest;
      std::memcpy(digest.data(), platform.public_keys()[i].data(), digest.size());
      expect_listed(snapshot.by_public_key(digest), service, "public key");
    }
  }

  void walk_service(std::uint32_t row) {
    const ServiceView service = snapshot.service(row);
    for (const StringList& list : {service.names(), service.contents(), service.approvals(),
                                   service.domains(), service.providers()})
      touch(list);
    touch(service.host_platform());
    touch(service.version());
    read += service.submitted_on() || service.approved_on() || service.cancelled_on() ||
            service.updated_at() || service.limit_access();
    touch(name_of(service.status()));
    touch_number(service.number());
    touch_number(service.subject().number());
    expect_listed(snapshot.find(service.number().key()), service, "number");
    expect_listed(snapshot.services(service.number().subject()), service, "subject's services");
    const auto by_id = snapshot.by_service_id(service.id());
    expect(!expect_complete || (by_id && *by_id == service), "service id");
    for (std::size_t i = 0; i < service.domains().size(); ++i)
      expect_listed(snapshot.by_domain(service.domains()[i]), service, "domain");
    std::vector<std::uint32_t> rows(snapshot.info().services);
    for (std::size_t i = 0; i < service.ip_count(); ++i) {
      const IpRange range = service.ip(i);
      expect(range.first <= range.last, "a range ends before it begins");
      const std::size_t count = snapshot.by_ip(range.last, rows);
      expect(count <= rows.size(), "a service is listed twice for one address");
      bool found = false;
      for (std::size_t hit = 0; hit < std::min(count, rows.size()); ++hit)
        found = found || rows[hit] == row;
      expect(!expect_complete || found, "ip");
    }
    for (std::size_t i = 0; i < service.platform_count(); ++i)
      walk_platform(service, service.platform(i));
  }

  void walk_subject(std::uint32_t row) {
    const SubjectView subject = snapshot.subject(row);
    touch(subject.sponsor());
    touch(subject.nature());
    touch(subject.certificate_number());
    touch(subject.province());
    touch(name_of(subject.status()));
    touch_number(subject.number());
    read += subject.updated_at() || subject.cancelled_on();
    const auto by_number = snapshot.find_subject(subject.number().subject());
    expect(!expect_complete || (by_number && by_number->number() == subject.number()),
           "subject number");
    if (!subject.is_recorded()) return;
    const auto by_id = snapshot.by_subject_id(subject.id());
    expect(!expect_complete || (by_id && *by_id == subject), "subject id");
  }
};

}  // namespace

std::string walk(const Snapshot& snapshot, bool expect_complete) {
  Walker walker{snapshot, expect_complete, {}, 0};
  for (std::uint32_t row = 0; row < snapshot.info().subjects; ++row) walker.walk_subject(row);
  for (std::uint32_t row = 0; row < snapshot.info().services; ++row) walker.walk_service(row);
  return walker.fault;
}

}  // namespace beian::cache::test
