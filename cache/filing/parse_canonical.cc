// Tests: tests/filing/canonical_test.cc (round trips, every one-byte edit),
// tests/fuzz/number_fuzz.cc.
#include "cache/filing/parse_canonical.h"

#include <array>

#include "cache/base/limits.h"
#include "cache/filing/main_digits.h"
#include "cache/filing/provinces.h"

namespace beian {
namespace {

// Looks up province characters in a hash table without collisions: one multiplication instead of 35
// comparisons. The multiplier is found at compile time.
constexpr unsigned kSlotBits = 8;

constexpr std::uint32_t three_bytes(const char* at) {
  return static_cast<std::uint32_t>(static_cast<unsigned char>(at[0])) << 16 |
         static_cast<std::uint32_t>(static_cast<unsigned char>(at[1])) << 8 |
         static_cast<std::uint32_t>(static_cast<unsigned char>(at[2]));
}

constexpr std::uint32_t slot_of(std::uint32_t bytes, std::uint32_t multiplier) {
  return bytes * multiplier >> (32 - kSlotBits);
}

struct ProvinceTable {
  std::uint32_t multiplier = 0;
  std::array<std::uint32_t, 1U << kSlotBits> bytes{};
  std::array<std::uint8_t, 1U << kSlotBits> index{};
};

consteval bool fill(ProvinceTable* table, std::uint32_t multiplier) {
  *table = {multiplier};
  for (std::uint8_t i = 1; i < kProvinceCount; ++i) {
    const std::uint32_t character = three_bytes(kProvinces[i].character.data());
    const std::uint32_t slot = slot_of(character, multiplier);
    if (table->index[slot] != 0) return false;
    table->bytes[slot] = character;
    table->index[slot] = i;
  }
  return true;
}

consteval ProvinceTable make_province_table() {
  ProvinceTable table;
  std::uint32_t multiplier = 0x9E3779B1;
  while (!fill(&table, multiplier)) multiplier += 0x61C88646;
  return table;
}
constexpr ProvinceTable kTable = make_province_table();

// Takes pieces off the front of what is left, checking before each step that it is there.
struct Rest {
  const char* at;
  const char* end;

  std::size_t size() const noexcept { return static_cast<std::size_t>(end - at); }
  bool is_digit() const noexcept { return at != end && *at >= '0' && *at <= '9'; }

  bool take(char c) noexcept {
    if (at == end || *at != c) return false;
    ++at;
    return true;
  }
  bool take(std::string_view word) noexcept {
    if (!std::string_view(at, size()).starts_with(word)) return false;
    at += word.size();
    return true;
  }
  // Reads up to `count_max` digits into `*value`; returns how many.
  unsigned take_digits(unsigned count_max, std::uint64_t* value) noexcept {
    unsigned count = 0;
    for (*value = 0; count < count_max && is_digit(); ++count)
      *value = *value * 10 + static_cast<std::uint64_t>(*at++ - '0');
    return count;
  }
};

bool take_province(Rest& rest, std::uint8_t* province) noexcept {
  if (rest.size() < 3) return false;
  const std::uint32_t bytes = three_bytes(rest.at);
  const std::uint32_t slot = slot_of(bytes, kTable.multiplier);
  if (kTable.bytes[slot] != bytes) return false;
  *province = kTable.index[slot];
  rest.at += 3;
  return true;
}

bool take_classes(Rest& rest, std::uint8_t* classes) noexcept {
  do {
    if (rest.size() < 2 || (rest.at[0] != 'A' && rest.at[0] != 'B')) return false;
    if (rest.at[1] != '1' && rest.at[1] != '2') return false;
    const unsigned bit = (rest.at[0] == 'B' ? 2U : 0U) + (rest.at[1] == '2' ? 1U : 0U);
    if (*classes >> bit != 0) return false;  // not in order, or twice
    *classes = static_cast<std::uint8_t>(*classes | 1U << bit);
    rest.at += 2;
  } while (rest.take('.'));
  return rest.take('-');
}

bool take_main(Rest& rest, NumberParts* parts) noexcept {
  const unsigned digits = rest.take_digits(10, &parts->main);
  parts->main_digits = static_cast<std::uint8_t>(digits);
  return may_have_main_digits(parts->form, digits);
}

bool take_service(Rest& rest, NumberParts* parts) noexcept {
  if (rest.at == rest.end) return true;
  if (!rest.take('-') || !rest.is_digit() || *rest.at == '0') return false;
  std::uint64_t serial;
  rest.take_digits(6, &serial);
  if (serial > limits::kServiceSerialMax) return false;
  parts->serial = static_cast<std::uint32_t>(serial);
  parts->kind = rest.take('A')   ? Kind::kApp
                : rest.take('X') ? Kind::kMiniProgram
                : rest.take('K') ? Kind::kQuickApp
                                 : Kind::kWebsite;
  return rest.at == rest.end;
}

}  // namespace

bool parse_canonical(std::string_view text, NumberParts* parts) noexcept {
  Rest rest{text.data(), text.data() + text.size()};
  *parts = NumberParts{};
  if (take_province(rest, &parts->province)) {
    if (rest.take("ICP备")) {
      if (!kProvinces[parts->province].is_on_filings) return false;
      return take_main(rest, parts) && rest.take("号") && take_service(rest, parts);
    }
    if (rest.take("ICP证")) {
      parts->form = Form::kIcpLicence;
      return take_main(rest, parts) && rest.take("号") && take_service(rest, parts);
    }
  } else if (rest.take("合字")) {
    parts->province = kCrossProvince;
  }
  parts->form = Form::kLicence;
  return take_classes(rest, &parts->classes) && take_main(rest, parts) && take_service(rest, parts);
}

}  // namespace beian
