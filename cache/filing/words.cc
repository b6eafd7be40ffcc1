#include "cache/filing/words.h"

#include <algorithm>
#include <array>
#include <span>
#include <string_view>

#include "cache/filing/head.h"
#include "cache/filing/police_number.h"
#include "cache/filing/province_characters.h"

namespace beian {
namespace {

// No word holds a digit or begins like a province or 合字, so a label can never swallow the
// beginning of a number. Words that follow each other need no row of their own: 增值电信业务
// and 经营许可证号. Each group begins a line: filings, licences, services, authorities, places,
// sites and apps, English.
// clang-format off
constexpr std::u32string_view kLabels[] = {
    U"ICP", U"ICP号", U"ICP备", U"ICP备号", U"ICP备案", U"ICP备案号", U"ICP备案编号",
    U"ICP备案证书号", U"IPC备案号",
    U"备案", U"已备案", U"备案号", U"备案号码", U"备案编号", U"备案序号", U"备案信息", U"备案证号",
    U"备案证编号",
    U"ICP证", U"ICP证号", U"ICP证书", U"ICP证书号", U"IPC证", U"证号", U"证书", U"证书号",
    U"证书编号", U"经营者证件号",
    U"许可", U"许可证", U"许可证号", U"许可证号码", U"许可证编号", U"经营许可", U"经营许可证",
    U"经营许可证号", U"经营许可证编号",
    U"编号", U"号码", U"序号", U"审批号", U"信息", U"查询", U"认证",
    U"增值电信", U"增值电信业务", U"电信增值", U"电信增值业务", U"增值业务", U"电信业务",
    U"电信及增值业务", U"电信与信息服务业务", U"业务", U"服务",
    U"在线数据处理与交易", U"在线数据处理与交易处理", U"EDI", U"EDI证", U"IDC", U"IDC证", U"ISP",
    U"ISP证", U"经营性", U"非经营性",
    U"工信部", U"工业和信息化部", U"工业与信息化部", U"工业与信息产业部", U"信产部", U"信息产业部",
    U"通信管理局",
    U"中华人民共和国", U"国家", U"全国", U"中国大陆",
    U"网站", U"本网站", U"该网站", U"本站", U"政府网站", U"网址", U"网上", U"网络", U"域名",
    U"互联网", U"主体", U"个人",
    U"APP", U"本APP", U"应用", U"本应用", U"移动应用", U"互联网应用", U"应用程序", U"程序", U"软件",
    U"本软件", U"游戏", U"手机", U"移动互联网",
    U"小程序", U"本小程序", U"快应用", U"微信", U"支付宝",
    U"版权所有", U"保留所有权利", U"并保留所有权利", U"保留一切权利", U"COPYRIGHT",
    U"ALLRIGHTSRESERVED", U"ALLRIGHTRESERVED", U"FILING",
    U"LICENSE", U"NUMBER", U"NO", U"RECORD", U"REGISTRATION",
    U"为", U"是"};
// clang-format on

consteval bool begins_like_a_province(std::u32string_view word) {
  for (std::uint8_t province = 1; province < kProvinceCount; ++province)
    if (word.starts_with(province_name(province))) return true;
  return province_of(word.front()) != kNoProvince || word.front() == U'泸';
}

consteval bool are_unlike_numbers(std::span<const std::u32string_view> words) {
  for (const std::u32string_view word : words)
    if (begins_like_a_province(word) || word.starts_with(U"合字") ||
        std::ranges::any_of(word, is_digit))
      return false;
  return true;
}
static_assert(are_unlike_numbers(kLabels));

// clang-format off
constexpr std::u32string_view kTrailers[] = {
    U"备案", U"已备案", U"备案号", U"备案信息", U"备案查询", U"查询", U"点击查询", U"点击", U"复制",
    U"工信部", U"工业和信息化部备案管理系统网站", U"BEIAN.MIIT.GOV.CN", U"HTTP", U"HTTPS",
    U"网站", U"政府网站", U"网站地图", U"应用", U"APP", U"小程序", U"快应用",
    U"版权所有", U"保留所有权利", U"保留一切权利", U"COPYRIGHT", U"ALLRIGHTSRESERVED",
    U"技术支持", U"隐私政策", U"用户协议", U"联系我们", U"营业执照"};
// clang-format on

// As they are after folding, which turns full-width marks into ASCII. No hyphen: behind a number it
// begins a serial. 丨 is an ideograph that footers print as a bar, and │ is for drawing boxes.
constexpr std::u32string_view kPunctuation =
    U":;,.!|/&()[]{}<>\"'`、。〈〉《》「」『』【】〔〕“”‘’丨│";
// Bullets and the like, before a number only: behind one they may hide digits.
bool is_bullet(char32_t c) noexcept {
  switch (c) {
    case U'-':
    case U'*':
    case U'#':
    case U'★':
    case U'=':
    case U'~':
    case U'+':
      return true;
    default:
      return false;
  }
}

// Words, chained by the low byte of their first character, so that only a few are compared. Every
// number is looked up at its first character and behind its last, and is never a word.
struct WordList {
  std::span<const std::u32string_view> words;
  // The first word of a chain, by low byte, and the next one behind each: its place + 1, or 0.
  std::array<std::uint8_t, 256> first{};
  std::array<std::uint8_t, 255> next{};

