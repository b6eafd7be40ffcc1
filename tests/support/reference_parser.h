// The naive twin of parse_number(): slow and evident. It cuts the text into label, head, main,
// service and rest with plain string searches, and asks the questions of the grammar one after
// another. It shares with the parser the vocabulary of number.h and parse.h, but neither code nor
// tables.
#pragma once

#include <algorithm>

#include "cache/filing/parse.h"
#include "tests/support/reference_text.h"

namespace beian::test {

inline bool same_result(const ParsedNumber& a, const ParsedNumber& b) {
  return a.outcome == b.outcome && a.number == b.number && a.folded == b.folded &&
         a.repairs == b.repairs && a.plausible == b.plausible && a.reason == b.reason &&
         a.offset == b.offset && a.what == b.what;
}

class ReferenceParser : ReferenceText {
 public:
  static ParsedNumber parse(std::string_view text) {
    if (text.size() > 512) return malformed(MalformedReason::kTooLong, 512);
    ReferenceParser parser;
    std::size_t fault;
    parser.chars_ = reference_fold(text, &fault);
    if (fault < text.size()) return malformed(MalformedReason::kNotUtf8, fault);
    for (const ReferenceChar& c : parser.chars_) parser.s_ += c.c;
    parser.s_.pop_back();
    if (parser.s_.empty()) return malformed(MalformedReason::kEmpty, 0);
    const ParsedNumber parsed = parser.number();
    if (parsed.is_number()) return parsed;
    const OtherRegister other = parser.other_register();
    if (other == OtherRegister::kNone) return parsed;
    ParsedNumber other_number;
    other_number.outcome = ParsedNumber::Outcome::kNotAFiling;
    other_number.what = other;
    return other_number;
  }

 private:
  static ParsedNumber malformed(MalformedReason reason, std::size_t offset) {
    ParsedNumber parsed;
    parsed.reason = reason;
    parsed.offset = static_cast<std::uint32_t>(offset);
    return parsed;
  }
  ParsedNumber fail(MalformedReason reason, std::size_t at) const {
    return malformed(reason, chars_[at].offset);
  }

  ParsedNumber number() {
    std::size_t last_word = kNone;
    while (std::size_t length = label(begin_)) {
      if (length > 1) last_word = begin_;
      begin_ += length;
    }
    if (begin_ > 0) repairs_ |= kLeadingLabel;
    for (std::size_t length = 1; length <= 3; ++length)
      if (const char32_t province = province_named(begin_, length); province != 0)
        return filing(province, begin_ + length);
    if (at(begin_) == U'泸' && known_class(begin_ + 1)) {
      repairs_ |= kProvinceAlias;
      parts_.province = province_index(U'沪');
      return licence(begin_ + 1);
    }
    const bool has_province = is_province(at(begin_));
    const View rest = View(s_).substr(begin_);
    const std::size_t head = has_province ? 1 : rest.starts_with(U"合字") ? 2 : 0;
    const char32_t first = at(begin_ + head);
    const char32_t second = at(begin_ + head + 1);
    if (letter(first) && (digit(second) || (head > 0 && in(U"-.", second)))) {
      parts_.province = head == 1 ? province_index(at(begin_)) : head == 2 ? 63 : 0;
      return licence(begin_ + head);
    }
    if (head > 0) return fail(MalformedReason::kMissingToken, begin_ + head);
    return headless(last_word);
  }

  // The province whose character, or name, is the `length` characters at i, with a token behind
  // them; or 0. A name is one before 备 only.
  char32_t province_named(std::size_t i, std::size_t length) {
    const std::size_t token = token_length(i + length);
    if (token == 0) return 0;
    const Text name = s_.substr(i, length);
    if (bracketed(i)) {
      respelt_ = true;
      return name[1];
    }
    if (length == 1 && is_province(name[0])) return name[0];
    static constexpr View kNames =
        U"|泸沪|北京京|天津津|河北冀|山西晋|内蒙古蒙|辽宁辽|吉林吉|黑龙江黑|上海沪|江苏苏|"
        U"浙江浙|安徽皖|福建闽|江西赣|山东鲁|河南豫|湖北鄂|湖南湘|广东粤|广西桂|海南琼|"
        U"重庆渝|四川蜀|贵州黔|云南滇|西藏藏|陕西陕|甘肃陇|青海青|宁夏宁|新疆新|";
    if (length == 2 && is_province(name[0]) && name[0] == name[1]) {
      repairs_ |= kDoubledToken;
      return name[0];
    }
    if (length > 1 && !in(U"备背", at(i + length + token - 1))) return 0;
    for (const char32_t province : kProvinces31)
      if (kNames.find(barred(name + province)) != kNone) {
        repairs_ |= kProvinceAlias;
        return province;
      }
    return 0;
  }

