#include <array>

#include "gate/wire/message_steps.h"

namespace beian::wire {
namespace {

constexpr std::array<MessageTemplate, kMessageRowCount> kTemplatesZh = {{
    {Code::kNumberMissing,
     "没有填写备案号[，按{sought}也没有找到对应的备案][；未备案的{kind}不得{duty}]。",
     "如已备案，请填写带服务序号的完整备案号（形如 {example}），可在 {query} "
     "查询。如未备案，请{where}。{materials}"},
    {Code::kNumberResolved, "没有填写备案号；按{sought}找到的备案是 {number}[（{name}）]。",
     "请确认这是本{kind}的备案，并填写备案号 {number}。"},
    {Code::kAmbiguous,
     "没有填写备案号，符合条件的备案有 {count} 个[：{expected}][（只比对了前 {compared} "
     "个备案，此外还有）]。",
     "请填写本{kind}的完整备案号，可在 {query} 查询。"},
    {Code::kNumberMalformed, "“{given}”不是有效的备案号：{reason}；位置：第 {place} 个字符。",
     "请按备案成功通知填写完整备案号（形如 {example}），可在 {query} 查询。"},
    {Code::kNumberRepaired, "填写的“{given}”已按 {number} 理解：{repairs}。",
     "请改用规范写法 {number}。"},
    {Code::kNumberImplausible, "{number} 格式正确，但像是占位号码，或年份不可能存在。",
     "请核对号码，可在 {query} 查询。"},
    {Code::kNotAFiling, "“{given}”不是 ICP 备案号，而是{register}。",
     "请填写本{kind}的 ICP 备案号（形如 {example}），可在 {query} 查询。"},
    {Code::kSubjectOnly,
     "{number} 是主体备案号或许可证号，只能说明主办者[是“{sponsor}”]，不能说明是哪个{kind}。",
     "请填写带服务序号的备案号，{kind}的号码形如 {number}{suffix}（n 为服务序号）；可在 {query} "
     "用主体备案号查询其名下全部服务。"},
    {Code::kWrongKind, "备案号[ {number} ]对应的是{given}，而这里需要{kind}的备案。",
     "请填写{kind}的备案号。不同类型的服务须分别备案，以网站名义备案过的也不例外；尚未按{kind}"
     "备案的，请{where}。"},
    {Code::kNotFiled,
     "登记库（序号 {serial}，截至 {as_of}）中没有 {number}[；未备案的{kind}不得{duty}]。",
     "请先核对号码是否填错，可在 {query} 查询。确未备案的，请{where}。{materials}"},
    {Code::kPending,
     "{number} 尚未备案成功：{stage}[，办理期限到 {date} 为止（20 个工作日）]{overdue}{calendar}。",
     "请等待审核结果，备案成功后再上线。{overdue_advice}"},
    {Code::kReturned, "{number} 的备案申请已被退回。",
     "请登录原提交平台查看退回原因，修改后重新提交：{where}。{materials}"},
    {Code::kServiceCancelled, "{number} 的备案已[于 {date} ]注销。",
     "注销不可恢复。继续提供服务须重新备案：请{where}。"},
    {Code::kSubjectCancelled,
     "{number} 所属主体[“{sponsor}”]的备案已[于 {date} ]注销，名下全部服务随之失效。",
     "主体须重新备案，再为本{kind}备案：请{where}。"},
    {Code::kRevoked, "{number} 的备案已[于 {date} ]被收回。",
     "请向{administration}了解原因；处理完毕前不得{act}。"},
    {Code::kBlacklisted, "{number} 的主办者[“{sponsor}”]已被列入备案黑名单。",
     "请向{administration}了解原因；移出黑名单前不得{act}。"},
    {Code::kCancelling, "{number} 正在办理注销。",
     "如非本意，请立即联系提交注销的{agent}；注销完成后须重新备案。"},
    {Code::kChangePending, "{number} 的变更正在审核，原备案信息仍然有效。",
     "变更审核通过前，请以原备案信息为准。"},
    {Code::kAccessRestricted, "{number} 已备案，但被限制接入。",
     "请向{administration}或{agent}了解限制原因并整改；解除前不得{act}。"},
    {Code::kShell, "{number} 已备案，但没有任何接入服务商（空壳备案）。",
     "请通过现在的接入服务商办理新增接入，否则该备案可能被注销。[可用的备案系统例如：{portals}。]"},
    {Code::kNameMismatch, "名称不一致：填写的是“{given}”，{number} 备案的名称是“{expected}”。",
     "请使用备案名称；如已改名，请通过原备案的{agent}办理变更备案。"},
    {Code::kPackageNotFiled,
     "包名不一致：填写的是“{given}”，{number} 备案的[ {platform} ]包名是“{expected}”。",
     "如确属同一{kind}，请办理变更备案，增加该包名；否则请填写该包名自己的备案号。"},
    {Code::kCertificateMismatch,
     "签名证书指纹不一致：安装包是 {given}，{number} 备案的是 {expected}。",
     "请使用备案时的证书签名（不要用调试证书或被渠道重新签名的包）；证书已更换的，请办理变更备案"
     "。"},
    {Code::kPublicKeyMismatch, "公钥不一致：安装包是 {given}，{number} 备案的是 {expected}。",
     "请使用备案时的证书签名；证书已更换的，请办理变更备案，登记新的公钥。"},
    {Code::kPlatformNotFiled, "{number} 没有备案“{given}”平台，已备案的平台是：{expected}。",
     "请通过原备案的{agent}办理变更备案，增加该平台及其包名、公钥和证书指纹。"},
    {Code::kSponsorMismatch,
     "主办者不一致：填写的{field}是“{given}”[，{number} 备案的是“{expected}”]。",
     "请核对主办者名称和证件号码；备案不能转让，换了主办者须由新主办者重新备案。"},
    {Code::kDomainNotFiled,
     "域名“{given}”不在 {number} 及同一主体其他服务的备案中[；备案的域名是：{expected}]。",
     "请办理变更备案，增加该域名；域名属于其他主体的，请由该主体备案。"},
    {Code::kIpNotFiled,
     "IP 地址 {given} 不在 {number} 及同一主体其他服务的备案中[；备案的地址是：{expected}]。",
     "请通过{agent}更新备案中的 IP 地址。"},
    {Code::kAccessNotAdded,
     "{number} 已备案，但没有在“{given}”接入[；已登记的接入服务商是：{expected}]。",
     "请在现在的接入服务商处办理新增接入。"},
    {Code::kApprovalMissing,
     "内容类别“{given}”需要前置审批，{number} 没有相应的审批记录[；已登记的审批：{expected}]。",
     "请先取得主管部门的审批文件，再办理变更备案；如不涉及该类内容，请更正内容类别。"},
    {Code::kDisplayMissing, "没有展示备案号。",
     "请在{kind}的显著位置和分发平台的页面展示 {expected}，并链接 {query}。"},
    {Code::kDisplayMismatch, "展示的备案号是“{given}”[，{reason}]；应为 {expected}。",
     "请把展示的备案号改为 {expected}，并链接 {query}。"},
    {Code::kProvinceMismatch, "{number} 的省份与主办者住所所在省份[（{expected}）]不一致。",
     "主办者变更到其他省份的，须注销原备案，并在住所所在地重新备案；请核对主办者信息。"},
    {Code::kNotComparable,
     "未能比对：{fields}"
     "。登记库没有这些信息、记得不全，或者不是可以比对的形式（例如另一种摘要算法、"
     "另一种叫法）。",
     "[请给出签名证书的 {algorithms} "
     "指纹（备案所用的算法），最好给出全部指纹。]如须核对登记库没有的"
     "信息，请向主办者索取其备案信息。"},
    {Code::kExemptOffline, "声明为不联网的单机{kind}，无须备案。",
     "请确认声明属实；以后联网提供服务的，须先备案。"},
    {Code::kExemptOverseas,
     "声明为境外主体运营且服务器在境外，不属于境内互联网信息服务，无须备案。",
     "请确认声明属实；改由境内主体运营或使用境内服务器的，须先备案。"},
    {Code::kExemptionContradicted, "免于备案的声明与其他信息矛盾：{fields}。",
     "请更正声明；确需联网，或由境内主体运营、使用境内服务器的，须先备案：请{where}。"},
    {Code::kBeforeRegime, "判断日期早于 2023-09-01，APP 备案制度尚未对新上架应用执行。",
     "自 2023-09-01 起，新上架的 APP 须先备案再上线。"},
    {Code::kStockGrace, "2023-09-01 前已上架的存量应用，可在 2024-03-31 及以前补办备案。",
     "请不晚于 2024-03-31 完成备案：{where}。"},
    {Code::kRegistryStale, "登记库数据截至 {as_of}，已超过更新期限；结论仍然有效。",
     "网关运维人员：请检查登记库的更新。"},
    {Code::kRegistryExpired,
     "登记库数据截至 {as_of}，已经过期；现在不能认定未备案，也不能认定没有问题。",
     "请稍后重试。网关运维人员：请恢复登记库的更新。"},
    {Code::kRegistryIncomplete, "登记库不完整，现在不能认定未备案，也不能认定没有问题。",
     "请稍后重试。网关运维人员：请装载完整的登记库。"},
    {Code::kRegistryBehind, "登记库序号为 {serial}，低于请求要求的 {given}。",
     "请稍后重试，或询问数据更新的节点。"},
    // MessageCase::kFoundSite
    {Code::kNumberResolved, "",
     "请确认这是本{kind}的备案；按域名或 IP 地址即可找到它，无须填写备案号。"},
    // MessageCase::kMissingHere
    {Code::kNumberMissing, "",
     "如是已备案的APP，请填写带服务序号的完整备案号（形如 "
     "{example}）；如是已备案的网站，请在其备案中"
     "增加这里的域名或 IP 地址；可在 {query} 查询。如未备案，请{where}。{materials}"},
    // MessageCase::kSeveralHere
    {Code::kAmbiguous, "",
     "如是APP，请填写其完整备案号；如是网站，请填写其备案名称。可在 {query} 查询。"},
    // MessageCase::kHostPlatform
    {Code::kPlatformNotFiled, "",
     "请核对宿主平台。{kind}由宿主平台提交备案；尚未在“{given}”备案的，请{where}。"},
    // MessageCase::kLifted
    {Code::kNumberMissing, "", "无须处理：此处不要求备案号。"},
    // MessageCase::kGrace
    {Code::kNumberMissing, "", "过渡期内暂不影响{act}，但须不晚于 2024-03-31 完成备案。"},
    // MessageCase::kGracePending
    {Code::kPending, "",
     "请等待审核结果；过渡期内暂不影响{act}，但须不晚于 2024-03-31 备案成功。{overdue_advice}"},
    // MessageCase::kWrongLetter
    {Code::kWrongKind,
     "{number} 是{given}备案号的写法；登记库中这个服务序号备案的是{kind}，备案号为 {filed}。",
     "如确属本{kind}，请改填 {filed}。"},
    // MessageCase::kOtherSerial
    {Code::kWrongKind,
     "登记库中 {number} 的服务序号备案的是{given}，备案号为 {filed}；而这里需要{kind}的备案。", ""},
    // MessageCase::kStatusUnknown
    {Code::kRegistryIncomplete, "登记库没有记载 {number} 的状态，现在不能认定它已备案。",
     "请在 {query} 查询它的状态，或稍后重试。网关运维人员：请在登记库中补上它的状态。"},
    // MessageCase::kHolderUnknown
    {Code::kRegistryIncomplete,
     "登记“{given}”的是同一主体的另一服务，登记库没有记载该服务的状态，现在不能认定它已备案。",
     "请在 {query} 查询该服务的状态，或稍后重试。网关运维人员：请在登记库中补上它的状态。"},
    // MessageCase::kUnfiledMissing
    {Code::kDisplayMissing, "", "请在{kind}的显著位置展示备案成功后取得的备案号，并链接 {query}。"},
    // MessageCase::kUnfiledMismatch
    {Code::kDisplayMismatch, "展示的备案号是“{given}”[，{reason}]；填写的是 {number}。",
     "请填写并展示备案成功后取得的同一个备案号，并链接 {query}。"},
}};

static_assert(is_in_order(kTemplatesZh), "one row a code, in the order of the enumerators");

constexpr StepTable<kMessageRowCount, steps::count(kTemplatesZh)> kStepsZh(kTemplatesZh);

}  // namespace

MessageSteps message_steps_zh(MessageRow row) noexcept {
  return kStepsZh.message(static_cast<std::size_t>(row));
}
MessageSteps remedy_steps_zh(MessageRow row) noexcept {
  return kStepsZh.remedy(static_cast<std::size_t>(row));
}

}  // namespace beian::wire
