// The grammar, in symbols of fold.h; [] is optional, {} repeats, R: names a repair.
//
//   text     = {label} number {trailer}                             R: leading_label, trailing_text
//   number   = filing | licence
//   filing   = [head [an]] head [an] [token [an]] [字] [第] main [号] [service] [号]
//              R: doubled_token, extra_an (of the last head), extra_di, missing_hao,
//                 hao_after_serial, province_alias (川 for 蜀, on ICP备)
//   head     = (province [province] | "(" province ")") token       R: doubled_token
//   province = 京 | 津 | … | 泸 | its name                          R: province_alias
//              泸 for 沪; a name (北京) before ICP备 only
//   token    = ICP备 | ICP证 | ICP许可证           R: misspelt_token, spelt_out_token
//   an       = 案 [号 | 编号] [colon] | (号 | 编号) [colon] | colon  案 on ICP备 only
//   colon    = : | -                                               a hyphen before a main only
//   licence  = [head [an]] [province | 合字] classes - main [号] [service [号]]
//              R: doubled_token, extra_hao
//   classes  = class {joint class}                                  joint: a dot, 、 or a comma
//   class    = A1 | A2 | B1 | B2 | the same with its item: B-2-4
//   service  = - serial [A | X | K]
//
// Where a province, a head or a token occurs twice, both are the same; a licence behind a token has
// the token's province or 合字. Any other pair could be two numbers.
//
// Labels are taken off greedily. No label begins like a number, so a number can begin in one place
// only, and the first fault behind it is the one reported. The parser never backtracks, but it
// looks ahead: past the `an` of a token, to see what that token introduces, and along digits, to
// see whether they are a main.
//
// Tests: fixtures/filing_numbers.tsv row by row; tests/filing/twin_test.cc against a naive parser.
#include "cache/filing/parse_folded.h"

#include <string_view>

#include "cache/filing/head.h"
#include "cache/filing/main_digits.h"
#include "cache/filing/other_register.h"
#include "cache/filing/plausible.h"
#include "cache/filing/province_characters.h"
#include "cache/filing/words.h"

namespace beian {
namespace {

constexpr std::size_t kNowhere = ~std::size_t{0};

// Characters that people hide digits behind.
bool is_mask(char32_t c) noexcept {
  return std::u32string_view(U"*#?_×●○").find(c) != std::u32string_view::npos;
}

Kind kind_of(char32_t letter) noexcept {
  return letter == U'A'   ? Kind::kApp
         : letter == U'X' ? Kind::kMiniProgram
         : letter == U'K' ? Kind::kQuickApp
                          : Kind::kSubject;
}

class FoldedParser {
 public:
  explicit FoldedParser(const FoldedText& text) noexcept : text_(text) {}

  ParsedNumber run() noexcept {
    skip_labels();
    begin_ = at_;
    if (parse_number_here() && parse_end()) return result();
    if (const OtherRegister other = other_register(text_, begin_); other != OtherRegister::kNone)
      return {.outcome = ParsedNumber::Outcome::kNotAFiling, .what = other};
    return {.reason = reason_, .offset = fault_};
  }

 private:
  char32_t next(std::size_t ahead = 0) const noexcept { return text_.at(at_ + ahead); }

  bool take(char32_t c) noexcept {
    if (next() != c) return false;
    ++at_;
    return true;
  }

  bool take(std::u32string_view word) noexcept {
    if (!text_.has(at_, word)) return false;
    at_ += word.size();
    return true;
  }

  bool fail(MalformedReason reason, std::size_t at) noexcept {
    reason_ = reason;
    fault_ = text_[at].offset;
    return false;
  }

  bool has_token(std::size_t i) const noexcept { return token_at(text_, i).length > 0; }

  void skip_labels() noexcept {
    while (const std::size_t length = label_length(text_, at_)) {
      if (length > 1) label_token_ = has_token(at_) ? at_ : kNowhere;
      at_ += length;
    }
    if (at_ > 0) repairs_ |= kLeadingLabel;
  }