  ParsedNumber headless(std::size_t last_word) const {
    const auto token_behind = [this](std::size_t i) {
      while (++i < s_.size())
        if (token_length(i) > 0) return i;
      return kNone;
    };
    const std::size_t token = token_behind(begin_);
    for (std::size_t i = token; i != kNone; i = token_behind(i))
      if (is_province(s_[i - 1]) || (i > 2 && bracketed(i - 3)))
        return fail(MalformedReason::kUnexpectedText, begin_);
    if (token_length(begin_) > 0) return fail(MalformedReason::kMissingProvince, begin_);
    if (!digit(at(begin_)) && token_length(begin_ + 1) > 0)
      return fail(MalformedReason::kUnknownProvince, begin_);
    if (last_word != kNone && token_length(last_word) > 0)
      return fail(MalformedReason::kMissingProvince, last_word);
    if (token != kNone) return fail(MalformedReason::kUnknownProvince, begin_);
    if (at(begin_) >= 0x2E80 && letter(at(begin_ + 1)) && digit(at(begin_ + 2)))
      return fail(MalformedReason::kUnknownProvince, begin_);
    return fail(MalformedReason::kMissingToken, begin_);
  }

  // The part of a label that may stand between a token and what follows it.
  View label_rest(std::size_t i, View token) const {
    for (const View word : {U"案编号:", U"案编号", U"案号:", U"案号", U"案:", U"案", U"编号:",
                            U"编号", U"号:", U"号", U":"})
      if (has(i, word) && (token == U"ICP备" || word[0] != U'案')) return word;
    return {};
  }

  static char32_t filed_as(char32_t province) {
    return in(kLicenceOnly, province) ? kFilesAs[kLicenceOnly.find(province)] : province;
  }

  // The province is known; its token is at `i`.
  ParsedNumber filing(char32_t province, std::size_t i) {
    if (!has(i, U"ICP") || at(i + 3) == U'背') repairs_ |= kMisspeltToken;
    if (token_length(i) > 4) repairs_ |= kSpeltOutToken;
    i += token_length(i);
    const bool is_filing = in(U"备背", at(i - 1));
    const Text token = is_filing ? U"ICP备" : U"ICP证";

    const View rest = label_rest(i, token);
    const std::size_t next = i + rest.size();
    const bool province_again = filed_as(at(next)) == filed_as(province);
    parts_.province = province_index(province_again ? at(next) : province);
    const std::size_t class_at = next + (has(next, U"合字") ? 2 : province_again ? 1 : 0);
    if (known_class(class_at)) {
      repairs_ |= kDoubledToken;
      if (class_at == next + 2) parts_.province = 63;
      return licence(class_at);
    }
    if (province_again && has(next + 1, token)) {
      repairs_ |= kDoubledToken;
      province = at(next);
      i = next + 5;
    }

    parts_.form = is_filing ? Form::kFiling : Form::kIcpLicence;
    if (is_filing && filed_as(province) != province) repairs_ |= kProvinceAlias;
    parts_.province = province_index(is_filing ? filed_as(province) : province);
    const auto skip_label_rest = [&] {
      View words = label_rest(i, token);
      std::size_t behind = i + words.size();
      const std::size_t count = digits_end(behind + 1) - (behind + 1);
      const bool has_dash =  // stands for the colon
          at(behind) == U'-' && (words.empty() || words.back() != U':') &&
          (count == 8 || count == (is_filing ? 10 : 6)) && is_glued(behind + 1, count);
      if (has_dash) ++behind;
      const std::size_t hao = words.find(U'号');
      if (hao != kNone && (behind == s_.size() || in(U"号-", at(behind))))
        behind = i + hao;  // not part of a label: the digits are missing
      if (behind > i) repairs_ |= kExtraAn;
      i = behind;
    };
    skip_label_rest();
    if (has(i, token)) {
      repairs_ |= kDoubledToken;
      i += 4;
      skip_label_rest();
    }
    for (const char32_t extra : {U'字', U'第'})
      if (at(i) == extra) {
        repairs_ |= kExtraDi;
        ++i;
      }
    return after_head(i, is_filing ? 10 : 6);
  }

