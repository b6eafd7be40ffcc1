#include "gate/wire/values.h"

#include <algorithm>
#include <array>

#include "cache/base/bytes.h"
#include "cache/filing/provinces.h"
#include "gate/decision/rules.h"

namespace beian::wire {
namespace {

using cache::PlatformView;
using cache::ServiceView;
using cache::StringList;
using Visit = std::function<void(std::string_view)>;

// Shows at most kExpectedShownMax values, all different.
class Shown {
 public:
  explicit Shown(const Visit& visit) : visit_(visit) {}

  // `value` must live as long as this object: the registry's, or a literal.
  void add(std::string_view value) {
    if (!is_full() && !is_repeated(value)) show(value);
  }
  void add_made(std::string value) {
    if (is_full() || is_repeated(value)) return;
    made_[count_] = std::move(value);
    show(made_[count_]);
  }
  void add(const FilingNumber& number) { add_made(canonical(number)); }
  void add(const StringList& list) {
    for (std::size_t i = 0; i < list.size() && !is_full(); ++i) add(list[i]);
  }
  bool is_full() const noexcept { return count_ >= kExpectedShownMax; }

 private:
  bool is_repeated(std::string_view value) const {
    const auto end = shown_.begin() + count_;
    return std::find(shown_.begin(), end, value) != end;
  }
  void show(std::string_view value) {
    shown_[count_++] = value;
    visit_(value);
  }

  const Visit& visit_;
  std::size_t count_ = 0;
  std::array<std::string_view, kExpectedShownMax> shown_;
  std::array<std::string, kExpectedShownMax> made_;  // strings made here that shown_ views
};

std::string public_key_text(ByteView digest) {
  return "sha256:" + to_hex(digest);
}

// Digests of the platforms that the request is about: those with its OS and, if it is filed, its
// package.
template <class VisitDigest>
void for_each_digest(const AppIdentity& app, const ServiceView& filing,
                     StringList (PlatformView::*digests)() const noexcept, VisitDigest visit) {
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
    for (std::size_t j = 0; j < list.size(); ++j) visit(as_bytes(list[j]));
  }
}

template <class Render>
void add_digests(const AppIdentity& app, const ServiceView& filing,
                 StringList (PlatformView::*digests)() const noexcept, Render render,
                 Shown* shown) {
  for_each_digest(app, filing, digests, [&](ByteView digest) { shown->add_made(render(digest)); });
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

// What was claimed, if that is a number.
std::optional<FilingNumber> claimed_number(const Decision& decision) {
  if (!decision.is_number_claimed || !decision.number.is_number()) return std::nullopt;
  return decision.number.number;
}

// The kind that would have fitted: the request's when the claimed number names another one, else
// the filing's.
void add_kind(const CheckRequest& request, const Decision& decision, Shown* shown) {
  const auto claimed = claimed_number(decision);
  if (claimed && claimed->kind() != request.app.kind)
    shown->add(name_of(request.app.kind));
  else if (decision.filing)
    shown->add(name_of(decision.filing->kind()));
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
      if (finding.field == FieldId::kHostPlatform) {
        if (const auto host = filing.host_platform()) shown->add(*host);
        return;
      }
      for (std::size_t i = 0; i < filing.platform_count(); ++i) shown->add(filing.platform(i).os());
      return;
    case Code::kSponsorMismatch:
      return add_sponsor(context.decision, finding, shown);
    case Code::kDomainNotFiled:
      return shown->add(filing.domains());
    case Code::kIpNotFiled:
      for (std::size_t i = 0; i < std::min(filing.ip_count(), kExpectedShownMax); ++i)
        shown->add_made(format_ip_range(filing.ip(i)));
      return;
    case Code::kAccessNotAdded:
      return shown->add(filing.providers());
    case Code::kApprovalMissing:
      return shown->add(filing.approvals());
    case Code::kProvinceMismatch:
      if (const auto domicile = domicile_of(filing.subject()); !domicile.empty())
        shown->add(domicile);
      return;
    case Code::kNumberResolved:
      return shown->add(filing.number());
    default:
      return;
  }
}

template <class List, class Render>
std::string joined(const List& list, Render render) {
  std::string out;
  for (std::size_t i = 0; i < list.size(); ++i) {
    if (i > 0) out += ", ";
    out += render(list[i]);
  }
  return out;
}

std::string_view flag_text(const std::optional<bool>& flag) noexcept {
  return flag ? (*flag ? "true" : "false") : std::string_view{};
}

std::string day_text(const std::optional<Day>& day) {
  return day ? format_day(*day) : std::string();
}

template <class List>
bool has_item(const List& list, const Finding& finding) {
  return finding.index < list.size();
}

}  // namespace

