// What a text has where, for the naive twin of parse_number(): letters and digits, words of labels
// and trailers, provinces, tokens, classes of licences. Its tables are its own.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/reference_fold.h"

namespace beian::test {

class ReferenceText {
 protected:
  using Text = std::u32string;
  using View = std::u32string_view;
  static constexpr std::size_t kNone = View::npos;

  static bool in(View set, char32_t c) { return c != 0 && set.find(c) != kNone; }
  static bool digit(char32_t c) { return in(U"0123456789", c); }
  static bool letter(char32_t c) { return in(U"ABCDEFGHIJKLMNOPQRSTUVWXYZ", c); }
  char32_t at(std::size_t i) const { return i < s_.size() ? s_[i] : U'\0'; }
  bool has(std::size_t i, View word) const {
    return i <= s_.size() && View(s_).substr(i).starts_with(word);
  }

  static Text barred(View word) {
    Text result(1, U'|');
    result += word;
    result += U'|';
    return result;
  }

  // The length of the longest word of `list` (each between bars) that s_ has at i; else of a
  // punctuation mark.
  std::size_t word_or_mark(View list, std::size_t i) const {
    std::size_t longest = 0;
    // The first characters of all words, only to save time.
    const bool may_begin = in(
        U"IAECHFLN备许经增电工中互网本移应小快服主域编号证信已查版技隐用联程软游手微支营保业国为是"
        U"点复B该认通全R序个非审在政并",
        at(i));
    for (std::size_t length = 1; may_begin && length <= 20 && i + length <= s_.size(); ++length)
      if (s_.find(U'|', i) >= i + length && list.find(barred(s_.substr(i, length))) != kNone)
        longest = length;
    if (longest == 0 && in(U":;,.!|/&()[]{}<>\"'`、。〈〉《》「」『』【】〔〕“”‘’丨│", at(i)))
      return 1;
    return longest;
  }

  static constexpr View kLabels =
      U"|ICP|ICP备|ICP备案|ICP备案号|ICP备案编号|ICP备号|ICP证|ICP证号|信息|APP|备案|备案号|"
      U"备案号码|备案编号|备案信息|备案证号|许可证|许可证号|许可证编号|经营许可证|经营许可证号|"
      U"经营许可证编号|增值电信业务|电信与信息服务业务|工信部|工业和信息化部|中华人民共和国|"
      U"互联网|网站|本网站|本站|应用|本应用|移动应用|小程序|快应用|服务|主体|域名|编号|号码|"
      U"证号|ICP号|信息产业部|增值电信|电信增值业务|电信业务|备案序号|移动互联网|互联网应用|"
      U"应用程序|程序|软件|本软件|游戏|手机|微信|支付宝|本小程序|本APP|版权所有|COPYRIGHT|证书|"
      U"证书号|证书编号|ICP证书|ICP证书号|ICP备案证书号|EDI|EDI证|IDC|IDC证|ISP|ISP证|经营性|业务|"
      U"电信增值|经营者证件号|国家|工业与信息化部|工业与信息产业部|为|是|已备案|该网站|FILING|"
      U"LICENSE|NUMBER|NO|RECORD|REGISTRATION|查询|许可|网址|网上|全国|增值业务|电信及增值业务|"
      U"认证|通信管理局|序号|备案证编号|许可证号码|经营许可|个人|网络|中国大陆|IPC证|IPC备案号|"
      U"非经营性|审批号|信产部|政府网站|ALLRIGHTSRESERVED|保留所有权利|在线数据处理与交易|"
      U"在线数据处理与交易处理|ALLRIGHTRESERVED|保留一切权利|并保留所有权利|";
  static constexpr View kTrailers =
      U"|应用|APP|小程序|快应用|备案|已备案|备案查询|备案信息|查询|网站|工信部|版权所有|"
      U"网站地图|技术支持|隐私政策|用户协议|联系我们|备案号|营业执照|保留所有权利|点击查询|点击|"
      U"复制|COPYRIGHT|ALLRIGHTSRESERVED|HTTPS|HTTP|BEIAN.MIIT.GOV.CN|"
      U"工业和信息化部备案管理系统网站|政府网站|保留一切权利|";
  static constexpr View kProvinces31 =
      U"京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝蜀黔滇藏陕陇青宁新";
  static constexpr View kLicenceOnly = U"川甘贵云";
  static constexpr View kFilesAs = U"蜀陇黔滇";

  static bool is_province(char32_t c) { return in(kProvinces31, c) || in(kLicenceOnly, c); }
  static std::uint8_t province_index(char32_t c) {
    const std::size_t i = kProvinces31.find(c);
    return static_cast<std::uint8_t>(i != kNone ? 1 + i : 32 + kLicenceOnly.find(c));
  }

  std::size_t digits_end(std::size_t i) const {
    return std::min(s_.find_first_not_of(U"0123456789", i), s_.size());
  }