  // The province is set already; the first class is at `i`.
  ParsedNumber licence(std::size_t i) {
    parts_.form = Form::kLicence;
    Text printed;  // classes as 0..3, in the order of the text
    while (true) {
      std::size_t end = i;
      while (letter(at(end)) || digit(at(end))) ++end;
      Text word = s_.substr(i, end - i);
      if (const Text itemised = itemised_class(i); !itemised.empty()) {
        word = itemised;
        end = i + 5;
        respelt_ = true;
      }
      const std::size_t index = View(U"|A1|A2|B1|B2|").find(barred(word));
      if (word.empty() || index == kNone) return fail(MalformedReason::kUnknownClass, i);
      printed += static_cast<char32_t>(index / 3);
      i = end;
      const bool has_comma = in(U"、,", at(i)) && known_class(i + 1);
      if (at(i) != U'.' && !has_comma) break;
      respelt_ |= has_comma;
      ++i;
    }
    for (const char32_t index : printed)
      parts_.classes = static_cast<std::uint8_t>(parts_.classes | 1U << index);
    Text sorted = printed;
    std::sort(sorted.begin(), sorted.end());
    sorted.erase(std::unique(sorted.begin(), sorted.end()), sorted.end());
    reordered_ = sorted != printed;
    if (i == s_.size()) return fail(MalformedReason::kMainDigitCount, i);
    if (at(i) != U'-') return fail(MalformedReason::kUnexpectedText, i);
    return after_head(i + 1, 6);
  }

  // Main, 号 and service, for all forms: a main has 8 or `other_digits` digits.
  ParsedNumber after_head(std::size_t i, std::size_t other_digits) {
    const auto is_whole = [&](std::size_t digits) { return digits == 8 || digits == other_digits; };
    std::size_t end = digits_end(i);
    // Blanks between digits are ignored when the most digits possible, directly before 号, are
    // there. Not for an ICP证, whose usual count is six.
    if (end - i != std::max<std::size_t>(8, other_digits) || at(end) != U'号' ||
        parts_.form == Form::kIcpLicence)
      for (end = i; digit(at(end)) && !(is_whole(end - i) && chars_[end].blank_before);) ++end;
    const Text main = s_.substr(i, end - i);
    const bool is_apart = is_whole(main.size()) && chars_[end].blank_before;
    if ((letter(at(end)) || in(U"*#?_×●○", at(end))) && !is_apart)
      return fail(MalformedReason::kMainNotDigits, end);
    if (main.empty() && end < s_.size() && !in(U"号-", at(end)))
      return fail(MalformedReason::kUnexpectedText, end);
    if (main.empty() && at(end) == U'-') {
      const std::size_t behind = std::min(s_.find_first_not_of(U"0123456789", end + 1), s_.size());
      const std::size_t digits = behind - (end + 1);
      if (digits == 8 || digits == other_digits) return fail(MalformedReason::kUnexpectedText, end);
    }
    if (main.size() != 8 && main.size() != other_digits)
      return fail(MalformedReason::kMainDigitCount, i);
    parts_.main_digits = static_cast<std::uint8_t>(main.size());
    main_ = std::string(main.begin(), main.end());
    parts_.main = std::stoull(main_);

    const bool hao_before = at(end) == U'号';
    if (hao_before) ++end;
    const bool hyphen = at(end) == U'-' && police(end + 1) == 0;
    const auto is_word = [&](std::size_t j) {
      return letter(at(j)) && letter(at(j + 1)) && chars_[j].blank_before &&
             !chars_[j + 1].blank_before;
    };
    const std::size_t behind = end + (hyphen ? 1 : 0);
    if ((hyphen || hao_before) && in(U"AXK", at(behind)) && !is_word(behind))
      return fail(MalformedReason::kKindWithoutSerial, end + (hyphen ? 1 : 0));
    bool hao_after = false;
    if (hyphen) {
      const std::size_t serial_at = end + 1;
      std::size_t serial_end = serial_at;
      while (digit(at(serial_end)) && (serial_end == serial_at || !chars_[serial_end].blank_before))
        ++serial_end;
      const Text serial = s_.substr(serial_at, serial_end - serial_at);
      if (serial.empty()) return fail(MalformedReason::kSerialMissing, end);
      if (serial == U"0") return fail(MalformedReason::kSerialZero, serial_at);
      if (serial[0] == U'0') return fail(MalformedReason::kSerialLeadingZero, serial_at);
      if (serial.size() > 5) return fail(MalformedReason::kSerialTooLarge, serial_at);
      parts_.serial =
          static_cast<std::uint32_t>(std::stoul(std::string(serial.begin(), serial.end())));
      parts_.kind = Kind::kWebsite;
      end = serial_end;
      if (letter(at(end)) && !is_word(end)) {
        const std::size_t kind = View(U"AXK").find(at(end));
        if (kind == kNone) return fail(MalformedReason::kUnknownKind, end);
        parts_.kind = static_cast<Kind>(2 + kind);
        ++end;
      }
      hao_after = at(end) == U'号';
      if (hao_after) ++end;
    }
    if (parts_.form == Form::kLicence) {
      if (hao_before || hao_after) repairs_ |= kExtraHao;
    } else {
      if (hao_after) repairs_ |= kHaoAfterSerial;
      if (!hao_before && !hao_after) repairs_ |= kMissingHao;
    }
    return finish(end);
  }