std::optional<FilingNumber> number_at_issue(const Decision& decision) {
  if (const auto claimed = claimed_number(decision)) return claimed;
  if (decision.filing) return decision.filing->number();
  return std::nullopt;
}

std::optional<bool> is_individual(const Decision& decision) {
  if (!decision.subject) return std::nullopt;
  const auto nature = decision.subject->nature();
  if (!nature || nature->empty()) return std::nullopt;
  return *nature == "个人";
}

std::string_view given_value(const MessageContext& context, const Finding& finding,
                             std::string* storage) {
  const CheckRequest& request = context.request;
  const AppIdentity& app = request.app;
  const auto made = [&](std::string value) -> std::string_view {
    return *storage = std::move(value);
  };
  if (finding.code == Code::kWrongKind) {
    const auto claimed = claimed_number(context.decision);
    return name_of(claimed ? claimed->kind() : app.kind);
  }
  switch (finding.field) {
    case FieldId::kNone:
      return {};
    case FieldId::kFilingNumber:
      return request.filing_number;
    case FieldId::kKind:
      return name_of(app.kind);
    case FieldId::kName:
      return app.name;
    case FieldId::kSponsorName:
      return app.sponsor_name;
    case FieldId::kSponsorCertificate:
      return app.sponsor_certificate;
    case FieldId::kPlatform:
      return app.platform;
    case FieldId::kPackage:
      return app.package;
    case FieldId::kFingerprint:
      return made(joined(app.fingerprints, [](const Fingerprint& f) { return to_hex(f.view()); }));
    case FieldId::kPublicKey:
      return made(joined(app.public_keys, [](const KeyDigest& k) { return public_key_text(k); }));
    case FieldId::kDomains:
      return has_item(app.domains, finding) ? app.domains[finding.index] : std::string_view{};
    case FieldId::kIps:
      return has_item(app.ips, finding) ? made(format_ip(app.ips[finding.index]))
                                        : std::string_view{};
    case FieldId::kCategories:
      return has_item(app.categories, finding) ? app.categories[finding.index] : std::string_view{};
    case FieldId::kProvider:
      return request.provider;
    case FieldId::kDisplayedNumber:
      return app.displayed_number.value_or("");
    case FieldId::kOffline:
      return flag_text(app.offline);
    case FieldId::kNetworkPermission:
      return flag_text(app.network_permission);
    case FieldId::kOperatorOverseas:
      return flag_text(app.operator_overseas);
    case FieldId::kServersOverseas:
      return flag_text(app.servers_overseas);
    case FieldId::kFirstPublished:
      return made(day_text(app.first_published));
    case FieldId::kAsOf:
      return made(day_text(request.as_of));
    case FieldId::kMinSerial:
      return request.min_serial ? made(std::to_string(*request.min_serial)) : std::string_view{};
    case FieldId::kHostPlatform:
      return app.host_platform;
  }
  return {};
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
      if (decision.filing) return shown.add(decision.filing->number());
      // Where a filing under another letter may be behind the claim, nobody knows its number here.
      if (decision.has(Code::kWrongKind) && !decision.has(Code::kNotFiled)) return;
      if (const auto number = number_at_issue(decision)) shown.add(*number);
      return;
    case Code::kRegistryBehind:
      return shown.add_made(std::to_string(decision.serial));
    default:
      if (decision.filing) add_of_filing(context, finding, *decision.filing, &shown);
  }
}

void for_each_algorithm_not_given(const MessageContext& context, const Visit& visit) {
  struct Row {
    std::size_t digest_bytes;
    std::string_view name;
    bool is_filed = false;
  };
  std::array<Row, 3> rows = {{{16, "MD5"}, {20, "SHA-1"}, {32, "SHA-256"}}};
  const AppIdentity& app = context.request.app;
  if (!context.decision.filing) return;
  for_each_digest(app, *context.decision.filing, &PlatformView::fingerprints, [&](ByteView digest) {
    for (Row& row : rows) row.is_filed |= row.digest_bytes == digest.size();
  });
  for (const Row& row : rows) {
    const auto is_of_row = [&](const Fingerprint& given) { return given.size == row.digest_bytes; };
    if (row.is_filed && std::ranges::none_of(app.fingerprints, is_of_row)) visit(row.name);
  }
}

}  // namespace beian::wire
