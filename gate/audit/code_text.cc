#include "gate/audit/code_text.h"

#include <array>

namespace beian::audit {
namespace {

struct Row {
  Code code;
  CodeText text;
};

constexpr std::array<Row, kCodeCount> kTexts = {{
    {Code::kNumberMissing,
     {{"没有备案号", "No filing number"},
      {"没有填写备案号，按所填的其他信息也没有找到备案。未备案的，须先备案再上架、接入或预置。",
       "None was given, and none was found by what else was given. What is not filed has to be "
       "filed first."}}},
    {Code::kNumberResolved,
     {{"按包名等找到备案", "Found without a number"},
      {"没有填写备案号，但按包名、证书或域名找到了唯一的备案。请核对后补填。",
       "No number was given, but exactly one filing fits by package, certificate or domain. "
       "Confirm it and add the number."}}},
    {Code::kAmbiguous,
     {{"有多个备案符合", "Several filings fit"},
      {"没有填写备案号，符合条件的备案不止一个。请填写完整备案号。",
       "No number was given, and more than one filing fits. Give the full number."}}},
    {Code::kNumberMalformed,
     {{"备案号格式错误", "Malformed number"},
      {"填写的文字不是备案号，例如位数不对或缺少省份简称。请按备案成功通知填写。",
       "The text is no filing number: a digit or the province is missing, for example. Copy it "
       "from the notice of the filing."}}},
    {Code::kNumberRepaired,
     {{"备案号写法不规范", "Number repaired"},
      {"备案号经过修正才能识别（多字、漏字等）。结论不受影响，建议改用规范写法。",
       "The number could only be read after a repair (a character too many or too few). The "
       "decision stands; write it the regular way."}}},
    {Code::kNumberImplausible,
     {{"备案号疑似占位", "Implausible number"},
      {"格式正确，但像是占位号码，或年份不可能存在。请核对。",
       "Well formed, but it looks like a placeholder or has an impossible year. Check it."}}},
    {Code::kNotAFiling,
     {{"不是 ICP 备案号", "Another kind of number"},
      {"填写的是其他号码，例如公安备案、软著登记或许可证。请填写 ICP 备案号。",
       "It belongs to another register, such as public security or software copyright. Give the "
       "ICP filing number."}}},
    {Code::kSubjectOnly,
     {{"只有主体备案号", "Subject number only"},
      {"主体备案号只说明主办者，不说明是哪个服务。请填写带服务序号的备案号。",
       "A subject number names the sponsor, not a service. Give the number with its service "
       "serial."}}},
    {Code::kWrongKind,
     {{"服务类型不符", "Filed as another kind"},
      {"备案号对应的是另一类服务，例如网站而不是 APP。以网站名义备案过的，仍须按 APP 另行备案。",
       "The number is that of another kind of service, such as a website. An app is filed as an "
       "app."}}},
    {Code::kNotFiled,
     {{"未备案", "Not filed"},
      {"完整有效的登记库中没有该备案号。请核对号码；确未备案的，须先备案。",
       "A complete and current registry does not have this number. Check for a slip; otherwise it "
       "has to be filed first."}}},
    {Code::kPending,
     {{"备案审核中", "Filing under way"},
      {"已提交，尚未备案成功。备案成功后再上线。",
       "Submitted, not yet filed. Go online once it is."}}},
    {Code::kReturned,
     {{"备案被退回", "Filing returned"},
      {"备案申请被接入服务商、宿主平台或通信管理局退回。请按原因修改后重新提交。",
       "Access provider, running platform or administration sent the application back. Correct it "
       "and submit it again."}}},
    {Code::kServiceCancelled,
     {{"服务备案已注销", "Service cancelled"},
      {"该服务的备案已注销，注销不可恢复。继续提供服务须重新备案。",
       "The filing of this service was cancelled for good. To go on, file it again."}}},
    {Code::kSubjectCancelled,
     {{"主体备案已注销", "Subject cancelled"},
      {"主体的备案已注销，名下全部服务随之失效。",
       "The subject was cancelled, and all of its services with it."}}},
    {Code::kRevoked,
     {{"备案已被收回", "Filing revoked"},
      {"备案被通信管理局收回。请向通信管理局了解原因；处理完毕前不得提供服务。",
       "The administration revoked the filing. Ask it for the reasons; nothing goes online until "
       "it is settled."}}},
    {Code::kBlacklisted,
     {{"主体在黑名单中", "Sponsor blacklisted"},
      {"主办者已被列入备案黑名单。移出前不得提供服务。",
       "The sponsor is on the filing blacklist. Nothing goes online until it is off."}}},
    {Code::kCancelling,
     {{"正在注销", "Being cancelled"},
      {"备案正在办理注销，请人工确认。如非本意，请立即联系接入服务商或宿主平台。",
       "The filing is being cancelled; a person should look. If that is not meant, contact the "
       "access provider or running platform now."}}},
    {Code::kChangePending,
     {{"变更审核中", "Change in review"},
      {"变更正在审核，原备案信息仍然有效。", "A change is in review; the filed data stay valid."}}},
    {Code::kAccessRestricted,
     {{"被限制接入", "Access restricted"},
      {"已备案，但被限制接入。请向通信管理局、接入服务商或宿主平台了解原因并整改。",
       "Filed, but its access is restricted. Ask the administration, access provider or running "
       "platform, and put it right."}}},
    {Code::kShell,
     {{"空壳备案", "Shell filing"},
      {"已备案，但没有任何接入服务商。请办理新增接入，否则可能被注销。",
       "Filed, but no access provider is left. Add the present one, or it may be cancelled."}}},
    {Code::kNameMismatch,
     {{"名称不一致", "Name differs"},
      {"填写的名称与备案名称不同。请使用备案名称，或办理变更备案。",
       "The name is not one that was filed. Use the filed name, or have the filing changed."}}},
    {Code::kPackageNotFiled,
     {{"包名未备案", "Package not filed"},
      {"该备案没有登记这个包名。确属同一 APP 的，办理变更备案；否则填写它自己的备案号。",
       "The filing does not hold this package. If it is the same app, have the filing changed; "
       "else give its own number."}}},
    {Code::kCertificateMismatch,
     {{"证书指纹不一致", "Certificate differs"},
      {"安装包的签名证书不是备案登记的证书，可能是重新打包或更换了证书。",
       "The package is not signed with a filed certificate: it was re-signed, or the certificate "
       "was replaced."}}},
    {Code::kPublicKeyMismatch,
     {{"公钥不一致", "Public key differs"},
      {"安装包的公钥不是备案登记的公钥。",
       "The public key of the package is not one that was filed."}}},
    {Code::kPlatformNotFiled,
     {{"平台未备案", "Platform not filed"},
      {"已备案，但没有登记这个平台。请办理变更备案，增加该平台。",
       "Filed, but not for this platform. Have the filing changed to add it."}}},
    {Code::kSponsorMismatch,
     {{"主办者不一致", "Sponsor differs"},
      {"填写的主办者与备案不同，请人工确认。备案不能转让。",
       "The sponsor is not the one that filed; a person should look. A filing cannot be handed "
       "on."}}},
    {Code::kDomainNotFiled,
     {{"域名未备案", "Domain not filed"},
      {"域名不在该服务及同一主体其他服务的备案中。",
       "Neither this service nor another of the same subject has filed the domain."}}},
    {Code::kIpNotFiled,
     {{"IP 地址未备案", "IP address not filed"},
      {"IP 地址不在该服务及同一主体其他服务的备案中。",
       "Neither this service nor another of the same subject has filed the address."}}},
    {Code::kAccessNotAdded,
     {{"未新增接入", "Access not added"},
      {"已备案，但没有在该接入服务商登记接入。", "Filed, but not with access by this provider."}}},
    {Code::kApprovalMissing,
     {{"缺少前置审批", "Approval missing"},
      {"内容类别需要前置审批，备案中没有相应记录，请人工确认。",
       "The category needs prior approval, and none is recorded; a person should look."}}},
    {Code::kDisplayMissing,
     {{"未展示备案号", "Number not displayed"},
      {"没有在显著位置展示备案号。", "No filing number is displayed."}}},
    {Code::kDisplayMismatch,
     {{"展示的备案号不符", "Displayed number differs"},
      {"展示的备案号与备案不一致。", "The number displayed is not that of the filing."}}},
    {Code::kProvinceMismatch,
     {{"省份不一致", "Province differs"},
      {"备案号的省份与主办者住所所在省份不同，请人工确认。",
       "The province of the number is not that of the sponsor's domicile; a person should look."}}},
    {Code::kNotComparable,
     {{"部分信息无法比对", "Not comparable"},
      {"登记库没有其中一些信息，或没有可以比对的形式，未能比对。",
       "The registry does not hold some of the given fields, or not in a form that can be "
       "compared, "
       "so they were not compared."}}},
    {Code::kExemptOffline,
     {{"单机应用，免备案", "Exempt: offline"},
      {"声明为不联网的单机应用，且没有矛盾。",
       "Declared to be stand-alone without network, and nothing contradicts it."}}},
    {Code::kExemptOverseas,
     {{"境外服务，免备案", "Exempt: abroad"},
      {"声明由境外主体运营、服务器在境外，且没有矛盾。",
       "Declared to be run from abroad on servers abroad, and nothing contradicts it."}}},
    {Code::kExemptionContradicted,
     {{"免备案声明不成立", "Exemption contradicted"},
      {"免备案的声明与联网权限、域名或运营主体矛盾。请更正声明，或先备案。",
       "Network permission, domain, operator or servers contradict the declared exemption. Correct "
       "it, or file first."}}},
    {Code::kBeforeRegime,
     {{"制度执行之前", "Before the regime"},
      {"判断日期早于 2023-09-01，APP 备案制度尚未执行。",
       "The day judged by is before 2023-09-01, when filing of apps was not yet enforced."}}},
    {Code::kStockGrace,
     {{"存量应用过渡期", "Grace for existing apps"},
      {"2023-09-01 前已上架的应用，可在 2024-03-31 及以前补办备案。",
       "Published before 2023-09-01, it has until 2024-03-31, that day included, to be filed."}}},
    {Code::kRegistryStale,
     {{"登记库更新滞后", "Registry stale"},
      {"登记库数据超过更新期限，结论仍然有效。请检查更新。",
       "The registry is older than it should be; decisions still hold. See why it is not "
       "updated."}}},
    {Code::kRegistryExpired,
     {{"登记库已过期", "Registry expired"},
      {"登记库数据已经过期，不能认定未备案，也不能认定没有问题。请恢复更新后重新审核。",
       "The registry has expired: neither absence nor a clean filing can be asserted. Update it "
       "and run again."}}},
    {Code::kRegistryIncomplete,
     {{"登记库不完整", "Registry incomplete"},
      {"登记库不完整，或没有记载该备案的状态，不能认定未备案或没有问题。请补全登记库。",
       "The registry is not the whole one, or lacks the status of the filing: neither absence nor "
       "a "
       "clean filing can be asserted. Complete it."}}},
    {Code::kRegistryBehind,
     {{"登记库序号过低", "Registry behind"},
      {"登记库的序号低于请求所要求的序号。请更新后重试。",
       "The registry is older than the serial that was asked for. Update it and try again."}}},
}};

constexpr bool is_in_order() noexcept {
  for (std::size_t i = 0; i < kTexts.size(); ++i)
    if (static_cast<std::size_t>(kTexts[i].code) != i) return false;
  return true;
}
static_assert(is_in_order(), "one row a code, in the order of the enumerators");

}  // namespace

const CodeText& code_text(Code code) noexcept {
  return kTexts[static_cast<std::size_t>(code)].text;
}

}  // namespace beian::audit
