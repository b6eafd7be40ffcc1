// Packing, unpacking and printing of filing numbers. Tests: tests/filing/number_test.cc, which pins
// the bytes of keys, because snapshot files store them.
#include "cache/filing/number.h"

#include <array>
#include <cstring>

#include "cache/base/limits.h"
#include "cache/base/result.h"
#include "cache/base/two_digits.h"
#include "cache/filing/key_parts.h"
#include "cache/filing/main_digits.h"
#include "cache/filing/provinces.h"

namespace beian {
namespace {

// The key, from bit 63 down to bit 0:
//
//   | form 2 | province 6 | classes 4 | long 1 | main 34              | serial 17 |
//   63       61           55          51       50                     16          0
//   '------------------- subject key, 47 bits ------------------------'
//
//   form      Form
//   province  index into kProvinces, or kCrossProvince
//   classes   set of LicenceClass on licences, else 0
//   long      main has the form's greater number of digits (kMainDigits), so 014000 and
//             00014000 are two numbers
//   main      value of the digits, below 10^10 < 2^34
//
// In the subject key, all shifts are 17 less.
constexpr unsigned kLongShift = kMainBits;
constexpr unsigned kClassesShift = kLongShift + 1;
static_assert(kProvinceShift == kClassesShift + 4);
constexpr unsigned kFormShift = kProvinceShift + 6;
static_assert(kFormShift + 2 + kSerialBits == 64);
static_assert(limits::kServiceSerialMax < (1U << kSerialBits));

constexpr std::array<std::uint64_t, 11> kPowersOfTen = [] {
  std::array<std::uint64_t, 11> powers{1};
  for (std::size_t i = 1; i < powers.size(); ++i) powers[i] = powers[i - 1] * 10;
  return powers;
}();
static_assert(kPowersOfTen[10] < (1ULL << kMainBits));

bool is_province_of(Form form, std::uint8_t province) noexcept {
  if (form == Form::kLicence && (province == kNoProvince || province == kCrossProvince))
    return true;
  if (province == kNoProvince || province >= kProvinces.size()) return false;
  return form != Form::kFiling || kProvinces[province].is_on_filings;
}

bool is_valid(const NumberParts& parts) noexcept {
  if (static_cast<unsigned>(parts.form) > 2 || static_cast<unsigned>(parts.kind) > 4) return false;
  if (!is_province_of(parts.form, parts.province) || parts.classes > 15) return false;
  if ((parts.classes != 0) != (parts.form == Form::kLicence)) return false;
  if (!may_have_main_digits(parts.form, parts.main_digits)) return false;
  if (parts.main >= kPowersOfTen[parts.main_digits]) return false;
  if (parts.serial > limits::kServiceSerialMax) return false;
  return (parts.serial == 0) == (parts.kind == Kind::kSubject);
}

// Defined here so that it is inlined: an answer asks for a number about ten times.
NumberParts unpack(FilingKey key, Kind kind) noexcept {
  const SubjectKey subject = subject_key(key);
  const auto bits = static_cast<std::uint64_t>(subject);
  const auto form = static_cast<unsigned>(bits >> kFormShift);
  NumberParts parts;
  parts.form = static_cast<Form>(form);
  parts.province = province_of(subject);
  parts.classes = static_cast<std::uint8_t>(bits >> kClassesShift & 15);
  parts.main_digits = kMainDigits[form % 3][bits >> kLongShift & 1];
  parts.main = main_of(subject);
  parts.serial = serial_of(key);
  parts.kind = kind;
  return parts;
}

// The provinces that filings print, one bit each.
constexpr std::uint64_t kOnFilings = [] {
  std::uint64_t set = 0;
  for (std::size_t i = 0; i < kProvinces.size(); ++i)
    if (kProvinces[i].is_on_filings) set |= 1ULL << i;
  return set;
}();
static_assert((kOnFilings & 1ULL << kNoProvince) == 0);

// Does what is_valid() does for nearly every key, an ICP备 of either length, without unpacking it:
// the views of a snapshot ask several times a check. False when in doubt.
bool is_plain_filing(FilingKey key, Kind kind) noexcept {
  const auto subject = static_cast<std::uint64_t>(subject_key(key));
  const std::uint64_t head = subject >> kClassesShift;  // form, province, classes
  if ((head & 15) != 0 || head >> 10 != 0) return false;
  if ((kOnFilings >> (head >> 4) & 1) == 0) return false;
  const std::uint64_t main = subject & ((1ULL << kMainBits) - 1);
  const std::uint8_t main_digits = kMainDigits[0][subject >> kLongShift & 1];
  return main < kPowersOfTen[main_digits] && serial_of(key) <= limits::kServiceSerialMax &&
         (serial_of(key) == 0) == (kind == Kind::kSubject) && static_cast<unsigned>(kind) <= 4;
}

// Writes through a moving end; every piece is a few bytes.
struct Out {
  char* end;