  // Length of the longest at `i`, or 0.
  std::size_t longest_at(const FoldedText& text, std::size_t i) const noexcept {
    std::size_t longest = 0;
    for (std::size_t place = first[text.at(i) & 0xFF]; place > 0; place = next[place - 1]) {
      const std::u32string_view word = words[place - 1];
      if (word.size() > longest && text.has(i, word)) longest = word.size();
    }
    return longest;
  }
};

consteval WordList list_of(std::span<const std::u32string_view> words) {
  WordList list{words};
  for (std::size_t i = 0; i < words.size(); ++i) {
    std::uint8_t& first = list.first[words[i].front() & 0xFF];
    list.next[i] = first;
    first = static_cast<std::uint8_t>(i + 1);
  }
  return list;
}
constexpr WordList kLabelList = list_of(kLabels);
constexpr WordList kTrailerList = list_of(kTrailers);

std::size_t longest_word(const FoldedText& text, std::size_t i, const WordList& words) noexcept {
  const std::size_t longest = words.longest_at(text, i);
  if (longest > 0 || i >= text.size) return longest;
  return kPunctuation.find(text.at(i)) != std::u32string_view::npos ? 1 : 0;
}

// ©2023-2024, COPYRIGHT2017. COPYRIGHT without a year is a word.
std::size_t copyright_length(const FoldedText& text, std::size_t i) noexcept {
  std::size_t end = i;
  if (text.at(i) == U'©') end += 1;
  if (text.has(i, U"COPYRIGHT") && is_digit(text.at(i + 9))) end += 9;
  if (end == i) return 0;
  while (is_digit(text.at(end)) || text.at(end) == U'-') ++end;
  return end - i;
}

// 政府网站标识码：3300000020, 网站标识码bm01000001: ten characters that name the site of a public
// office.
std::size_t site_code_length(const FoldedText& text, std::size_t i) noexcept {
  if (text.at(i) != U'政' && text.at(i) != U'网') return 0;
  std::size_t at = text.has(i, U"政府") ? i + 2 : i;
  if (!text.has(at, U"网站标识码")) return 0;
  at += 5;
  if (text.at(at) == U':') ++at;
  const std::size_t code = at;
  if (text.has(at, U"BM")) at += 2;
  while (is_digit(text.at(at))) ++at;
  return at - code == 10 ? at - i : 0;
}

// (含BBS许可): a remark without digits.
std::size_t remark_length(const FoldedText& text, std::size_t i) noexcept {
  if (text.at(i) != U'(') return 0;
  for (std::size_t end = i + 1; end < text.size; ++end) {
    if (text.at(end) == U')') return end + 1 - i;
    if (is_digit(text.at(end)) || text.at(end) == U'(') return 0;
  }
  return 0;
}

}  // namespace

std::size_t label_length(const FoldedText& text, std::size_t i) noexcept {
  if (const std::size_t length = longest_word(text, i, kLabelList); length > 0)
    return is_bracketed_head(text, i)
               ? 0
               : std::max({length, site_code_length(text, i), copyright_length(text, i)});
  if (const std::size_t length = copyright_length(text, i); length > 0) return length;
  if (const std::size_t length = police_number_length(text, i); length > 0) return length;
  return is_bullet(text.at(i)) ? 1 : 0;
}

std::size_t trailer_length(const FoldedText& text, std::size_t i) noexcept {
  if (i == text.size) return 0;
  if (const std::size_t length = remark_length(text, i); length > 0) return length;
  if (const std::size_t length = longest_word(text, i, kTrailerList); length > 0)
    return std::max({length, site_code_length(text, i), copyright_length(text, i)});
  if (const std::size_t length = copyright_length(text, i); length > 0) return length;
  if (text.at(i) == U'-') return police_number_length(text, i + 1) > 0 ? 1 : 0;
  return police_number_length(text, i);
}

}  // namespace beian
