#include "gate/decision/compare.h"

#include <algorithm>
#include <array>

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

// Certificate numbers are printed with either case of their check letter.
bool equal_ignoring_case(std::string_view a, std::string_view b) noexcept {
  return std::ranges::equal(a, b, [](char x, char y) { return upper(x) == upper(y); });
}

void compare_sponsor(const AppIdentity& app, const ServiceView& filing, IdentityComparison* out) {
  if (app.sponsor_name.empty() && app.sponsor_certificate.empty()) return;
  const cache::SubjectView subject = filing.subject();
  if (!app.sponsor_name.empty()) {
    if (const auto sponsor = subject.sponsor())
      out->sponsor_name = match_if(names_equal(app.sponsor_name, *sponsor));
    else
      out->not_comparable |= field_bit(FieldId::kSponsorName);
  }
  if (!app.sponsor_certificate.empty()) {
    if (const auto number = subject.certificate_number())
      out->sponsor_certificate = match_if(equal_ignoring_case(app.sponsor_certificate, *number));
    else
      out->not_comparable |= field_bit(FieldId::kSponsorCertificate);
  }
}

// The platforms of a filing that a request is about: those with its OS where it gives one, then
// those with its package where one of them has it.
class RelevantPlatforms {
 public:
  RelevantPlatforms(const AppIdentity& app, const ServiceView& filing)
      : app_(app), filing_(filing), count_(filing.platform_count()) {
    for_each_of_os([&](const PlatformView& platform) {
      const auto package = platform.package();
      has_os_ = true;
      has_packages_ |= package.has_value();
      has_package_ |= !app.package.empty() && package == app.package;
    });
  }

  bool has_os() const noexcept { return has_os_; }              // one with the OS of the request
  bool has_packages() const noexcept { return has_packages_; }  // one with a known package
  bool has_package() const noexcept { return has_package_; }    // one with the request's package

  template <class Visit>
  void for_each(Visit visit) const {
    for_each_of_os([&](const PlatformView& platform) {
      if (!has_package_ || platform.package() == app_.package) visit(platform);
    });
  }

 private:
  template <class Visit>
  void for_each_of_os(Visit visit) const {
    for (std::size_t i = 0; i < count_; ++i) {
      const PlatformView platform = filing_.platform(i);
      if (app_.platform.empty() || platform.os() == app_.platform) visit(platform);
    }
  }

  const AppIdentity& app_;
  const ServiceView& filing_;
  const std::size_t count_;
  bool has_os_ = false;
  bool has_packages_ = false;
  bool has_package_ = false;
};

// Any given digest may be the filed one: an app is signed by one of several certificates, and one
// certificate has a digest by each algorithm. Digests of different length are not comparable.
template <class Digests>
Match compare_digests(const Digests& given, const RelevantPlatforms& platforms,
                      StringList (PlatformView::*filed)() const noexcept) {
  Match result = Match::kNotCompared;
  platforms.for_each([&](const PlatformView& platform) {
    const StringList list = (platform.*filed)();
    for (std::size_t i = 0; i < list.size(); ++i)
      for (const auto& digest : given) {
        const std::string_view bytes = as_text(digest);
        if (bytes.size() != list[i].size() || result == Match::kMatches) continue;
        result = match_if(bytes == list[i]);
      }
  });
  return result;
}

std::array<ByteView, limits::kListItemsMax> views_of(const std::vector<Fingerprint>& fingerprints) {
  std::array<ByteView, limits::kListItemsMax> views;
  for (std::size_t i = 0; i < fingerprints.size() && i < views.size(); ++i)
    views[i] = fingerprints[i].view();
  return views;
}

void compare_platform(const AppIdentity& app, const ServiceView& filing, IdentityComparison* out) {
  const bool is_anything_given = !app.platform.empty() || !app.package.empty() ||
                                 !app.fingerprints.empty() || !app.public_keys.empty();
  if (!is_anything_given) return;
  const RelevantPlatforms platforms(app, filing);
  if (!app.platform.empty()) {
    if (!filing.are_platforms_known())
      out->not_comparable |= field_bit(FieldId::kPlatform);
    else
      out->platform = match_if(platforms.has_os());
  }
  // Filed, but not for this platform: what is filed for others says nothing about this one.
  if (out->platform == Match::kDiffers) return;
  if (!app.package.empty()) {
    if (platforms.has_packages())
      out->package = match_if(platforms.has_package());
    else
      out->not_comparable |= field_bit(FieldId::kPackage);
  }
  if (!app.fingerprints.empty()) {
    const auto views = views_of(app.fingerprints);
    out->fingerprint = compare_digests(std::span(views).first(app.fingerprints.size()), platforms,
                                       &PlatformView::fingerprints);
    if (out->fingerprint == Match::kNotCompared)
      out->not_comparable |= field_bit(FieldId::kFingerprint);
  }
  if (!app.public_keys.empty()) {
    out->public_key = compare_digests(app.public_keys, platforms, &PlatformView::public_keys);
    if (out->public_key == Match::kNotCompared)
      out->not_comparable |= field_bit(FieldId::kPublicKey);
  }
}

}  // namespace

Match IdentityComparison::sponsor() const noexcept {
  return combine(sponsor_name, sponsor_certificate);
}

Match IdentityComparison::certificate() const noexcept {
  return combine(fingerprint, public_key);
}

int IdentityComparison::differences() const noexcept {
  int count = 0;
  for (const Match match :
       {kind, name, sponsor_name, sponsor_certificate, platform, package, fingerprint, public_key})
    count += match == Match::kDiffers ? 1 : 0;
  return count;
}

bool IdentityComparison::contradicts(bool is_kind_given) const noexcept {
  return (is_kind_given && kind == Match::kDiffers) || name == Match::kDiffers ||
         certificate() == Match::kDiffers;
}

IdentityComparison compare_identity(const CheckRequest& request, const ServiceView& filing) {
  IdentityComparison out;
  out.kind = match_if(filing.number().kind() == request.app.kind);
  if (!request.app.name.empty()) {
    out.name = compare_name(request.app.name, filing.names());
    if (out.name == Match::kNotCompared) out.not_comparable |= field_bit(FieldId::kName);
  }
  compare_sponsor(request.app, filing, &out);
  compare_platform(request.app, filing, &out);
  return out;
}

}  // namespace beian