  void text(std::string_view piece) noexcept {
    std::memcpy(end, piece.data(), piece.size());
    end += piece.size();
  }
  void digits(std::uint64_t value, unsigned count) noexcept {
    unsigned i = count;
    for (; i >= 2; value /= 100) {
      i -= 2;
      print_two_digits(value % 100, end + i);
    }
    if (i == 1) end[0] = static_cast<char>('0' + value % 10);
    end += count;
  }
};

void print_head(const NumberParts& parts, Out& out) noexcept {
  if (parts.province == kCrossProvince)
    out.text("合字");
  else if (parts.province != kNoProvince)
    out.text({kProvinces[parts.province].character.data(), 3});
  if (parts.form == Form::kFiling) return out.text("ICP备");
  if (parts.form == Form::kIcpLicence) return out.text("ICP证");
  constexpr std::string_view kClasses[4] = {"A1", "A2", "B1", "B2"};
  bool is_first = true;
  for (unsigned i = 0; i < 4; ++i) {
    if ((parts.classes & (1U << i)) == 0) continue;
    if (!is_first) out.text(".");
    out.text(kClasses[i]);
    is_first = false;
  }
  out.text("-");
}

}  // namespace

FilingNumber FilingNumber::pack(const NumberParts& parts) noexcept {
  BEIAN_ASSERT(is_valid(parts));
  const bool is_long = parts.main_digits == kMainDigits[static_cast<unsigned>(parts.form)][1];
  const auto subject = static_cast<std::uint64_t>(parts.form) << kFormShift |
                       static_cast<std::uint64_t>(parts.province) << kProvinceShift |
                       static_cast<std::uint64_t>(parts.classes) << kClassesShift |
                       static_cast<std::uint64_t>(is_long) << kLongShift | parts.main;
  return {filing_key(SubjectKey{subject}, parts.serial), parts.kind};
}

FilingNumber FilingNumber::from_key(FilingKey key, Kind kind) noexcept {
  if (is_plain_filing(key, kind)) [[likely]]
    return {key, kind};
  if (static_cast<std::uint64_t>(key) >> 62 > 2 || !is_valid(unpack(key, kind))) return {};
  return {key, kind};
}

NumberParts FilingNumber::parts() const noexcept {
  return unpack(key_, kind_);
}

FilingNumber FilingNumber::subject_number() const noexcept {
  return {filing_key(subject(), 0), Kind::kSubject};
}

FilingNumber FilingNumber::with_service(std::uint32_t serial, Kind kind) const noexcept {
  BEIAN_ASSERT(serial >= 1 && serial <= limits::kServiceSerialMax && kind != Kind::kSubject);
  return {filing_key(subject(), serial), kind};
}

std::size_t print(const FilingNumber& number, char* out) noexcept {
  if (number.key() == FilingKey{}) return 0;  // the number that no text parses to
  const NumberParts parts = unpack(number.key(), number.kind());
  Out text{out};
  print_head(parts, text);
  text.digits(parts.main, parts.main_digits);
  if (parts.form != Form::kLicence) text.text("号");
  if (parts.serial != 0) {
    unsigned count = 1;
    while (parts.serial >= kPowersOfTen[count]) ++count;
    text.text("-");
    text.digits(parts.serial, count);
    constexpr std::string_view kLetters[5] = {"", "", "A", "X", "K"};
    text.text(kLetters[static_cast<unsigned>(parts.kind)]);
  }
  return static_cast<std::size_t>(text.end - out);
}

std::string canonical(const FilingNumber& number) {
  char text[kCanonicalBytesMax];
  return {text, print(number, text)};
}

std::string_view name_of(Form form) noexcept {
  constexpr std::string_view kNames[3] = {"filing", "icp_licence", "licence"};
  return kNames[static_cast<unsigned>(form)];
}

std::string_view name_of(Kind kind) noexcept {
  constexpr std::string_view kNames[5] = {"subject", "website", "app", "mini_program", "quick_app"};
  return kNames[static_cast<unsigned>(kind)];
}

}  // namespace beian
