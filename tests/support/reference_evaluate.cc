#include "tests/support/reference_evaluate.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "cache/filing/parse.h"
#include "tests/support/reference_duties.h"
#include "tests/support/reference_identity.h"
#include "tests/support/reference_policy.h"

namespace beian::test {
namespace {

const Day kRegimeStart = *parse_day("2023-09-01");
const Day kGraceEnd = *parse_day("2024-03-31");

std::string join(const std::set<std::string>& words) {
  std::string out;
  for (const std::string& word : words) out += word + " ";
  return out;
}

std::string on(const std::optional<Day>& day) {
  return day ? format_day(*day) : "";
}

// The state of one evaluation.
class Evaluation {
 public:
  Evaluation(const ReferenceRegistry& registry, const CheckRequest& request, Instant now)
      : registry_(registry), request_(request), app_(request.app) {
    day_ = request.as_of ? *request.as_of
                         : std::chrono::floor<std::chrono::days>(now + std::chrono::hours{8});
    judge_registry(now);
    judge_scope();
    if (!is_blank(request.filing_number)) {
      judge_claimed();
    } else {
      judge_unclaimed();
    }
  }

  Answer answer(std::string_view profile) const {
    Answer out;
    const auto verdict = reference_verdict(findings_, name_of(request_.operation), profile);
    out.decision = verdict.decision;
    out.would_be = verdict.would_be;
    out.assurance = assurance();
    for (const auto& [field, is_equal] : compared_)
      out.compared += field + (is_equal ? "+ " : "- ");
    if (filing_ != nullptr)
      out.filing = canonical(filing_->number) + " #" + std::to_string(filing_->id);
    out.candidates = candidates_;
    for (std::size_t i = 0; i < findings_.size(); ++i)
      out.findings.insert(verdict.effects[i] + " " + findings_[i].code + " " + findings_[i].where +
                          " " + findings_[i].detail);
    return out;
  }

 private:
  void find(const std::string& code, const std::string& where, const std::string& detail = "") {
    findings_.push_back({code, where, detail});
  }
  void find_all(const ReferenceFindings& findings) {
    findings_.insert(findings_.end(), findings.begin(), findings.end());
  }
  bool found(const std::string& code) const {
    return std::any_of(findings_.begin(), findings_.end(),
                       [&](const ReferenceFinding& f) { return f.code == code; });
  }
  void find_once(const std::string& code, const std::string& where,
                 const std::string& detail = "") {
    if (!found(code)) find(code, where, detail);
  }

  ReferenceComparison compare(const ServiceRecord& filing) const {
    return reference_compare(request_, filing, registry_.subject_of(filing));
  }

  // --- the registry at hand, and scope ---

  void judge_registry(Instant now) {
    const auto age = now - registry_.world().as_of;
    const bool is_expired = age >= std::chrono::hours{72};
    const bool is_behind = request_.min_serial && *request_.min_serial > registry_.world().serial;
    if (is_expired)
      find("REGISTRY_EXPIRED", "");
    else if (age >= std::chrono::hours{24})
      find("REGISTRY_STALE", "");
    if (!registry_.world().is_sealed) find("REGISTRY_INCOMPLETE", "");
    if (is_behind) find("REGISTRY_BEHIND", "/min_serial");
    can_say_absent_ = !is_expired && registry_.world().is_sealed && !is_behind;
  }

  void judge_scope() {
    if (app_.offline == true) {
      std::set<std::string> against;
      if (app_.network_permission == true) against.insert("/app/network_permission");
      if (!app_.domains.empty()) against.insert("/app/domains");
      if (!app_.ips.empty()) against.insert("/app/ips");
      find(against.empty() ? "EXEMPT_OFFLINE" : "EXEMPTION_CONTRADICTED", "/app/offline",
           join(against));
    }
    if (app_.operator_overseas == true && app_.servers_overseas == true)
      find("EXEMPT_OVERSEAS", "/app/operator_overseas");
    if (app_.operator_overseas == true && app_.servers_overseas == false)
      find("EXEMPTION_CONTRADICTED", "/app/operator_overseas", "/app/servers_overseas ");
    if (app_.operator_overseas == false && app_.servers_overseas == true)
      find("EXEMPTION_CONTRADICTED", "/app/servers_overseas", "/app/operator_overseas ");
    if (day_ < kRegimeStart)
      find("BEFORE_REGIME", "/as_of");
    else if (day_ <= kGraceEnd && app_.first_published && *app_.first_published < kRegimeStart)
      find("STOCK_GRACE", "/app/first_published");
  }

