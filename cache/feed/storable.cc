#include "cache/feed/storable.h"

#include <string>

#include "cache/base/limits.h"

namespace beian::cache {
namespace {

constexpr std::size_t kDigestBytesMin = 32;  // of row text: an MD5 in hexadecimal
static_assert(limits::kPlatformDigestsMax * kDigestBytesMin > kAlwaysStorableBytes);

bool fits(std::string_view text, std::string_view key, ValueFault* fault) {
  if (text.size() <= limits::kRegistryTextBytesMax) return true;
  return fault->fail("a text of " + std::to_string(text.size()) + " bytes; at most " +
                     std::to_string(limits::kRegistryTextBytesMax) + " are stored"),
         fault->inside(key);
}

bool fits(const std::optional<std::string>& text, std::string_view key, ValueFault* fault) {
  return !text || fits(std::string_view(*text), key, fault);
}

bool fits(const Known<std::string>& texts, std::string_view key, ValueFault* fault) {
  for (std::size_t i = 0; texts && i < texts->size(); ++i)
    if (!fits(std::string_view((*texts)[i]), std::to_string(i), fault)) return fault->inside(key);
  return true;
}

template <class Digest>
bool fits(const Known<Digest>& digests, std::string_view key, ValueFault* fault) {
  if (!digests || digests->size() <= limits::kPlatformDigestsMax) return true;
  return fault->fail(std::to_string(digests->size()) + " of them; at most " +
                     std::to_string(limits::kPlatformDigestsMax) + " are stored"),
         fault->inside(key);
}

bool fits(const PlatformRecord& platform, ValueFault* fault) {
  return fits(std::string_view(platform.os), "os", fault) &&
         fits(platform.package, "package", fault) &&
         fits(platform.fingerprints, "fingerprints", fault) &&
         fits(platform.public_keys, "public_keys", fault);
}

bool fits(const Known<PlatformRecord>& platforms, ValueFault* fault) {
  for (std::size_t i = 0; platforms && i < platforms->size(); ++i)
    if (!fits((*platforms)[i], fault)) {
      fault->inside(std::to_string(i));
      return fault->inside("platforms");
    }
  return true;
}

struct Check {
  ValueFault* fault;

  bool operator()(const SubjectRecord& record) const {
    return fits(record.sponsor, "sponsor", fault) && fits(record.nature, "nature", fault) &&
           fits(record.certificate_number, "certificate_number", fault) &&
           fits(record.province, "province", fault);
  }
  bool operator()(const ServiceRecord& record) const {
    return fits(record.names, "names", fault) && fits(record.contents, "contents", fault) &&
           fits(record.approvals, "approvals", fault) && fits(record.domains, "domains", fault) &&
           fits(record.providers, "providers", fault) &&
           fits(record.host_platform, "host_platform", fault) &&
           fits(record.version, "version", fault) && fits(record.platforms, fault);
  }
  bool operator()(const RemoveSubject&) const { return true; }
  bool operator()(const RemoveService&) const { return true; }
};

}  // namespace

bool is_storable(const FeedRecord& record, ValueFault* fault) {
  return std::visit(Check{fault}, record);
}

}  // namespace beian::cache
