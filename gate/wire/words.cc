#include "gate/wire/words.h"

#include <array>

namespace beian::wire {
namespace {

constexpr std::array<Words, 5> kKindWords = {{
    {"主体", "subject"},
    {"网站", "website"},
    {"APP", "app"},
    {"小程序", "mini-program"},
    {"快应用", "quick app"},
}};

constexpr std::array<Words, kStatusCount> kStageWords = {{
    {"状态未知", "in an unknown stage"},
    {"已备案", "filed"},
    {"已提交，等待接入服务商受理", "submitted and waiting for the access provider"},
    {"接入服务商初审中", "under review by the access provider"},
    {"通信管理局审核中", "under review by the communications administration"},
    {"已退回", "returned"},
    {"变更审核中", "being changed"},
    {"注销办理中", "being cancelled"},
    {"已注销", "cancelled"},
    {"已收回", "revoked"},
    {"已列入黑名单", "blacklisted"},
}};

// [F-14]: what runs in another app is handed to that app's platform, which reviews it first.
constexpr Words kHandedToPlatform = {"已提交，等待宿主平台受理",
                                     "submitted and waiting for the running platform"};
constexpr Words kAtPlatform = {"宿主平台初审中", "under review by the running platform"};

constexpr std::array<Words, static_cast<std::size_t>(MalformedReason::kUnexpectedText) + 1>
    kReasons = {{
        {"", ""},
        {"内容为空", "it is empty"},
        {"内容过长", "it is too long"},
        {"不是有效的 UTF-8 文本", "it is not UTF-8 text"},
        {"缺少省份简称（如“京”“粤”）", "the province character is missing (such as 京 or 粤)"},
        {"省份简称不存在", "no province has this character"},
        {"缺少“ICP备”“ICP证”或许可证类别", "ICP备, ICP证 or a licence class is missing"},
        {"许可证类别只有 A1、A2、B1、B2", "the licence classes are A1, A2, B1 and B2"},
        {"主体序号位数不对（备案号为 8 位或 10 位数字）",
         "the main digits are not as many as they must be (8 or 10 for a filing number)"},
        {"主体序号中有非数字字符", "there is something other than a digit among the main digits"},
        {"字母前缺少服务序号（如“-2A”）",
         "the letter has no service serial before it (such as -2A)"},
        {"连字符后缺少服务序号", "there is no service serial behind the hyphen"},
        {"服务序号不能为 0", "the service serial cannot be 0"},
        {"服务序号不能以 0 开头", "the service serial cannot begin with 0"},
        {"服务序号过大", "the service serial is too large"},
        {"服务类型字母只有 A（APP）、X（小程序）、K（快应用）",
         "the kind letters are A (app), X (mini-program) and K (quick app)"},
        {"中间有无法识别的内容", "there is text inside that belongs to no number"},
    }};

constexpr std::array<Words, static_cast<std::size_t>(OtherRegister::kEducation) + 1> kRegisters = {{
    {"其他登记", "another register"},
    {"公安联网备案号（公网安备）", "a public-security record number (公网安备)"},
    {"网络文化经营许可证号（文网文）", "an online culture licence number (文网文)"},
    {"视听节目或广播电视节目许可证号", "an audiovisual or broadcast programme licence number"},
    {"域名注册服务机构许可证号", "a domain registrar licence number"},
    {"计算机软件著作权登记号", "a software copyright registration number"},
    {"教育 APP 备案号（教备、教APP备）", "an education app record number (教备, 教APP备)"},
}};

constexpr std::array<Words, kRepairCount> kRepairs = {{
    {"去掉“备”或“证”后多余的“案”“号”、冒号或连字符",
     "案, 号, a colon or a hyphen behind 备 or 证 dropped"},
    {"去掉数字前的“字”或“第”", "字 or 第 before the digits dropped"},
    {"去掉重复的省份简称、“ICP备”“ICP证”，或许可证号前的“ICP备”“ICP证”",
     "a province, ICP备 or ICP证 dropped that is there twice, or ICP备 or ICP证 before a licence"},
    {"补上缺少的“号”", "the missing 号 added"},
    {"“号”移到服务序号之前", "号 moved before the serial"},
    {"去掉号码后的多余文字", "text behind the number dropped"},
    {"去掉号码前的标签", "a label before the number dropped"},
    {"省份简称改为备案所用的字（如川→蜀）",
     "the province character that filings print (such as 蜀 for 川)"},
    {"去掉许可证号后的“号”", "号 behind a licence number dropped"},
    {"更正写错的“ICP备”“ICP证”（如 IPC备）", "a misspelt ICP备 or ICP证 corrected (such as IPC备)"},
    {"“ICP许可证”改为“ICP证”", "ICP许可证 shortened to ICP证"},
}};

constexpr std::array<Words, kFieldCount> kFields = {{
    {"请求", "the request"},
    {"备案号", "filing number"},
    {"服务类型", "kind"},
    {"名称", "name"},
    {"主办者名称", "sponsor's name"},
    {"主办者证件号码", "sponsor's certificate number"},
    {"操作系统平台", "platform"},
    {"包名", "package"},
    {"证书指纹", "certificate fingerprint"},
    {"公钥", "public key"},
    {"域名", "domains"},
    {"IP 地址", "IP addresses"},
    {"内容类别", "content categories"},
    {"接入服务商", "access provider"},
    {"展示的备案号", "displayed number"},
    {"单机声明", "offline declaration"},
    {"网络权限", "network permission"},
    {"境外运营声明", "overseas operator declaration"},
    {"境外服务器声明", "overseas servers declaration"},
    {"首次上架日期", "date of first publication"},
    {"判断日期", "day judged by"},
    {"最低登记库序号", "lowest registry serial"},
    {"宿主平台", "host platform"},
}};

constexpr std::array<Words, kOperationCount> kOperationWords = {{
    {"分发", "distributed"},
    {"接入网络", "connected"},
    {"预置", "preinstalled"},
}};

bool runs_in_another_app(Kind kind) noexcept {
  return kind == Kind::kMiniProgram || kind == Kind::kQuickApp;
}

template <class Table, class Enum>
Words at(const Table& table, Enum value) noexcept {
  const auto index = static_cast<std::size_t>(value);
  return index < table.size() ? table[index] : Words{};
}

}  // namespace

Words kind_words(Kind kind) noexcept {
  return at(kKindWords, kind);
}
Words stage_words(Status status, Kind kind) noexcept {
  if (runs_in_another_app(kind) && status == Status::kSubmitted) return kHandedToPlatform;
  if (runs_in_another_app(kind) && status == Status::kProviderReview) return kAtPlatform;
  return at(kStageWords, status);
}
Words agent_words(Kind kind) noexcept {
  if (runs_in_another_app(kind)) return {"宿主平台", "running platform"};
  return {"接入服务商", "access provider"};
}
Words reason_words(MalformedReason reason) noexcept {
  return at(kReasons, reason);
}
Words register_words(OtherRegister what) noexcept {
  return at(kRegisters, what);
}
Words repair_words(int bit) noexcept {
  return at(kRepairs, bit);
}
Words field_words(FieldId field) noexcept {
  return at(kFields, field);
}
Words operation_words(Operation operation) noexcept {
  return at(kOperationWords, operation);
}

Words suggestion_words(SuggestionReason reason) noexcept {
  switch (reason) {
    case SuggestionReason::kSameNumberOtherKind:
      return {"号码相同，类型字母不同", "same number, another kind letter"};
    case SuggestionReason::kSameSubjectSameName:
      return {"同一主体，名称相同", "same subject, same name"};
    case SuggestionReason::kSameSubjectSamePackage:
      return {"同一主体，包名相同", "same subject, same package"};
    case SuggestionReason::kSameSubjectSameCertificate:
      return {"同一主体，签名证书相同", "same subject, same signing certificate"};
    case SuggestionReason::kSameSubject:
      return {"同一主体的其他服务", "another service of the same subject"};
    case SuggestionReason::kSamePackage:
      return {"该包名备案在此号码下", "this package is filed under it"};
    case SuggestionReason::kSameCertificate:
      return {"签名证书相同", "same signing certificate"};
    case SuggestionReason::kLetterForDigit:
      return {"数字误写成了形近的字母", "a letter stands for the digit that it looks like"};
    case SuggestionReason::kTextDamaged:
      return {"号码中数字以外的部分有误（如“ICP备”、连字符或多余文字）",
              "what stands around the digits is wrong, such as ICP备, a hyphen or other text"};
    case SuggestionReason::kDigitsSwapped:
      return {"相邻两位数字颠倒", "two neighbouring digits swapped"};
    case SuggestionReason::kDigitMistyped:
      return {"有一位数字不同", "one digit differs"};
    case SuggestionReason::kDigitsMissing:
      return {"主体序号少写或多写了数字", "main digits missing or too many"};
    case SuggestionReason::kOtherProvince:
      return {"数字相同，省份简称不同", "same digits, another province"};
    case SuggestionReason::kOtherForm:
      return {"数字相同，号码类别不同（ICP备、ICP证或许可证）",
              "same digits, another form: ICP备, ICP证 or licence"};
  }
  return {};
}

}  // namespace beian::wire
