#include "gate/wire/number_json.h"

#include "cache/base/json_text.h"
#include "cache/base/result.h"
#include "cache/filing/provinces.h"
#include "gate/wire/words.h"

namespace beian {
namespace {

void append_canonical(const FilingNumber& number, std::string* out) {
  char text[kCanonicalBytesMax];
  *out += '"';
  out->append(text, print(number, text));
  *out += '"';
}

void append_classes(std::uint8_t classes, std::string* out) {
  constexpr std::string_view kNames[4] = {R"("A1")", R"("A2")", R"("B1")", R"("B2")"};
  *out += R"(,"classes":[)";
  bool is_first = true;
  for (unsigned i = 0; i < 4; ++i) {
    if ((classes >> i & 1) == 0) continue;
    if (!is_first) *out += ',';
    *out += kNames[i];
    is_first = false;
  }
  *out += ']';
}

void append_province(std::uint8_t province, std::string* out) {
  *out += R"(,"province":)";
  if (province == kNoProvince || province == kCrossProvince) {
    *out += "null";
    return;
  }
  *out += '"';
  *out += kProvinces[province].character;
  *out += '"';
}

void append_main(const NumberParts& parts, std::string* out) {
  char digits[10];
  std::uint64_t rest = parts.main;
  for (unsigned i = parts.main_digits; i-- > 0; rest /= 10)
    digits[i] = static_cast<char>('0' + rest % 10);
  *out += R"(,"main":")";
  out->append(digits, parts.main_digits);
  *out += '"';
}

void append_repairs(unsigned repairs, std::string* out) {
  *out += R"(,"repairs":[)";
  bool is_first = true;
  for (int bit = 0; bit < kRepairCount; ++bit) {
    if ((repairs >> bit & 1) == 0) continue;
    *out += is_first ? "\"" : ",\"";
    *out += repair_name(bit);
    *out += '"';
    is_first = false;
  }
  *out += ']';
}

void append_number(const ParsedNumber& parsed, std::string* out) {
  const NumberParts parts = parsed.number.parts();
  *out += R"(,"canonical":)";
  append_canonical(parsed.number, out);
  *out += R"(,"form":")";
  *out += name_of(parts.form);
  *out += '"';
  if (parts.form == Form::kLicence) append_classes(parts.classes, out);
  append_province(parts.province, out);
  append_main(parts, out);
  *out += R"(,"subject_number":)";
  append_canonical(parsed.number.subject_number(), out);
  if (parts.serial == 0) {
    *out += R"(,"serial":null,"kind":null)";
  } else {
    *out += R"(,"serial":)";
    *out += std::to_string(parts.serial);
    *out += R"(,"kind":")";
    *out += name_of(parts.kind);
    *out += '"';
  }
  *out += parsed.folded ? R"(,"folded":true)" : R"(,"folded":false)";
  append_repairs(parsed.repairs, out);
  *out += parsed.plausible ? R"(,"plausible":true)" : R"(,"plausible":false)";
}

}  // namespace

void append_number_json(std::string_view input, const ParsedNumber& parsed, std::string* out) {
  *out += R"({"input":)";
  append_json_string(input, out);
  switch (parsed.outcome) {
    case ParsedNumber::Outcome::kNumber:
      append_number(parsed, out);
      break;
    case ParsedNumber::Outcome::kMalformed:
      *out += R"(,"error":"NUMBER_MALFORMED","reason":")";
      *out += malformed_reason_name(parsed.reason);
      *out += R"(","offset":)";
      *out += std::to_string(parsed.offset);
      break;
    case ParsedNumber::Outcome::kNotAFiling:
      *out += R"(,"error":"NOT_A_FILING","what":")";
      *out += other_register_name(parsed.what);
      *out += '"';
      break;
  }
  *out += '}';
}

std::string number_fault(const ParsedNumber& parsed) {
  BEIAN_ASSERT(!parsed.is_number());
  if (parsed.outcome == ParsedNumber::Outcome::kNotAFiling)
    return "it is " + std::string(wire::register_words(parsed.what).en);
  return std::string(wire::reason_words(parsed.reason).en) + ", at byte " +
         std::to_string(parsed.offset);
}

}  // namespace beian
