// The three layers in order, and the stable names of what they find.
#include "cache/filing/parse.h"

#include <array>

#include "cache/base/result.h"
#include "cache/filing/fold.h"
#include "cache/filing/parse_canonical.h"
#include "cache/filing/parse_folded.h"
#include "cache/filing/plausible.h"

namespace beian {
namespace {

ParsedNumber malformed(MalformedReason reason, std::size_t offset) noexcept {
  return {.reason = reason, .offset = static_cast<std::uint32_t>(offset)};
}

// Not inlined: its buffers would cost the canonical path a big stack frame.
[[gnu::noinline]] ParsedNumber parse_other(std::string_view text) noexcept {
  if (text.size() > limits::kNumberTextBytesMax)
    return malformed(MalformedReason::kTooLong, limits::kNumberTextBytesMax);
  FoldedText folded;
  const std::size_t utf8_bytes = fold(text, &folded);
  if (utf8_bytes < text.size()) return malformed(MalformedReason::kNotUtf8, utf8_bytes);
  if (folded.size == 0) return malformed(MalformedReason::kEmpty, 0);
  return parse_folded(folded);
}

}  // namespace

ParsedNumber parse_number(std::string_view text) noexcept {
  NumberParts parts;
  if (!parse_canonical(text, &parts)) [[unlikely]]
    return parse_other(text);
  ParsedNumber parsed;
  parsed.outcome = ParsedNumber::Outcome::kNumber;
  parsed.number = FilingNumber::pack(parts);
  parsed.plausible = is_plausible(parts);
  return parsed;
}

std::string_view repair_name(int bit) noexcept {
  constexpr std::array<std::string_view, kRepairCount> kNames = {
      "extra_an",         "extra_di",       "doubled_token",  "missing_hao",
      "hao_after_serial", "trailing_text",  "leading_label",  "province_alias",
      "extra_hao",        "misspelt_token", "spelt_out_token"};
  BEIAN_ASSERT(bit >= 0 && bit < kRepairCount);
  return kNames[static_cast<std::size_t>(bit)];
}

std::string_view malformed_reason_name(MalformedReason reason) noexcept {
  constexpr std::array<std::string_view, 17> kNames = {"none",
                                                       "empty",
                                                       "too_long",
                                                       "not_utf8",
                                                       "missing_province",
                                                       "unknown_province",
                                                       "missing_token",
                                                       "unknown_class",
                                                       "main_digit_count",
                                                       "main_not_digits",
                                                       "kind_without_serial",
                                                       "serial_missing",
                                                       "serial_zero",
                                                       "serial_leading_zero",
                                                       "serial_too_large",
                                                       "unknown_kind",
                                                       "unexpected_text"};
  return kNames[static_cast<std::size_t>(reason)];
}

std::string_view other_register_name(OtherRegister what) noexcept {
  constexpr std::array<std::string_view, 7> kNames = {
      "none",        "public_security",   "culture",
      "audiovisual", "registrar_licence", "software_copyright",
      "education"};
  return kNames[static_cast<std::size_t>(what)];
}

}  // namespace beian