  bool parse_number_here() noexcept {
    const ProvinceHead head = province_at(text_, at_);
    parts_.province = head.province;
    at_ += head.length;
    if (head.is_alias) repairs_ |= kProvinceAlias;
    if (head.is_twice) repairs_ |= kDoubledToken;
    is_respelt_ = head.length > 1 && text_.at(begin_) == U'(';
    if (head.length > 0) {
      if (const Token token = token_at(text_, at_); token.length > 0) {
        at_ += token.length;
        if (token.is_misspelt) repairs_ |= kMisspeltToken;
        if (token.is_spelt_out) repairs_ |= kSpeltOutToken;
        return parse_behind_token(token.is_filing ? U"ICP备" : U"ICP证");
      }
    } else if (take(U"合字")) {
      parts_.province = kCrossProvince;
    } else if (!(is_letter(next()) && is_digit(next(1)))) {
      return fail_without_head();
    }
    const bool is_class = is_digit(next(1)) || next(1) == U'-' || next(1) == U'.';
    if (!is_letter(next()) || !is_class) return fail(MalformedReason::kMissingToken, at_);
    return parse_licence();
  }

  // Nothing here begins like a number: fails with the likeliest reason. When one begins further on,
  // that is the text before it.
  bool fail_without_head() noexcept {
    bool has_any_token = false;
    for (std::size_t i = at_ + 1; i < text_.size; ++i) {
      if (!has_token(i)) continue;
      has_any_token = true;
      if (province_of(text_.at(i - 1)) != kNoProvince || (i > 2 && is_bracketed_head(text_, i - 3)))
        return fail(MalformedReason::kUnexpectedText, at_);
    }
    if (has_token(at_)) return fail(MalformedReason::kMissingProvince, at_);
    // ICP证：署ICP备…: the label's token is not the number's. Digits are what a label names.
    if (!is_digit(next()) && has_token(at_ + 1))
      return fail(MalformedReason::kUnknownProvince, at_);
    if (label_token_ != kNowhere) return fail(MalformedReason::kMissingProvince, label_token_);
    if (has_any_token) return fail(MalformedReason::kUnknownProvince, at_);
    const bool is_ideograph = next() >= 0x2E80;
    if (is_ideograph && is_letter(next(1)) && is_digit(next(2)))
      return fail(MalformedReason::kUnknownProvince, at_);
    return fail(MalformedReason::kMissingToken, at_);
  }

  bool is_province_again(std::size_t i) const noexcept {
    const std::uint8_t again = province_of(text_.at(i));
    return again != kNoProvince && filing_province(again) == filing_province(parts_.province);
  }

  // A token is printed before licences too (苏ICP证B2-…, 沪ICP证：沪B2-…), and a head may turn out
  // to be a label (京ICP备案号：京ICP备…). What lies `ahead`, behind the token's `an`, decides what
  // the token belongs to. If it is neither, the `an` is still to be taken.
  bool parse_behind_token(std::u32string_view token) noexcept {
    std::size_t ahead = an_at(at_, token.back() == U'备').end;
    if (text_.at(ahead) == U':') ++ahead;
    const bool is_cross = text_.has(ahead, U"合字");
    const bool is_again = !is_cross && is_province_again(ahead);
    const std::size_t behind = ahead + (is_cross ? 2 : is_again ? 1 : 0);
    const bool is_licence = has_class(text_, behind);
    if (is_licence || (is_again && text_.has(behind, token))) {
      if (is_cross) parts_.province = kCrossProvince;
      if (is_again) parts_.province = province_of(text_.at(ahead));
      at_ = is_licence ? behind : behind + token.size();
      repairs_ |= kDoubledToken;
    }
    return is_licence ? parse_licence() : parse_filing(token);
  }

  bool parse_filing(std::u32string_view token) noexcept {
    const bool is_filing = token.back() == U'备';
    parts_.form = is_filing ? Form::kFiling : Form::kIcpLicence;
    take_an();
    if (take(token)) {
      repairs_ |= kDoubledToken;
      take_an();
    }
    const bool has_zi = take(U'字');
    if (take(U'第') || has_zi) repairs_ |= kExtraDi;
    if (is_filing && !kProvinces[parts_.province].is_on_filings) {
      parts_.province = filing_province(parts_.province);
      repairs_ |= kProvinceAlias;
    }
    if (!parse_main()) return false;
    const bool has_hao = take(U'号');
    if (!parse_service(has_hao)) return false;
    if (parts_.serial != 0 && take(U'号'))
      repairs_ |= kHaoAfterSerial;
    else if (!has_hao)
      repairs_ |= kMissingHao;
    return true;
  }