  // --- a claimed number ---

  void judge_claimed() {
    const ParsedNumber parsed = parse_number(request_.filing_number);
    if (!parsed.is_number()) {
      compared_["number"] = false;
      if (parsed.outcome == ParsedNumber::Outcome::kNotAFiling)
        find("NOT_A_FILING", "/filing_number", std::string(other_register_name(parsed.what)));
      else
        find("NUMBER_MALFORMED", "/filing_number",
             std::string(malformed_reason_name(parsed.reason)) + "@" +
                 std::to_string(parsed.offset));
      return;
    }
    const FilingNumber& number = parsed.number;
    if (parsed.repairs != 0)
      find("NUMBER_REPAIRED", "/filing_number", std::to_string(parsed.repairs));
    if (!parsed.plausible) find("NUMBER_IMPLAUSIBLE", "/filing_number");
    if (number.is_subject()) {
      find("SUBJECT_ONLY", "/filing_number");
      judge_subject(registry_.holder_of_number(number));
      find_all(reference_display(app_, number));
      return;
    }
    if (number.kind() != app_.kind) find("WRONG_KIND", "/filing_number");

    // Usually there is one filing, but the registry may have several under one number. Order: the
    // claimed letter, the right kind, a live one, the fewest differences, a filed one.
    const ServiceRecord* best = nullptr;
    std::tuple<bool, bool, bool, int, bool> best_distance;
    for (const ServiceRecord& filing : registry_.services()) {
      if (filing.number.subject_number() != number.subject_number()) continue;
      if (filing.number.serial() != number.serial()) continue;
      const auto comparison = compare(filing);
      const std::tuple distance{filing.number.kind() != number.kind(), comparison.differs("kind"),
                                !registry_.is_live(filing), comparison.differences(),
                                !registry_.is_filed(filing)};
      if (best != nullptr && distance >= best_distance) continue;
      best = &filing;
      best_distance = distance;
    }
    if (best == nullptr) {
      if (can_say_absent_) {
        compared_["number"] = false;
        find("NOT_FILED", "/filing_number");
      }
      judge_subject(registry_.holder_of_number(number.subject_number()));
      find_all(reference_display(app_, number));
      return;
    }
    if (best->number.kind() != number.kind()) find_once("WRONG_KIND", "/filing_number");
    compared_["number"] = true;
    judge_filing(*best, true, "/filing_number");
    if (found("WRONG_KIND")) compared_["kind"] = false;
  }

  // --- no number claimed ---

  void judge_unclaimed() {
    const bool has_app_key =
        !app_.package.empty() || !app_.fingerprints.empty() || !app_.public_keys.empty();
    const bool has_key = has_app_key || !app_.domains.empty() ||
                         (!app_.ips.empty() && request_.operation == Operation::kConnect);
    if (!has_key) return find("NUMBER_MISSING", "/filing_number");
    // Sites have domains and addresses too, and may be connected, but are never distributed or
    // preinstalled.
    const bool is_kind_binding =
        app_.is_kind_given || has_app_key || request_.operation != Operation::kConnect;

    std::vector<const ServiceRecord*> fitting, dead;
    const ServiceRecord* closest = nullptr;
    std::pair<bool, int> closest_distance;
    for (const ServiceRecord* filing : registry_.candidates(request_)) {
      const auto comparison = compare(*filing);
      if (comparison.contradicts(is_kind_binding)) {
        const std::pair distance{!registry_.is_live(*filing), comparison.differences()};
        if (closest != nullptr && distance >= closest_distance) continue;
        closest = filing;
        closest_distance = distance;
      } else if (!registry_.is_live(*filing)) {
        dead.push_back(filing);
      } else {
        fitting.push_back(filing);
      }
    }
    // Found by domain or address, a filing that was only handed in does not compete with a filed
    // one.
    if (!has_app_key) keep_if_any(&fitting, [](const auto& f) { return !is_handed_in(f.status); });
    keep_if_any(&fitting, [&](const auto& f) { return !compare(f).differs("kind"); });
    keep_best_of_each_number(&fitting);
    // To say which filing is meant is to say that no other fits better: an absence.
    if (!can_say_absent_) {
      if (fitting.size() == 1) {
        find("NUMBER_RESOLVED", "/filing_number");
        filing_ = fitting[0];
      }
      return;
    }
    if (fitting.size() > 1) {
      candidates_ = fitting.size();
      return find("AMBIGUOUS", "/filing_number");
    }
    if (fitting.empty() && dead.empty()) {
      if (closest != nullptr) return judge_filing(*closest, is_kind_binding, "/app/kind");
      return find("NUMBER_MISSING", "/filing_number");
    }
    find("NUMBER_RESOLVED", "/filing_number");
    judge_filing(fitting.empty() ? *dead[0] : *fitting[0], is_kind_binding, "/app/kind");
  }

