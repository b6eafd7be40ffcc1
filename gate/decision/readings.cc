#include "gate/decision/readings.h"

#include <algorithm>
#include <string>

#include "cache/base/limits.h"
#include "cache/filing/key_parts.h"
#include "cache/filing/provinces.h"
#include "gate/decision/fragments.h"
#include "gate/decision/near_numbers.h"

namespace beian {
namespace {

constexpr std::string_view kFilingToken = "ICP备";
constexpr std::string_view kLicenceToken = "ICP证";
constexpr std::size_t kCharacterBytes = 3;  // of each non-ASCII character, once folded

bool is_ascii_digit(char c) noexcept {
  return c >= '0' && c <= '9';
}

class Readings {
 public:
  void add(std::string_view text, Reading::Slip slip) {
    if (const ParsedNumber parsed = parse_number(text); parsed.is_number())
      add(parsed.number.key(), slip);
  }
  void add(FilingKey key, Reading::Slip slip) {
    const auto is_same = [&](const Reading& held) { return held.key == key; };
    if (std::ranges::none_of(list_, is_same)) add_new(key, slip);
  }
  // REQUIRES: no reading has `key` yet.
  void add_new(FilingKey key, Reading::Slip slip) { list_.push_back({key, slip}); }
  void expect(std::size_t count) { list_.reserve(list_.size() + count); }
  bool empty() const noexcept { return list_.empty(); }
  std::vector<Reading> take() { return std::move(list_); }

 private:
  std::vector<Reading> list_;
};

// Where the last ICP备 begins, else the last ICP证, or npos: labels before the number may contain
// it too.
std::size_t token_begin(std::string_view text) noexcept {
  const std::size_t at = text.rfind(kFilingToken);
  return at == std::string_view::npos ? text.rfind(kLicenceToken) : at;
}

// Where the digits of the number begin: after ICP备 or ICP证, or after the first hyphen of a
// licence, so that the letters of ICP and B2 are left alone.
std::size_t digits_begin(std::string_view text) noexcept {
  if (const std::size_t at = token_begin(text); at != std::string_view::npos)
    return at + kFilingToken.size();
  const std::size_t hyphen = text.find('-');
  return hyphen == std::string_view::npos ? text.size() : hyphen + 1;
}

// Replaces letters by the digits that they are mistaken for: O by 0, I and L by 1, S by 5, B by 8.
// The kind letters A, X and K resemble no digit. The text is folded: all letters are capitals.
std::string with_letters_as_digits(std::string_view text) {
  std::string out(text);
  for (std::size_t i = digits_begin(text); i < out.size(); ++i) {
    char& c = out[i];
    if (c == 'O') c = '0';
    if (c == 'I' || c == 'L') c = '1';
    if (c == 'S') c = '5';
    if (c == 'B') c = '8';
  }
  return out;
}

std::uint64_t value_of(std::string_view digits) noexcept {
  std::uint64_t value = 0;
  for (const char digit : digits) value = value * 10 + static_cast<std::uint64_t>(digit - '0');
  return value;
}

// Reads texts that differ only in the digits of their mains: one of them is parsed, and the others
// are derived from it.
class MainReader {
 public:
  // `text` stands for all of them: its main has `count` digits and begins at `begin`.
  MainReader(const std::string& text, std::size_t begin, std::size_t count) {
    const ParsedNumber parsed = parse_number(text);
    if (!parsed.is_number()) return;
    key_ = parsed.number.key();
    is_readable_ =
        parsed.number.parts().main_digits == count &&
        main_of(subject_key(key_)) == value_of(std::string_view(text).substr(begin, count));
  }
  bool is_readable() const noexcept { return is_readable_; }
  FilingKey with(std::uint64_t main) const noexcept {
    return filing_key(with_main(subject_key(key_), main), serial_of(key_));
  }