  // The words of an `an`, without its colon.
  struct An {
    std::size_t hao;  // where its 号 is, or would be
    std::size_t end;
  };
  An an_at(std::size_t i, bool is_filing) const noexcept {
    if (is_filing && text_.at(i) == U'案') ++i;
    if (text_.has(i, U"编号")) ++i;
    return {i, text_.at(i) == U'号' ? i + 1 : i};
  }

  // A hyphen is one only before a main (皖ICP备-2025092209号), because no serial has that many
  // digits; with a blank between the digits, it could be a serial and something else.
  bool is_colon(std::size_t i) const noexcept {
    return text_.at(i) == U':' ||
           (text_.at(i) == U'-' && has_main(i + 1) && !has_blank_between_digits(i + 1));
  }

  // Takes the words of a label between token and digits. A 号 with no main behind it is not one of
  // them: it marks where digits are missing.
  void take_an() noexcept {
    const An an = an_at(at_, parts_.form == Form::kFiling);
    std::size_t end = is_colon(an.end) ? an.end + 1 : an.end;
    const bool is_hole = end == text_.size || text_.at(end) == U'号' || text_.at(end) == U'-';
    if (is_hole && an.end > an.hao) end = an.hao;
    if (end > at_) repairs_ |= kExtraAn;
    at_ = end;
  }

  bool parse_licence() noexcept {
    parts_.form = Form::kLicence;
    do {
      const std::size_t begin = at_;
      const bool is_itemised = is_itemised_class(text_, begin);
      if (is_itemised) at_ += 5;
      while (!is_itemised && (is_letter(next()) || is_digit(next()))) ++at_;
      if (!is_itemised && (at_ - begin != 2 || !is_known_class(text_, begin)))
        return fail(MalformedReason::kUnknownClass, begin);
      const char32_t digit = text_.at(begin + (is_itemised ? 2 : 1));
      const unsigned bit = (text_.at(begin) == U'B' ? 2U : 0U) + (digit == U'2' ? 1U : 0U);
      is_respelt_ |= is_itemised || parts_.classes >> bit != 0;
      parts_.classes = static_cast<std::uint8_t>(parts_.classes | 1U << bit);
    } while (take_class_joint());
    if (!take(U'-'))
      return fail(
          at_ == text_.size ? MalformedReason::kMainDigitCount : MalformedReason::kUnexpectedText,
          at_);
    if (!parse_main()) return false;
    const bool has_hao = take(U'号');
    if (!parse_service(has_hao)) return false;
    if ((parts_.serial != 0 && take(U'号')) || has_hao) repairs_ |= kExtraHao;
    return true;
  }

  bool take_class_joint() noexcept {
    if (take(U'.')) return true;
    if (!is_class_comma(next()) || !has_class(text_, at_ + 1)) return false;
    is_respelt_ = true;
    ++at_;
    return true;
  }

  std::size_t digits_at(std::size_t i) const noexcept {
    const std::size_t begin = i;
    while (is_digit(text_.at(i))) ++i;
    return i - begin;
  }

  bool has_blank_between_digits(std::size_t i) const noexcept {
    while (is_digit(text_.at(i)) && is_digit(text_.at(i + 1)))
      if (text_[++i].is_behind_blank) return true;
    return false;
  }

  bool has_main(std::size_t i) const noexcept {
    return may_have_main_digits(parts_.form, digits_at(i));
  }

  // Takes the digits of the main, with nothing else attached. A blank after as many digits as a
  // main has ends them: what follows is another number, or a word. The exception is a blank within
  // digits that go on to the larger count and its 号: 2023 0000 01号. On an ICP证 the smaller count
  // is the usual one, and ends them all the same.
  bool parse_main() noexcept {
    const std::size_t begin = at_;
    const auto goes_on = [&] {
      const std::size_t many = kMainDigits[static_cast<std::size_t>(parts_.form)][1];
      return parts_.form != Form::kIcpLicence && digits_at(begin) == many &&
             text_.at(begin + many) == U'号';
    };
    const auto is_ended = [&] {
      return text_[at_].is_behind_blank && may_have_main_digits(parts_.form, at_ - begin) &&
             !goes_on();
    };
    while (is_digit(next()) && !is_ended()) ++at_;
    if ((is_letter(next()) || is_mask(next())) && !is_ended())
      return fail(MalformedReason::kMainNotDigits, at_);
    const std::size_t digits = at_ - begin;
    const bool is_hole =
        at_ == text_.size || next() == U'号' || (next() == U'-' && !has_main(at_ + 1));
    if (digits == 0 && !is_hole) return fail(MalformedReason::kUnexpectedText, at_);
    if (!may_have_main_digits(parts_.form, digits))
      return fail(MalformedReason::kMainDigitCount, begin);
    for (std::size_t i = begin; i < at_; ++i) parts_.main = parts_.main * 10 + (text_.at(i) - U'0');
    parts_.main_digits = static_cast<std::uint8_t>(digits);
    return true;
  }

