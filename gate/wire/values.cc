#include "gate/wire/values.h"

#include "cache/base/bytes.h"
#include "cache/filing/provinces.h"

namespace beian::wire {
namespace {

using cache::PlatformView;
using cache::ServiceView;
using cache::StringList;
using Visit = std::function<void(std::string_view)>;

// Stops after kExpectedShownMax values and drops repetitions of the one before.
class Shown {
 public:
  explicit Shown(const Visit& visit) : visit_(visit) {}

  void add(std::string_view value) {
    if (count_ >= kExpectedShownMax || (count_ > 0 && value == last_)) return;
    ++count_;
    last_ = value;
    visit_(value);
  }
  void add(const FilingNumber& number) { add(canonical(number)); }
  void add(const StringList& list) {
    for (std::size_t i = 0; i < list.size() && count_ < kExpectedShownMax; ++i) add(list[i]);
  }

 private:
  const Visit& visit_;
  std::size_t count_ = 0;
  std::string last_;
};

std::string public_key_text(ByteView digest) {
  return "sha256:" + to_hex(digest);
}

// Digests of the platforms that the request is about: its OS, and its package where that is filed.
template <class Render>
void add_digests(const AppIdentity& app, const ServiceView& filing,
                 StringList (PlatformView::*digests)() const noexcept, Render render,
                 Shown* shown) {
  const auto is_os = [&](const PlatformView& platform) {
    return app.platform.empty() || platform.os() == app.platform;
  };
  bool has_package = false;
  for (std::size_t i = 0; i < filing.platform_count() && !app.package.empty(); ++i)
    has_package |= is_os(filing.platform(i)) && filing.platform(i).package() == app.package;
  for (std::size_t i = 0; i < filing.platform_count(); ++i) {
    const PlatformView platform = filing.platform(i);
    if (!is_os(platform) || (has_package && platform.package() != app.package)) continue;
    const StringList list = (platform.*digests)();
    for (std::size_t j = 0; j < list.size(); ++j) shown->add(render(as_bytes(list[j])));
  }
}

void add_packages(const AppIdentity& app, const ServiceView& filing, Shown* shown) {
  for (std::size_t i = 0; i < filing.platform_count(); ++i) {
    const PlatformView platform = filing.platform(i);
    if (!app.platform.empty() && platform.os() != app.platform) continue;
    if (const auto package = platform.package()) shown->add(*package);
  }
}

void add_sponsor(const Decision& decision, const Finding& finding, Shown* shown) {
  const cache::SubjectView subject = decision.filing->subject();
  if (finding.field == FieldId::kSponsorName) {
    if (const auto sponsor = subject.sponsor()) shown->add(*sponsor);
  } else if (is_individual(decision) == false) {
    if (const auto number = subject.certificate_number()) shown->add(*number);
  }
}

// The kind that would have fitted: the request's where the claimed number names another one, else
// the filing's.
void add_kind(const CheckRequest& request, const Decision& decision, Shown* shown) {
  const bool is_number = decision.is_number_claimed && decision.number.is_number();
  if (is_number && decision.number.number.kind() != request.app.kind)
    shown->add(name_of(request.app.kind));
  else if (decision.filing)
    shown->add(name_of(decision.filing->number().kind()));
}

void add_of_filing(const MessageContext& context, const Finding& finding, const ServiceView& filing,
                   Shown* shown) {
  const AppIdentity& app = context.request.app;
  switch (finding.code) {
    case Code::kNameMismatch:
      return shown->add(filing.names());
    case Code::kPackageNotFiled:
      return add_packages(app, filing, shown);
    case Code::kCertificateMismatch:
      return add_digests(app, filing, &PlatformView::fingerprints, to_hex, shown);
    case Code::kPublicKeyMismatch:
      return add_digests(app, filing, &PlatformView::public_keys, public_key_text, shown);
    case Code::kPlatformNotFiled:
      for (std::size_t i = 0; i < filing.platform_count(); ++i) shown->add(filing.platform(i).os());
      return;
    case Code::kSponsorMismatch:
      return add_sponsor(context.decision, finding, shown);
    case Code::kDomainNotFiled:
      return shown->add(filing.domains());
    case Code::kIpNotFiled:
      for (std::size_t i = 0; i < std::min(filing.ip_count(), kExpectedShownMax); ++i)
        shown->add(format_ip_range(filing.ip(i)));
      return;
    case Code::kAccessNotAdded:
      return shown->add(filing.providers());
    case Code::kApprovalMissing:
      return shown->add(filing.approvals());
    case Code::kProvinceMismatch:
      if (const auto province = filing.subject().province()) shown->add(*province);
      return;
    case Code::kNumberResolved:
      return shown->add(filing.number());
    default:
      return;
  }
}

template <class List, class Render>
void append_joined(const List& list, Render render, std::string* out) {
  for (std::size_t i = 0; i < list.size(); ++i) {
    if (i > 0) *out += ", ";
    *out += render(list[i]);
  }
}

void append_flag(const std::optional<bool>& flag, std::string* out) {
  if (flag) *out += *flag ? "true" : "false";
}

void append_day(const std::optional<Day>& day, std::string* out) {
  if (day) *out += format_day(*day);
}

template <class List>
bool has_item(const List& list, const Finding& finding) {
  return finding.index < list.size();
}

}  // namespace

std::optional<FilingNumber> number_at_issue(const Decision& decision) {
  if (decision.is_number_claimed && decision.number.is_number()) return decision.number.number;
  if (decision.filing) return decision.filing->number();
  return std::nullopt;
}

std::optional<bool> is_individual(const Decision& decision) {
  if (!decision.subject) return std::nullopt;
  const auto nature = decision.subject->nature();
  if (!nature || nature->empty()) return std::nullopt;
  return *nature == "个人";
}

void append_given(const MessageContext& context, const Finding& finding, std::string* out) {
  const CheckRequest& request = context.request;
  const AppIdentity& app = request.app;
  if (finding.code == Code::kWrongKind) {
    const Decision& decision = context.decision;
    const bool is_number = decision.is_number_claimed && decision.number.is_number();
    *out += name_of(is_number ? decision.number.number.kind() : app.kind);
    return;
  }
  switch (finding.field) {
    case FieldId::kNone:
      return;
    case FieldId::kFilingNumber:
      *out += request.filing_number;
      return;
    case FieldId::kKind:
      *out += name_of(app.kind);
      return;
    case FieldId::kName:
      *out += app.name;
      return;
    case FieldId::kSponsorName:
      *out += app.sponsor_name;
      return;
    case FieldId::kSponsorCertificate:
      *out += app.sponsor_certificate;
      return;
    case FieldId::kPlatform:
      *out += app.platform;
      return;
    case FieldId::kPackage:
      *out += app.package;
      return;
    case FieldId::kFingerprint:
      return append_joined(
          app.fingerprints, [](const Fingerprint& f) { return to_hex(f.view()); }, out);
    case FieldId::kPublicKey:
      return append_joined(
          app.public_keys, [](const KeyDigest& k) { return public_key_text(k); }, out);
    case FieldId::kDomains:
      if (has_item(app.domains, finding)) *out += app.domains[finding.index];
      return;
    case FieldId::kIps:
      if (has_item(app.ips, finding)) *out += format_ip(app.ips[finding.index]);
      return;
    case FieldId::kCategories:
      if (has_item(app.categories, finding)) *out += app.categories[finding.index];
      return;
    case FieldId::kProvider:
      *out += request.provider;
      return;
    case FieldId::kDisplayedNumber:
      *out += app.displayed_number.value_or("");
      return;
    case FieldId::kOffline:
      return append_flag(app.offline, out);
    case FieldId::kNetworkPermission:
      return append_flag(app.network_permission, out);
    case FieldId::kOperatorOverseas:
      return append_flag(app.operator_overseas, out);
    case FieldId::kServersOverseas:
      return append_flag(app.servers_overseas, out);
    case FieldId::kFirstPublished:
      return append_day(app.first_published, out);
    case FieldId::kAsOf:
      return append_day(request.as_of, out);
    case FieldId::kMinSerial:
      if (request.min_serial) *out += std::to_string(*request.min_serial);
      return;
    case FieldId::kHostPlatform:
      *out += app.host_platform;
      return;
  }
}

void for_each_expected(const MessageContext& context, const Finding& finding, const Visit& visit) {
  const Decision& decision = context.decision;
  Shown shown(visit);
  switch (finding.code) {
    case Code::kAmbiguous:
      for (std::size_t i = 0; i < decision.candidates.size() && i < decision.candidate_count; ++i)
        shown.add(decision.candidates[i]);
      return;
    case Code::kWrongKind:
      return add_kind(context.request, decision, &shown);
    case Code::kDisplayMissing:
    case Code::kDisplayMismatch:
      if (decision.filing)
        shown.add(decision.filing->number());
      else if (const auto number = number_at_issue(decision))
        shown.add(*number);
      return;
    case Code::kRegistryBehind:
      return shown.add(std::to_string(decision.serial));
    default:
      if (decision.filing) add_of_filing(context, finding, *decision.filing, &shown);
  }
}

}  // namespace beian::wire
