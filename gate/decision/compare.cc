#include "gate/decision/compare.h"

#include <algorithm>

#include "gate/decision/identity_text.h"

namespace beian {
namespace {

using cache::PlatformView;
using cache::ServiceView;
using cache::StringList;

Match match_if(bool equal) noexcept {
  return equal ? Match::kMatches : Match::kDiffers;
}

// A difference wins over equality, and both over "not compared".
Match combine(Match a, Match b) noexcept {
  if (a == Match::kDiffers || b == Match::kDiffers) return Match::kDiffers;
  return a == Match::kMatches || b == Match::kMatches ? Match::kMatches : Match::kNotCompared;
}

Match compare_name(std::string_view name, const StringList& filed) {
  for (std::size_t i = 0; i < filed.size(); ++i)
    if (names_equal(name, filed[i])) return Match::kMatches;
  return filed.empty() ? Match::kNotCompared : Match::kDiffers;
}

char upper(char c) noexcept {
  return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
}

// The check letter of a certificate number is printed in either case; numbers copied from scans and
// forms have blanks between groups or full-width digits, which are folded as in names.
bool certificate_numbers_equal(std::string_view a, std::string_view b) {
  const auto is_plain = [](char c) { return c > ' ' && c < 0x7F; };
  if (std::ranges::all_of(a, is_plain) && std::ranges::all_of(b, is_plain))
    return std::ranges::equal(a, b, [](char x, char y) { return upper(x) == upper(y); });
  return names_equal(a, b);
}

void compare_sponsor(const AppIdentity& app, const ServiceView& filing, IdentityComparison* out) {
  if (app.sponsor_name.empty() && app.sponsor_certificate.empty()) return;
  const cache::SubjectView subject = filing.subject();
  if (!is_blank(app.sponsor_name)) {
    if (const auto sponsor = subject.sponsor())
      out->sponsor_name = match_if(names_equal(app.sponsor_name, *sponsor));
    else
      out->not_comparable |= field_bit(FieldId::kSponsorName);
  }
  if (!is_blank(app.sponsor_certificate)) {
    if (const auto number = subject.certificate_number())
      out->sponsor_certificate =
          match_if(certificate_numbers_equal(app.sponsor_certificate, *number));
    else
      out->not_comparable |= field_bit(FieldId::kSponsorCertificate);
  }
}

std::string_view digest_text(const Fingerprint& fingerprint) noexcept {
  return as_text(fingerprint.view());
}
std::string_view digest_text(const KeyDigest& key) noexcept {
  return as_text(key);
}

// What the platforms of a filing hold of one thing that the request gives. One match is enough;
// without any, a platform that records nothing may still have it.
struct Holding {
  bool is_any_unknown = false;
  bool has_comparable = false;  // something that could have been equal
  bool has_given = false;

