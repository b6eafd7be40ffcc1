#include "gate/decision/readings.h"

#include <algorithm>
#include <string>

#include "cache/base/limits.h"
#include "cache/filing/provinces.h"

namespace beian {
namespace {

constexpr std::string_view kBei = "备";
constexpr std::string_view kZheng = "证";
constexpr std::string_view kHao = "号";
constexpr std::size_t kCharacterBytes = 3;  // of a province character

bool is_digit(char c) noexcept {
  return c >= '0' && c <= '9';
}

class Readings {
 public:
  void add(std::string_view text, Reading::Slip slip) {
    const ParsedNumber parsed = parse_number(text);
    if (!parsed.is_number()) return;
    const auto is_same = [&](const Reading& held) { return held.number == parsed.number; };
    if (std::ranges::none_of(list_, is_same)) list_.push_back({parsed.number, slip});
  }
  bool empty() const noexcept { return list_.empty(); }
  std::vector<Reading> take() { return std::move(list_); }

 private:
  std::vector<Reading> list_;
};

// Where the digits of the number begin: behind 备 or 证, or behind the first hyphen of a licence,
// so that the letters of ICP and B2 stay.
std::size_t digits_begin(std::string_view text) noexcept {
  for (const std::string_view token : {kBei, kZheng})
    if (const std::size_t at = text.rfind(token); at != std::string_view::npos)
      return at + token.size();
  const std::size_t hyphen = text.find('-');
  return hyphen == std::string_view::npos ? text.size() : hyphen + 1;
}

// O for 0, I and l for 1, S for 5, B for 8. The kind letters A, X and K stand for no digit.
std::string with_letters_as_digits(std::string_view text) {
  std::string out(text);
  for (std::size_t i = digits_begin(text); i < out.size(); ++i) {
    char& c = out[i];
    if (c == 'O' || c == 'o') c = '0';
    if (c == 'I' || c == 'i' || c == 'l') c = '1';
    if (c == 'S' || c == 's') c = '5';
    if (c == 'B' || c == 'b') c = '8';
  }
  return out;
}

// One digit of the main number more, or one less.
void add_digit_counts(std::string_view text, Readings* readings) {
  const std::size_t begin = digits_begin(text);
  std::size_t end = begin;
  while (end < text.size() && is_digit(text[end])) ++end;
  if (end - begin < 5 || end - begin > 11) return;
  for (std::size_t at = begin; at < end; ++at)
    readings->add(std::string(text).erase(at, 1), Reading::Slip::kDigitCount);
  for (std::size_t at = begin; at <= end; ++at)
    for (char digit = '0'; digit <= '9'; ++digit)
      readings->add(std::string(text).insert(at, 1, digit), Reading::Slip::kDigitCount);
}

// Every province in front of `rest`.
void add_provinces(std::string_view rest, Readings* readings) {
  for (const Province& province : kProvinces)
    if (province.is_on_filings)
      readings->add(std::string(province.character) + std::string(rest), Reading::Slip::kProvince);
}

// 号2A for 号-2A.
void add_hyphen(std::string_view text, Readings* readings) {
  const std::size_t at = text.rfind(kHao);
  if (at == std::string_view::npos) return;
  const std::size_t end = at + kHao.size();
  readings->add(std::string(text).insert(end, "-"), Reading::Slip::kToken);
  if (readings->empty()) readings->add(text.substr(0, end), Reading::Slip::kService);
}

// What stands before the last hyphen, or before the letters at the end.
void add_subjects(std::string_view text, Readings* readings) {
  if (const std::size_t hyphen = text.rfind('-'); hyphen != std::string_view::npos)
    readings->add(text.substr(0, hyphen), Reading::Slip::kService);
  const std::size_t last =
      text.find_last_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");
  if (last != std::string_view::npos)
    readings->add(text.substr(0, last + 1), Reading::Slip::kService);
}

}  // namespace

std::vector<Reading> readings_of(std::string_view text, MalformedReason reason) {
  if (text.size() > limits::kNumberTextBytesMax) return {};
  Readings readings;
  readings.add(with_letters_as_digits(text), Reading::Slip::kLetterForDigit);
  switch (reason) {
    case MalformedReason::kMainDigitCount:
      add_digit_counts(text, &readings);
      break;
    case MalformedReason::kMissingProvince:
      add_provinces(text, &readings);
      break;
    case MalformedReason::kUnknownProvince:
      if (text.size() > kCharacterBytes) add_provinces(text.substr(kCharacterBytes), &readings);
      break;
    case MalformedReason::kMissingToken:
      if (text.size() > kCharacterBytes)
        readings.add(std::string(text).insert(kCharacterBytes, "ICP备"), Reading::Slip::kToken);
      break;
    case MalformedReason::kUnexpectedText:
      add_hyphen(text, &readings);
      break;
    default:
      break;
  }
  if (readings.empty()) add_subjects(text, &readings);
  return readings.take();
}

}  // namespace beian