  // Several records under one number still count as one number.
  void keep_best_of_each_number(std::vector<const ServiceRecord*>* filings) const {
    std::map<std::string, const ServiceRecord*> best;
    const auto fit = [&](const ServiceRecord& f) {
      return std::tuple(compare(f).differences(), !registry_.is_filed(f), f.id);
    };
    for (const ServiceRecord* filing : *filings) {
      const ServiceRecord*& held = best[canonical(filing->number)];
      if (held == nullptr || fit(*filing) < fit(*held)) held = filing;
    }
    filings->clear();
    for (const auto& [number, filing] : best) filings->push_back(filing);
  }

  // Keeps those that are meant, if there are any; otherwise all.
  template <class IsMeant>
  static void keep_if_any(std::vector<const ServiceRecord*>* filings, IsMeant is_meant) {
    std::vector<const ServiceRecord*> meant;
    for (const ServiceRecord* filing : *filings)
      if (is_meant(*filing)) meant.push_back(filing);
    if (!meant.empty()) *filings = meant;
  }

  // --- a filing ---

  void judge_filing(const ServiceRecord& filing, bool is_kind_binding, const std::string& kind_at) {
    filing_ = &filing;
    const ReferenceComparison comparison = compare(filing);
    missing_ = comparison.not_comparable;
    const auto carry = [&](const std::string& name, const std::string& field,
                           const std::string& code, const std::string& where) {
      if (!comparison.fields.contains(field)) return;
      const bool is_equal = comparison.fields.at(field);
      compared_[name] = is_equal && (!compared_.contains(name) || compared_.at(name));
      if (!is_equal && (code == "PLATFORM_NOT_FILED" || !found(code))) find(code, where);
    };
    if (is_kind_binding) carry("kind", "kind", "WRONG_KIND", kind_at);
    carry("name", "name", "NAME_MISMATCH", "/app/name");
    carry("sponsor", "sponsor_name", "SPONSOR_MISMATCH", "/app/sponsor/name");
    carry("sponsor", "sponsor_certificate", "SPONSOR_MISMATCH", "/app/sponsor/certificate_number");
    carry("platform", "platform", "PLATFORM_NOT_FILED", "/app/platform");
    carry("platform", "host_platform", "PLATFORM_NOT_FILED", "/app/host_platform");
    carry("package", "package", "PACKAGE_NOT_FILED", "/app/package");
    carry("certificate", "fingerprint", "CERTIFICATE_MISMATCH", "/app/fingerprint");
    carry("certificate", "public_key", "PUBLIC_KEY_MISMATCH", "/app/public_key");
    judge_status(filing);
    judge_subject(registry_.subject_of(filing));
    if (filing.limit_access == true) find("ACCESS_RESTRICTED", "/filing_number");
    judge_network(filing);
    if (!app_.categories.empty() && !filing.approvals) missing_.insert("/app/categories");
    find_all(reference_approvals(app_, filing));
    find_all(reference_province(filing, registry_.subject_of(filing)));
    find_all(reference_display(app_, filing.number));
    if (!missing_.empty()) find("NOT_COMPARABLE", "", join(missing_));
  }

  void judge_status(const ServiceRecord& filing) {
    const std::string here = "/filing_number";
    switch (filing.status) {
      case Status::kFiled:
        return;
      case Status::kSubmitted:
      case Status::kProviderReview:
      case Status::kAuthorityReview:
        return find("PENDING", here, reference_pending(filing, day_));
      case Status::kReturned:
        return find("RETURNED", here);
      case Status::kChanging:
        return find("CHANGE_PENDING", here);
      case Status::kCancelling:
        return find("CANCELLING", here);
      case Status::kCancelled:
        return find("SERVICE_CANCELLED", here, on(filing.cancelled_on));
      case Status::kRevoked:
        return find("REVOKED", here, on(filing.cancelled_on));
      case Status::kBlacklisted:
        return find("BLACKLISTED", here, on(filing.cancelled_on));
      case Status::kUnknown:
        return find_once("REGISTRY_INCOMPLETE", here);
    }
  }

