#include "cache/snapshot/record_of.h"

#include <cstring>

namespace beian::cache {
namespace {

std::optional<std::string> owned(const std::optional<std::string_view>& text) {
  if (!text) return std::nullopt;
  return std::string(*text);
}

// A list with `item(text)` for each of the texts.
template <class T, class Item>
Known<T> owned(const StringList& list, Item&& item) {
  if (!list.is_known()) return std::nullopt;
  std::vector<T> out;
  out.reserve(list.size());
  for (std::size_t i = 0; i < list.size(); ++i) out.push_back(item(list[i]));
  return out;
}

Known<std::string> owned(const StringList& list) {
  return owned<std::string>(list, [](std::string_view text) { return std::string(text); });
}

PlatformRecord platform_record(const PlatformView& view) {
  PlatformRecord record;
  record.os = std::string(view.os());
  record.package = owned(view.package());
  record.fingerprints = owned<Fingerprint>(view.fingerprints(), [](std::string_view text) {
    Fingerprint digest;
    digest.size = static_cast<std::uint8_t>(text.size());
    std::memcpy(digest.bytes.data(), text.data(), text.size());
    return digest;
  });
  record.public_keys = owned<KeyDigest>(view.public_keys(), [](std::string_view text) {
    KeyDigest digest;
    std::memcpy(digest.data(), text.data(), digest.size());
    return digest;
  });
  return record;
}

}  // namespace

SubjectRecord record_of(const SubjectView& view) {
  SubjectRecord record;
  record.id = view.id();
  record.number = view.number();
  record.sponsor = owned(view.sponsor());
  record.nature = owned(view.nature());
  record.certificate_number = owned(view.certificate_number());
  record.province = owned(view.province());
  record.status = view.status();
  record.updated_at = view.updated_at();
  record.cancelled_on = view.cancelled_on();
  return record;
}

ServiceRecord record_of(const ServiceView& view) {
  ServiceRecord record;
  record.id = view.id();
  if (const SubjectView subject = view.subject(); subject.is_recorded())
    record.subject_id = subject.id();
  record.number = view.number();
  record.names = owned(view.names());
  record.status = view.status();
  record.limit_access = view.limit_access();
  record.contents = owned(view.contents());
  record.approvals = owned(view.approvals());
  record.domains = owned(view.domains());
  if (view.are_ips_known()) {
    record.ips.emplace();
    for (std::size_t i = 0; i < view.ip_count(); ++i) record.ips->push_back(view.ip(i));
  }
  record.providers = owned(view.providers());
  record.host_platform = owned(view.host_platform());
  if (view.are_platforms_known()) {
    record.platforms.emplace();
    for (std::size_t i = 0; i < view.platform_count(); ++i)
      record.platforms->push_back(platform_record(view.platform(i)));
  }
  record.version = owned(view.version());
  record.submitted_on = view.submitted_on();
  record.approved_on = view.approved_on();
  record.cancelled_on = view.cancelled_on();
  record.updated_at = view.updated_at();
  return record;
}

}  // namespace beian::cache