 private:
  FilingKey key_{};
  bool is_readable_ = false;
};

// Adds the numbers with one main digit more, or one less. In a run of equal digits, it does not
// matter which.
void add_digit_counts(std::string_view text, Readings* readings) {
  constexpr std::size_t kCountMin = 5;  // longer than a year, and than nearly every serial
  constexpr std::size_t kCountMax = 11;
  std::size_t begin = 0;
  std::size_t end = 0;
  for (std::size_t i = 0; i < text.size() && end - begin < kCountMin; ++i) {
    if (!is_ascii_digit(text[i])) begin = i + 1;
    end = i + 1;
  }
  while (end < text.size() && is_ascii_digit(text[end])) ++end;
  const std::size_t count = end - begin;
  if (count < kCountMin || count > kCountMax) return;
  const std::uint64_t main = value_of(text.substr(begin, count));

  const MainReader shorter(std::string(text).erase(begin, 1), begin, count - 1);
  std::uint64_t unit = 1;  // place value of the digit at hand
  for (std::size_t i = 1; i < count; ++i) unit *= 10;
  for (std::size_t at = begin; at < end && shorter.is_readable(); ++at, unit /= 10)
    if (at == begin || text[at] != text[at - 1])
      readings->add_new(shorter.with(main / (unit * 10) * unit + main % unit),
                        Reading::Slip::kDigitCount);

  readings->expect(11 * count);
  const MainReader longer(std::string(text).insert(begin, 1, '0'), begin, count + 1);
  unit = 1;
  for (std::size_t i = 0; i < count; ++i) unit *= 10;
  for (std::size_t at = begin; at <= end && longer.is_readable(); ++at, unit /= 10)
    for (unsigned digit = 0; digit < 10; ++digit)
      if (at == begin || text[at - 1] != static_cast<char>('0' + digit))
        readings->add_new(longer.with(main / unit * unit * 10 + digit * unit + main % unit),
                          Reading::Slip::kDigitCount);
}

// Adds `rest` with every province in front of it. One such text is read, and the others are derived
// from it.
void add_provinces(std::string_view rest, Readings* readings) {
  constexpr std::uint8_t kFirst = 1;
  const std::string text = std::string(kProvinces[kFirst].character) + std::string(rest);
  FoldedText folded;
  if (text.size() > limits::kNumberTextBytesMax || fold(text, &folded) < text.size()) return;
  const Fragments fragments(folded);
  if (fragments.list().empty() || fragments.list().front().province != kFirst) return;
  const NumberParts& parts = fragments.list().front();
  const FilingKey key = FilingNumber::pack(parts).key();
  for (std::uint8_t province = kFirst; province < kProvinceCount; ++province)
    if (kProvinces[province].is_on_filings || parts.form == Form::kLicence)
      readings->add(filing_key(with_province(subject_key(key), province), serial_of(key)),
                    Reading::Slip::kProvince);
}

// Adds the numbers that are intact but for what surrounds their digits, in the form that the text
// suggests and in others.
void add_fragments(const FoldedText& text, Reading::Slip slip, Readings* readings) {
  const Fragments fragments(text);
  for (const NumberParts& parts : fragments.list()) {
    const FilingKey key = FilingNumber::pack(parts).key();
    readings->add(key, slip);
    for_each_other_form(parts, [&](SubjectKey other) {
      readings->add(filing_key(other, serial_of(key)), Reading::Slip::kForm);
    });
  }
}

// Adds the subject: what precedes the last hyphen, or the letters at the end.
void add_subjects(std::string_view text, Readings* readings) {
  if (const std::size_t hyphen = text.rfind('-'); hyphen != std::string_view::npos)
    readings->add(text.substr(0, hyphen), Reading::Slip::kService);
  const std::size_t last =
      text.find_last_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");
  if (last != std::string_view::npos)
    readings->add(text.substr(0, last + 1), Reading::Slip::kService);
}

// As UTF-8, three bytes for each non-ASCII character; one of another length, which no number has,
// becomes U+FFFD.
std::string text_of(const FoldedText& folded) {
  std::string out;
  out.reserve(folded.size * kCharacterBytes);
  for (std::size_t i = 0; i < folded.size; ++i) {
    char32_t c = folded.at(i);
    if (c < 0x80) {
      out += static_cast<char>(c);
      continue;
    }
    if (c < 0x800 || c > 0xFFFF) c = 0xFFFD;
    out += static_cast<char>(0xE0 | c >> 12);
    out += static_cast<char>(0x80 | (c >> 6 & 0x3F));
    out += static_cast<char>(0x80 | (c & 0x3F));
  }
  return out;
}

// The text from its token on; without one, what follows the unknown province character, if any.
std::string_view without_province(std::string_view text, MalformedReason reason) noexcept {
  if (const std::size_t token = token_begin(text); token != std::string_view::npos)
    return text.substr(token);
  const bool has_character = reason == MalformedReason::kUnknownProvince;
  return text.substr(has_character ? std::min(text.size(), kCharacterBytes) : 0);
}

}  // namespace

std::vector<Reading> readings_of(std::string_view text, MalformedReason reason) {
  FoldedText folded;
  if (text.size() > limits::kNumberTextBytesMax || fold(text, &folded) < text.size()) return {};
  Readings readings;
  std::string plain = text_of(folded);
  if (plain.size() > limits::kNumberTextBytesMax) return {};
  if (std::string digits = with_letters_as_digits(plain); digits != plain) {
    const ParsedNumber parsed = parse_number(digits);
    if (parsed.is_number()) {
      readings.add(parsed.number.key(), Reading::Slip::kLetterForDigit);
      // The B of -2B may be an 8, or a wrong kind letter.
      if (reason != MalformedReason::kUnknownKind) return readings.take();
    } else {
      // There are two faults: look for the other in the text with this one corrected.
      plain = std::move(digits);
      fold(plain, &folded);
      reason = parsed.reason;
    }
  }
  const bool is_kind_damaged = reason == MalformedReason::kUnknownKind;
  add_fragments(folded, is_kind_damaged ? Reading::Slip::kService : Reading::Slip::kText,
                &readings);
  if (!readings.empty()) return readings.take();
  switch (reason) {
    case MalformedReason::kMainDigitCount:
      add_digit_counts(plain, &readings);
      break;
    case MalformedReason::kMissingProvince:
    case MalformedReason::kUnknownProvince:
    case MalformedReason::kMissingToken:
      add_provinces(without_province(plain, reason), &readings);
      break;
    default:
      break;
  }
  if (readings.empty()) add_subjects(plain, &readings);
  return readings.take();
}

}  // namespace beian