  // © or COPYRIGHT with its years: these may stand on either side of a number, like the police's.
  std::size_t copyright(std::size_t i) const {
    const std::size_t years = at(i) == U'©' ? i + 1 : i + 9;
    if (at(i) != U'©' && !(has(i, U"COPYRIGHT") && digits_end(years) > years)) return 0;
    return std::min(s_.find_first_not_of(U"0123456789-", years), s_.size()) - i;
  }

  std::size_t police(std::size_t i) const {
    const std::size_t token = police_name_end(i);
    if (token == i) return 0;
    const std::size_t end = digits_end(token);
    if (end - token < 10 || end - token > 14) return 0;
    return end + (at(end) == U'号' ? 1 : 0) - i;
  }

  static bool ideograph(char32_t c) { return c >= 0x4E00 && c <= 0x9FFF; }

  // The place after what names a number of the police that begins at `i`; `i` when nothing does.
  // It is one or two runs of ideographs, the second behind a colon.
  std::size_t police_name_end(std::size_t i) const {
    Text name;
    std::size_t end = i;
    while (name.size() < 16 && ideograph(at(end))) name += at(end++);
    if (name.size() < 2) return i;
    if (at(end) == U':') {
      name += at(end++);
      for (std::size_t count = 0; count < 16 && ideograph(at(end)); ++count) name += at(end++);
      if (at(end) == U':' && name.back() != U':') ++end;
    }
    const auto says = [&name](View word) { return name.find(word) != kNone; };
    const bool is_police = says(U"公安") || says(U"公网") || says(U"公备") || says(U"网安") ||
                           says(U"网警") || says(U"网监") || says(U"分局");
    return is_police && (says(U"备") || says(U"公网安")) ? end : i;
  }

  // The code of a public office's site, with its name.
  std::size_t site_code(std::size_t i) const {
    for (const View name : {U"政府网站标识码:", U"政府网站标识码", U"网站标识码:", U"网站标识码"}) {
      if (!has(i, name)) continue;
      const std::size_t code = i + name.size();
      const std::size_t end = digits_end(code + (has(code, U"BM") ? 2 : 0));
      return end - code == 10 ? end - i : 0;
    }
    return 0;
  }

  // (晋)ICP备
  bool bracketed(std::size_t i) const {
    return at(i) == U'(' && is_province(at(i + 1)) && at(i + 2) == U')' && token_length(i + 3) > 0;
  }

  std::size_t label(std::size_t i) const {
    if (bracketed(i)) return 0;
    for (const std::size_t length :
         {site_code(i), copyright(i), word_or_mark(kLabels, i), police(i)})
      if (length > 0) return length;
    return in(U"-*#★=~+", at(i)) ? 1 : 0;
  }

  std::size_t trailer(std::size_t i) const {
    if (at(i) == U'-') return police(i + 1) > 0 ? 1 : 0;
    if (at(i) == U'(') {
      const std::size_t stop = s_.find_first_of(U"()0123456789", i + 1);
      if (stop != kNone && s_[stop] == U')') return stop + 1 - i;
    }
    for (const std::size_t length : {site_code(i), copyright(i), word_or_mark(kTrailers, i)})
      if (length > 0) return length;
    return police(i);
  }

  // The length of ICP备 or ICP证 at i, however it is spelt; or 0.
  std::size_t token_length(std::size_t i) const {
    for (const View whole : {U"ICP背", U"ICP许可证", U"ICP经营许可证"})
      if (has(i, whole)) return whole.size();
    for (const View letters : {U"ICP", U"IPC", U"CIP", U"1CP", U"|CP", U"CP", U"ICO"})
      if (has(i, letters) && in(U"备证", at(i + letters.size()))) return letters.size() + 1;
    return 0;
  }

  // The class of an itemised form such as B-2-4-, or empty.
  Text itemised_class(std::size_t i) const {
    const Text shape = s_.substr(std::min(i, s_.size()), 6);
    const bool is_one = shape.size() == 6 && in(U"AB", shape[0]) && in(U"12", shape[2]) &&
                        digit(shape[4]) && shape[1] == U'-' && shape[3] == U'-' && shape[5] == U'-';
    return is_one ? Text{shape[0], shape[2]} : Text{};
  }

  bool known_class(std::size_t i) const {
    if (!itemised_class(i).empty()) return true;
    return in(U"AB", at(i)) && in(U"12", at(i + 1)) && in(U"-.、,", at(i + 2));
  }

  bool software_number(std::size_t i) const {
    for (std::size_t j = i; j < i + 4; ++j)
      if (!digit(at(j))) return false;
    if (has(i + 4, U"SR") && digit(at(i + 6))) return true;
    if (has(i + 4, U"SRBJ") && digit(at(i + 8))) return true;
    return at(i + 4) == U'R' && digit(at(i + 5)) && digit(at(i + 6)) && letter(at(i + 7)) &&
           digit(at(i + 8));
  }

  // Whether there is no blank between the `count` characters from `i` on.
  bool is_glued(std::size_t i, std::size_t count) const {
    for (std::size_t k = i + 1; k < i + count; ++k)
      if (chars_[k].blank_before) return false;
    return true;
  }

  std::vector<ReferenceChar> chars_;
  Text s_;  // their characters
};

}  // namespace beian::test
