// The law behind each code, as SOURCES.md resolves it. Paragraphs are named only where they are
// certain.
#include <string_view>

#include "gate/wire/messages.h"
#include "gate/wire/words.h"

namespace beian::wire {
namespace {

// [ATF-23] [MIIT-2023-105 (一)] [MIIT-2023-105 (九)]
constexpr Words kDuty = {"《反电信网络诈骗法》第二十三条；工信部信管〔2023〕105号 (一)(九)",
                         "Anti-Telecom and Online Fraud Law, art. 23; MIIT notice 2023 No. 105 "
                         "(工信部信管〔2023〕105号), (一) and (九)"};
// [MIIT-2023-105 (九)]
constexpr Words kNoService = {"工信部信管〔2023〕105号 (九)",
                              "MIIT notice 2023 No. 105 (工信部信管〔2023〕105号), (九)"};
// [MIIT-2023-105]
constexpr Words kNotice = {"工信部信管〔2023〕105号",
                           "MIIT notice 2023 No. 105 (工信部信管〔2023〕105号)"};
// [MIIT-2023-105 stages]
constexpr Words kStages = {"工信部信管〔2023〕105号 工作安排",
                           "MIIT notice 2023 No. 105 (工信部信管〔2023〕105号), stages"};
// [MIIT-2023-105 (一)]
constexpr Words kScope = {"工信部信管〔2023〕105号 (一)",
                          "MIIT notice 2023 No. 105 (工信部信管〔2023〕105号), (一)"};
// [SC-292 §2] [MIIT-2023-105 (一)]
constexpr Words kWithinChina = {
    "《互联网信息服务管理办法》第二条；工信部信管〔2023〕105号 (一)",
    "State Council Order 292, art. 2; MIIT notice 2023 No. 105 (工信部信管〔2023〕105号), (一)"};
// [SC-292 §4] [MIIT-2023-105 (九)]
constexpr Words kGone = {
    "《互联网信息服务管理办法》第四条；工信部信管〔2023〕105号 (九)",
    "State Council Order 292, art. 4; MIIT notice 2023 No. 105 (工信部信管〔2023〕105号), (九)"};
// [SC-292 §5] [MII-33 §11]
constexpr Words kApproval = {"《互联网信息服务管理办法》第五条；信息产业部令第33号 第十一条",
                             "State Council Order 292, art. 5; MII Order 33, art. 11"};
// [MII-33 §12] [MIIT-2023-105 (九)]
constexpr Words kReview = {
    "信息产业部令第33号 第十二条；工信部信管〔2023〕105号 (九)",
    "MII Order 33, art. 12; MIIT notice 2023 No. 105 (工信部信管〔2023〕105号), (九)"};
// [MII-33 §13] [MIIT-2023-105]
constexpr Words kDisplay = {
    "信息产业部令第33号 第十三条；工信部信管〔2023〕105号",
    "MII Order 33, art. 13; MIIT notice 2023 No. 105 (工信部信管〔2023〕105号)"};
// [MII-33 §3]
constexpr Words kDomicile = {"信息产业部令第33号 第三条", "MII Order 33, art. 3"};
// [ATF-23]
constexpr Words kVerify = {"《反电信网络诈骗法》第二十三条",
                           "Anti-Telecom and Online Fraud Law, art. 23"};
// Policy: named as a rule of ours, not as law.
constexpr Words kOurs = {"网关规则，无对应的法规条文", "a rule of this gate, on no clause of law"};

Words basis_words(Code code) noexcept {
  switch (code) {
    case Code::kNumberMissing:
    case Code::kNotFiled:
    case Code::kExemptionContradicted:
      return kDuty;
    case Code::kNumberMalformed:
    case Code::kNotAFiling:
    case Code::kSubjectOnly:
    case Code::kShell:
    case Code::kAccessNotAdded:
      return kNoService;
    case Code::kPending:
    case Code::kReturned:
      return kReview;
    case Code::kServiceCancelled:
    case Code::kSubjectCancelled:
    case Code::kRevoked:
    case Code::kBlacklisted:
      return kGone;
    case Code::kWrongKind:
    case Code::kNameMismatch:
    case Code::kPackageNotFiled:
    case Code::kCertificateMismatch:
    case Code::kPublicKeyMismatch:
    case Code::kPlatformNotFiled:
    case Code::kDomainNotFiled:
    case Code::kIpNotFiled:
      return kNotice;
    case Code::kSponsorMismatch:
      return kVerify;
    case Code::kApprovalMissing:
      return kApproval;
    case Code::kDisplayMissing:
    case Code::kDisplayMismatch:
      return kDisplay;
    case Code::kProvinceMismatch:
      return kDomicile;
    case Code::kExemptOffline:
      return kScope;
    case Code::kExemptOverseas:
      return kWithinChina;
    case Code::kBeforeRegime:
    case Code::kStockGrace:
      return kStages;
    // Policy: doubts about the text, the registry at hand and transient states rest on no clause.
    case Code::kNumberResolved:
    case Code::kAmbiguous:
    case Code::kNumberRepaired:
    case Code::kNumberImplausible:
    case Code::kCancelling:
    case Code::kChangePending:
    case Code::kAccessRestricted:
    case Code::kNotComparable:
    case Code::kRegistryStale:
    case Code::kRegistryExpired:
    case Code::kRegistryIncomplete:
    case Code::kRegistryBehind:
      return kOurs;
  }
  return {};
}

}  // namespace

std::string_view basis_of(Code code, Language language) noexcept {
  return basis_words(code).in(language);
}

}  // namespace beian::wire
