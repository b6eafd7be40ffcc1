// Reads a filing number out of what people really type.
//
// Three layers: the canonical spelling goes through without a copy; other typography of the same
// text (full width, traditional, spaces, dashes, case, invisible characters) is folded in silence;
// real mistakes with one evident meaning are repaired, and each repair is named. Digits are never
// padded, dropped or guessed.
//
// Pure, no allocation, any thread; never reads past `text`.
#pragma once

#include <cstdint>
#include <string_view>

#include "cache/filing/number.h"

namespace beian {

// A set of repairs; repair_name() names each bit.
enum Repair : std::uint16_t {
  kExtraAn = 1 << 0,         // 备案 for 备
  kExtraDi = 1 << 1,         // 第, 字 or 字第 before the digits
  kDoubledToken = 1 << 2,    // ICP备ICP备, 京京ICP备
  kMissingHao = 1 << 3,      // no 号 on a filing or ICP licence
  kHaoAfterSerial = 1 << 4,  // …-5号
  kTrailingText = 1 << 5,    // text behind the number
  kLeadingLabel = 1 << 6,    // ICP证：… , 备案号：…
  kProvinceAlias = 1 << 7,  // 川->蜀, 甘->陇, 贵->黔, 云->滇, 北京->京, … on 备; 泸->沪
  kExtraHao = 1 << 8,       // 号 on a licence
  kMisspeltToken = 1 << 9,   // IPC备, 1CP备, ICP背, … for ICP备; the letters also with 证
  kSpeltOutToken = 1 << 10,  // ICP许可证, ICP经营许可证 for ICP证
};
inline constexpr int kRepairCount = 11;
std::string_view repair_name(int bit) noexcept;  // "extra_an", …; REQUIRES: 0 <= bit < kRepairCount

// Why a text is not a number; malformed_reason_name() gives each reason its stable name.
enum class MalformedReason : std::uint8_t {
  kNone,
  kEmpty,              // nothing but blanks
  kTooLong,            // more than limits::kNumberTextBytesMax
  kNotUtf8,            // bytes that are not UTF-8
  kMissingProvince,    // ICP备… with nothing before it
  kUnknownProvince,    // a character that is no province (萌, 港, 国, …)
  kMissingToken,       // no ICP备, ICP证 or licence class where one must be
  kUnknownClass,       // a licence class other than A1, A2, B1, B2
  kMainDigitCount,     // not as many main digits as the form has
  kMainNotDigits,      // letters or a mask among the main digits
  kKindWithoutSerial,  // 号A
  kSerialMissing,      // a hyphen and nothing behind it
  kSerialZero,         // -0
  kSerialLeadingZero,  // -01
  kSerialTooLarge,     // beyond limits::kServiceSerialMax
  kUnknownKind,        // a letter other than A, X, K behind the serial
  kUnexpectedText,     // text inside the number that no repair covers
};
std::string_view malformed_reason_name(MalformedReason reason) noexcept;  // "main_digit_count", …

// Numbers of other registers that turn up in the same field of forms and footers.
enum class OtherRegister : std::uint8_t {
  kNone,
  kPublicSecurity,     // 京公网安备…: Ministry of Public Security
  kCulture,            // 京网文, 文网文: Ministry of Culture and Tourism
  kAudiovisual,        // 信息网络传播视听节目, 广播电视节目制作经营
  kRegistrarLicence,   // 浙D3-…: domain name registrar
  kSoftwareCopyright,  // 软著, 2021SR…
  kEducation,          // 教备, 教APP备: education apps
};
std::string_view other_register_name(OtherRegister what) noexcept;  // "public_security", …

struct ParsedNumber {
  enum class Outcome : std::uint8_t { kNumber, kMalformed, kNotAFiling };

  Outcome outcome = Outcome::kMalformed;
  FilingNumber number{};      // kNumber
  bool folded = false;        // kNumber: typography within the number was folded in silence
  std::uint16_t repairs = 0;  // kNumber: set of Repair
  bool plausible = true;      // kNumber: false for placeholders and impossible years
  MalformedReason reason = MalformedReason::kNone;  // kMalformed
  std::uint32_t offset = 0;                   // kMalformed: byte of `text` where the fault begins
  OtherRegister what = OtherRegister::kNone;  // kNotAFiling

  bool is_number() const noexcept { return outcome == Outcome::kNumber; }
};

ParsedNumber parse_number(std::string_view text) noexcept;

}  // namespace beian