  ParsedNumber finish(const std::size_t end) {
    std::size_t i = end;
    while (std::size_t length = trailer(i)) i += length;
    if (i < s_.size()) return fail(MalformedReason::kUnexpectedText, i);
    if (i > end) repairs_ |= kTrailingText;

    ParsedNumber parsed;
    parsed.outcome = ParsedNumber::Outcome::kNumber;
    parsed.number = FilingNumber::pack(parts_);
    parsed.repairs = static_cast<std::uint16_t>(repairs_);
    parsed.plausible = plausible();
    parsed.folded = reordered_ || respelt_;
    for (std::size_t j = begin_; j < end; ++j) parsed.folded |= chars_[j].changed;
    // Gaps inside the number, and at the edges of a text that is nothing but the number.
    for (std::size_t j = begin_ + 1; j < end; ++j) parsed.folded |= chars_[j].gap_before;
    if (begin_ == 0) parsed.folded |= chars_[0].gap_before;
    if (end == s_.size()) parsed.folded |= chars_[end].gap_before;
    return parsed;
  }

  bool plausible() const {
    const std::string up = "01234567890123456789";
    const std::string down(up.rbegin(), up.rend());
    if (up.find(main_) != kNone || down.find(main_) != kNone) return false;
    if (main_.find_first_not_of(main_[0]) == kNone) return false;
    if (parts_.form == Form::kFiling && main_ == "2099000000" && parts_.province == 1) return true;
    if (parts_.form == Form::kIcpLicence || main_.size() == 6) return true;
    const bool is_short_year = parts_.form == Form::kFiling && main_.size() == 8;
    const std::size_t year_digits = is_short_year ? 2 : 4;
    const int year = std::stoi(main_.substr(0, year_digits));
    if (main_.find_first_not_of('0', year_digits) == kNone) return false;
    if (is_short_year) return year >= 5 && year <= 20;
    return year >= (parts_.form == Form::kFiling ? 2020 : 1999) && year <= 2039;
  }

  OtherRegister other_register() const {
    // A label counts as a mark of a filing only when it names the digits after it.
    const bool named_digits = digit(at(begin_)) && !software_number(begin_);
    const std::size_t start = named_digits ? 0 : begin_;
    for (std::size_t i = start; i < s_.size(); ++i)
      if (token_length(i) > 0) return OtherRegister::kNone;
    const auto class_at = [this](std::size_t i, View letters) {
      if (i > 0 && (digit(at(i - 1)) || letter(at(i - 1)))) return false;
      return in(letters, at(i)) && digit(at(i + 1)) && in(U"-.", at(i + 2));
    };
    for (std::size_t i = start; i < s_.size(); ++i)
      if (class_at(i, U"AB") || (has(i, U"ICP") && digit(at(i + 3)))) return OtherRegister::kNone;
    for (std::size_t i = 0; i < s_.size(); ++i) {
      for (const View mark : {U"网安备", U"网监备", U"公网备", U"分局备案", U"网警备案",
                              U"网警支队备案", U"公网安", U"公网案备", U"公备"})
        if (has(i, mark)) return OtherRegister::kPublicSecurity;
      std::size_t run_end = i;
      while (ideograph(at(run_end))) ++run_end;
      const Text run = s_.substr(i, run_end - i);
      if (run.starts_with(U"公安") && run.find(U'备') != kNone)
        return OtherRegister::kPublicSecurity;
      if (has(i, U"联网备案") && (i == 0 || at(i - 1) != U'互'))
        return OtherRegister::kPublicSecurity;
      if (has(i, U"网文") || has(i, U"文网游")) return OtherRegister::kCulture;
      if (has(i, U"视听") || has(i, U"广播电视节目")) return OtherRegister::kAudiovisual;
      if (has(i, U"软著")) return OtherRegister::kSoftwareCopyright;
      if (has(i, U"教备") || has(i, U"教APP备") || has(i, U"教QS"))
        return OtherRegister::kEducation;
      if (class_at(i, U"D")) return OtherRegister::kRegistrarLicence;
      if (software_number(i)) return OtherRegister::kSoftwareCopyright;
    }
    return OtherRegister::kNone;
  }

  std::size_t begin_ = 0;
  NumberParts parts_;
  std::string main_;
  bool reordered_ = false;
  bool respelt_ = false;  // (province), or classes with commas or items
  unsigned repairs_ = 0;
};

inline ParsedNumber reference_parse(std::string_view text) {
  return ReferenceParser::parse(text);
}

}  // namespace beian::test
