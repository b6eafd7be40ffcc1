#include "gate/decision/fragments.h"

#include <optional>

#include "cache/filing/province_characters.h"
#include "gate/decision/near_numbers.h"

namespace beian {
namespace {

constexpr std::size_t kTokenSymbolsMax = 8;  // between province and digits: ICP备案号: has seven
constexpr std::size_t kJointSymbolsMax = 3;  // between main, 号 and serial
constexpr std::size_t kMainRunMin = 4;       // shorter runs belong to a class, or stand for letters
constexpr std::uint8_t kAppClasses = kB2;    // under which services like apps are licensed

bool is_ideograph(char32_t c) noexcept {
  return c >= 0x2E80;
}

// Reads one number from the text, beginning at `begin`.
class FragmentReader {
 public:
  FragmentReader(const FoldedText& text, std::size_t begin, std::uint8_t province) noexcept
      : text_(text), at_(begin) {
    parts_.province = province;
  }

  std::optional<NumberParts> read() noexcept {
    if (!read_token() || !read_main()) return std::nullopt;
    read_serial();
    return parts_;
  }
  std::size_t end() const noexcept { return at_; }

 private:
  std::size_t run_length(std::size_t i) const noexcept {
    std::size_t length = 0;
    while (is_digit(text_.at(i + length))) ++length;
    return length;
  }

  // Moves to the digits and notes what precedes them, for read_form(). False when there are no
  // digits, or they come after another province.
  bool read_token() noexcept {
    const std::size_t begin = at_;
    while (at_ < text_.size && at_ - begin <= kTokenSymbolsMax) {
      const char32_t c = text_.at(at_);
      if (const std::size_t length = run_length(at_); length >= kMainRunMin) return true;
      if (province_of(c) != kNoProvince) return false;
      has_bei_ |= c == U'备';
      has_zheng_ |= c == U'证';
      has_class_ = c == U'-' || ((c == U'A' || c == U'B') && text_.at(at_ + 1) != U'P');
      read_class(at_++);
    }
    return false;
  }

  void read_class(std::size_t i) noexcept {
    const char32_t letter = text_.at(i);
    const char32_t digit = text_.at(i + 1);
    if ((letter != U'A' && letter != U'B') || (digit != U'1' && digit != U'2')) return;
    const unsigned bit = (letter == U'B' ? 2U : 0U) + (digit == U'2' ? 1U : 0U);
    classes_ = static_cast<std::uint8_t>(classes_ | 1U << bit);
  }

  // Reads 6, 8 or 10 digits, possibly interrupted: (2020)012345, 2020-012345. After a class letter,
  // the first digit belongs to the class: B220090555.
  bool read_main() noexcept {
    std::size_t left = run_length(at_);
    const char32_t before = text_.at(at_ - 1);
    if ((left == 7 || left == 9) && (before == U'A' || before == U'B')) {
      --left;
      ++at_;
    }
    std::size_t digits = 0;
    while (left > 0 && digits + left <= 10) {
      digits += left;
      for (; left > 0; --left, ++at_) parts_.main = parts_.main * 10 + (text_.at(at_) - U'0');
      if (digits >= 6) break;
      left = skip_to_digits(U'号');
    }
    parts_.main_digits = static_cast<std::uint8_t>(digits);
    return (digits == 6 || digits == 8 || digits == 10) && left == 0 && read_form();
  }

  bool read_form() noexcept {
    const bool is_licence = !has_bei_ && !has_zheng_ && has_class_;
    if (parts_.main_digits == 10)
      parts_.form = Form::kFiling;
    else if (is_licence || parts_.province == kCrossProvince)
      parts_.form = Form::kLicence;
    else
      parts_.form = parts_.main_digits == 6 || has_zheng_ ? Form::kIcpLicence : Form::kFiling;
    if (parts_.form == Form::kLicence) {
      parts_.classes = classes_ == 0 ? kAppClasses : classes_;
      return true;
    }
    if (parts_.province == kCrossProvince) return false;
    if (!is_printed_on(parts_.form, parts_.province))
      parts_.province = namesake_of(parts_.province);
    return true;
  }

  // If digits follow after a few meaningless symbols, moves to them and returns how many there are.
  // Otherwise stays and returns 0.
  std::size_t skip_to_digits(char32_t end) noexcept {
    for (std::size_t i = at_; i < text_.size && i - at_ <= kJointSymbolsMax; ++i) {
      const char32_t c = text_.at(i);
      if (is_digit(c)) return at_ = i, run_length(i);
      if (is_ideograph(c) || c == end) break;
    }
    return 0;
  }

  // 号-2A, 号2A, 号_2A, 号-A2, 号-02A
  void read_serial() noexcept {
    if (text_.at(at_) == U'号') ++at_;
    std::size_t left = skip_to_digits(U'号');
    for (; left > 0 && parts_.serial <= limits::kServiceSerialMax; --left, ++at_)
      parts_.serial = parts_.serial * 10 + static_cast<std::uint32_t>(text_.at(at_) - U'0');
    if (parts_.serial > limits::kServiceSerialMax) parts_.serial = 0;
    if (parts_.serial != 0) parts_.kind = Kind::kWebsite;
  }

  const FoldedText& text_;
  std::size_t at_;
  NumberParts parts_;
  bool has_bei_ = false;
  bool has_zheng_ = false;
  bool has_class_ = false;  // a hyphen, or A or B, stands directly before the digits
  std::uint8_t classes_ = 0;
};

}  // namespace

Fragments::Fragments(const FoldedText& text) noexcept {
  for (std::size_t i = 0; i < text.size && count_ < kNumbersMax; ++i) {
    if (!is_ideograph(text.at(i))) continue;
    const bool is_cross = text.has(i, U"合字");
    const std::uint8_t province = is_cross ? kCrossProvince : province_of(text.at(i));
    if (province == kNoProvince) continue;
    FragmentReader reader(text, i + (is_cross ? 2 : 1), province);
    const auto parts = reader.read();
    if (!parts) continue;
    list_[count_++] = *parts;
    i = reader.end() - 1;
  }
}

}  // namespace beian