  // A subject that falls takes all its services with it.
  void judge_subject(const SubjectRecord* subject) {
    if (subject == nullptr) return;
    const std::map<Status, std::string> codes = {{Status::kCancelled, "SUBJECT_CANCELLED"},
                                                 {Status::kRevoked, "REVOKED"},
                                                 {Status::kBlacklisted, "BLACKLISTED"},
                                                 {Status::kCancelling, "CANCELLING"},
                                                 {Status::kChanging, "CHANGE_PENDING"}};
    if (codes.contains(subject->status))
      find_once(codes.at(subject->status), "/filing_number", on(subject->cancelled_on));
  }

  void judge_network(const ServiceRecord& filing) {
    judge_hosts("domain", "DOMAIN_NOT_FILED", "/app/domains", app_.domains,
                filing.domains.has_value(),
                [&](const auto& given) { return registry_.owner_of_domain(given, filing); });
    judge_hosts("ip", "IP_NOT_FILED", "/app/ips", app_.ips, filing.ips.has_value(),
                [&](const auto& given) { return registry_.owner_of_ip(given, filing); });
    const Kind kind = filing.number.kind();
    const bool is_own_access = kind == Kind::kApp || kind == Kind::kWebsite;
    const std::set<Status> filed = {Status::kFiled, Status::kChanging, Status::kCancelling};
    if (filing.providers && filing.providers->empty() && is_own_access &&
        filed.contains(filing.status))
      find("SHELL", "/filing_number");
    if (names_equal(request_.provider, "")) return;
    if (!filing.providers) missing_.insert("/provider");
    if (!filing.providers || filing.providers->empty()) return;
    bool is_added = false;
    for (const std::string& provider : *filing.providers)
      is_added |= names_equal(provider, request_.provider);
    if (!is_added && registry_.is_live(filing) && !is_handed_in(filing.status))
      find("ACCESS_NOT_ADDED", "/provider");
  }

  // Not filed by this service or another of its subject: an absence.
  template <class Host, class OwnerOf>
  void judge_hosts(const std::string& name, const std::string& code, const std::string& where,
                   const std::vector<Host>& given, bool is_known, OwnerOf owner_of) {
    bool is_every_one_filed = !given.empty();
    bool is_one_not_filed = false;
    for (std::size_t i = 0; i < given.size(); ++i) {
      const Owner owner = owner_of(given[i]);
      if (owner == Owner::kSubject) continue;
      is_every_one_filed = false;
      if (!is_known) {
        missing_.insert(where);
      } else if (can_say_absent_ && owner == Owner::kSubjectPerhaps) {
        find_once("REGISTRY_INCOMPLETE", item(where, i));
      } else if (can_say_absent_) {
        is_one_not_filed = true;
        find(code, item(where, i));
      }
    }
    if (is_every_one_filed || is_one_not_filed) compared_[name] = is_every_one_filed;
  }

  std::string assurance() const {
    const auto matched = [&](const char* name) {
      return compared_.contains(name) && compared_.at(name);
    };
    const bool is_package = matched("platform") && matched("package");
    if (is_package && matched("certificate")) return "certificate";
    if (is_package) return "package";
    if (matched("name")) return "name";
    return matched("number") && matched("kind") ? "number" : "none";
  }

  const ReferenceRegistry& registry_;
  const CheckRequest& request_;
  const AppIdentity& app_;
  Day day_;
  bool can_say_absent_ = false;
  std::vector<ReferenceFinding> findings_;
  std::map<std::string, bool> compared_;
  std::set<std::string> missing_;  // not comparable
  const ServiceRecord* filing_ = nullptr;
  std::size_t candidates_ = 0;
};

}  // namespace

Answer ReferenceGate::evaluate(const CheckRequest& request, std::string_view profile,
                               Instant now) const {
  return Evaluation(registry_, request, now).answer(profile);
}

}  // namespace beian::test