  // A word behind a blank (…号-3 APP) is not a kind letter.
  bool is_word_behind_blank() const noexcept {
    return text_[at_].is_behind_blank && is_letter(next()) && is_letter(next(1)) &&
           !text_[at_ + 1].is_behind_blank;
  }

  bool parse_service(bool has_hao) noexcept {
    const std::size_t hyphen = at_;
    const bool has_hyphen = take(U'-');
    if ((has_hyphen || has_hao) && kind_of(next()) != Kind::kSubject && !is_word_behind_blank())
      return fail(MalformedReason::kKindWithoutSerial, at_);
    if (!has_hyphen) return true;
    const std::size_t begin = at_;
    if (!is_digit(next())) {
      at_ = hyphen;
      return trailer_length(text_, hyphen) > 0 || fail(MalformedReason::kSerialMissing, hyphen);
    }
    // A blank ends the serial: `-1 2024 …` is serial 1 and something else, never serial 12024.
    while (is_digit(next()) && (at_ == begin || !text_[at_].is_behind_blank)) {
      if (parts_.serial <= limits::kServiceSerialMax)
        parts_.serial = parts_.serial * 10 + static_cast<std::uint32_t>(next() - U'0');
      ++at_;
    }
    if (text_.at(begin) == U'0')
      return fail(
          at_ - begin == 1 ? MalformedReason::kSerialZero : MalformedReason::kSerialLeadingZero,
          begin);
    if (parts_.serial > limits::kServiceSerialMax)
      return fail(MalformedReason::kSerialTooLarge, begin);
    parts_.kind = Kind::kWebsite;
    if (!is_letter(next()) || is_word_behind_blank()) return true;
    parts_.kind = kind_of(next());
    if (parts_.kind == Kind::kSubject) return fail(MalformedReason::kUnknownKind, at_);
    ++at_;
    return true;
  }

  bool parse_end() noexcept {
    end_ = at_;
    while (const std::size_t length = trailer_length(text_, at_)) at_ += length;
    if (at_ < text_.size) return fail(MalformedReason::kUnexpectedText, at_);
    if (at_ > end_) repairs_ |= kTrailingText;
    return true;
  }

  ParsedNumber result() const noexcept {
    ParsedNumber parsed;
    parsed.outcome = ParsedNumber::Outcome::kNumber;
    parsed.number = FilingNumber::pack(parts_);
    parsed.folded = is_folded();
    parsed.repairs = repairs_;
    parsed.plausible = is_plausible(parts_);
    return parsed;
  }

  // Only the number counts: labels and trailers are dropped with whatever was folded in them, and
  // so are the blanks between them and the number.
  bool is_folded() const noexcept {
    if (is_respelt_) return true;
    for (std::size_t i = begin_; i < end_; ++i)
      if (text_[i].is_changed || (i > begin_ && text_[i].is_behind_gap)) return true;
    return (begin_ == 0 && text_[begin_].is_behind_gap) ||
           (end_ == text_.size && text_[end_].is_behind_gap);
  }

  const FoldedText& text_;
  std::size_t at_ = 0;
  std::size_t begin_ = 0;  // the number is [begin_, end_)
  std::size_t end_ = 0;
  std::size_t label_token_ = kNowhere;  // the last label word, if it begins with a token
  NumberParts parts_;
  bool is_respelt_ = false;  // (province), or classes out of order, twice, with commas or items
  std::uint16_t repairs_ = 0;
  MalformedReason reason_ = MalformedReason::kNone;
  std::uint32_t fault_ = 0;
};

}  // namespace

ParsedNumber parse_folded(const FoldedText& text) noexcept {
  return FoldedParser(text).run();
}

}  // namespace beian