  Match match() const noexcept {
    if (has_given) return Match::kMatches;
    return has_comparable && !is_any_unknown ? Match::kDiffers : Match::kNotCompared;
  }
};

void look_for_package(std::string_view given, std::optional<std::string_view> filed,
                      Holding* holding) noexcept {
  holding->is_any_unknown |= !filed;
  holding->has_comparable |= filed.has_value();
  holding->has_given |= filed == given;
}

// Any given digest may be the filed one: an app is signed by one of several certificates, and one
// certificate has a digest per algorithm. Digests of different lengths are not comparable.
template <class Digests>
void look_for_digests(const Digests& given, const StringList& filed, Holding* holding) {
  // Policy: every app is signed, so an empty list says that no certificate was recorded.
  holding->is_any_unknown |= filed.empty();
  for (std::size_t i = 0; i < filed.size(); ++i)
    for (const auto& digest : given) {
      const std::string_view bytes = digest_text(digest);
      if (bytes.size() != filed[i].size()) continue;
      holding->has_comparable = true;
      holding->has_given |= bytes == filed[i];
    }
}

// How the platforms of a filing compare with a request: those with its OS, if it gives one; for
// digests, those with its package, if there is one. A filing known to have no platform has no
// package either.
struct PlatformComparison {
  struct Digests {
    Holding fingerprint;
    Holding public_key;
  };
  bool has_os = false;  // some platform has the OS of the request
  Holding package;
  Digests of_os;
  Digests of_package;
};

PlatformComparison compare_platforms(const AppIdentity& app, const ServiceView& filing) {
  PlatformComparison out;
  for (Holding* holding : {&out.package, &out.of_os.fingerprint, &out.of_os.public_key})
    holding->is_any_unknown = !filing.are_platforms_known();
  const std::size_t count = filing.platform_count();
  out.package.has_comparable = count == 0;  // filed for no platform: it has no package
  for (std::size_t i = 0; i < count; ++i) {
    const PlatformView platform = filing.platform(i);
    if (!app.platform.empty() && platform.os() != app.platform) continue;
    const auto package = platform.package();
    const bool is_of_package = !app.package.empty() && package == app.package;
    out.has_os = true;
    look_for_package(app.package, package, &out.package);
    PlatformComparison::Digests* digests = is_of_package ? &out.of_package : &out.of_os;
    if (!app.fingerprints.empty())
      look_for_digests(app.fingerprints, platform.fingerprints(), &digests->fingerprint);
    if (!app.public_keys.empty())
      look_for_digests(app.public_keys, platform.public_keys(), &digests->public_key);
  }
  return out;
}

void compare_platform(const AppIdentity& app, const ServiceView& filing, IdentityComparison* out) {
  const bool is_anything_given = !app.platform.empty() || !app.package.empty() ||
                                 !app.fingerprints.empty() || !app.public_keys.empty();
  if (!is_anything_given) return;
  const PlatformComparison platforms = compare_platforms(app, filing);
  const auto set = [&](Match match, FieldId field, Match* place) {
    *place = match;
    if (match == Match::kNotCompared) out->not_comparable |= field_bit(field);
  };
  if (!app.platform.empty())
    set(filing.are_platforms_known() ? match_if(platforms.has_os) : Match::kNotCompared,
        FieldId::kPlatform, &out->platform);
  // Filed, but not for this platform: what is filed for others says nothing about this one.
  if (out->platform == Match::kDiffers) return;
  if (!app.package.empty()) set(platforms.package.match(), FieldId::kPackage, &out->package);
  const auto& digests = out->package == Match::kMatches ? platforms.of_package : platforms.of_os;
  if (!app.fingerprints.empty())
    set(digests.fingerprint.match(), FieldId::kFingerprint, &out->fingerprint);
  if (!app.public_keys.empty())
    set(digests.public_key.match(), FieldId::kPublicKey, &out->public_key);
}

// [F-14]: mini-programs and quick apps are filed by the platform that they run in. An app runs in
// none, so a host platform given for it is ignored.
void compare_host_platform(const AppIdentity& app, const ServiceView& filing,
                           IdentityComparison* out) {
  if (app.host_platform.empty()) return;
  if (app.kind != Kind::kMiniProgram && app.kind != Kind::kQuickApp) return;
  if (const auto filed = filing.host_platform())
    if (const auto is_same = is_same_host(app.host_platform, *filed))
      out->host_platform = match_if(*is_same);
  if (out->host_platform == Match::kNotCompared)
    out->not_comparable |= field_bit(FieldId::kHostPlatform);
}

}  // namespace

Match IdentityComparison::sponsor() const noexcept {
  return combine(sponsor_name, sponsor_certificate);
}

Match IdentityComparison::certificate() const noexcept {
  return combine(fingerprint, public_key);
}

Match IdentityComparison::platforms() const noexcept {
  return combine(platform, host_platform);
}

int IdentityComparison::differences() const noexcept {
  int count = 0;
  for (const Match match : {kind, name, sponsor_name, sponsor_certificate, platform, host_platform,
                            package, fingerprint, public_key})
    count += match == Match::kDiffers ? 1 : 0;
  return count;
}

bool IdentityComparison::contradicts(bool is_kind_given) const noexcept {
  return (is_kind_given && kind == Match::kDiffers) || name == Match::kDiffers ||
         certificate() == Match::kDiffers;
}

IdentityComparison compare_identity(const CheckRequest& request, const ServiceView& filing) {
  IdentityComparison out;
  out.kind = match_if(filing.kind() == request.app.kind);
  if (!is_blank(request.app.name)) {
    out.name = compare_name(request.app.name, filing.names());
    if (out.name == Match::kNotCompared) out.not_comparable |= field_bit(FieldId::kName);
  }
  compare_sponsor(request.app, filing, &out);
  compare_platform(request.app, filing, &out);
  compare_host_platform(request.app, filing, &out);
  return out;
}

}  // namespace beian
