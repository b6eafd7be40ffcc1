#include "cache/feed/fields.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "cache/base/bytes.h"
#include "cache/feed/joined.h"
#include "cache/filing/fingerprint.h"
#include "cache/filing/parse.h"
#include "cache/filing/provinces.h"

namespace beian::cache {
namespace {

constexpr std::size_t kQuotedBytesMax = 80;  // of a refused text in a message

bool refuse(std::string* why, std::string_view what, std::string_view text) {
  *why = joined({what, ": `", printable(text, kQuotedBytesMax), "`"});
  return false;
}

// Delivers what a parser made of `text`, or refuses it.
template <class T>
bool deliver(std::optional<T>&& parsed, T* out, std::string* why, std::string_view what,
             std::string_view text) {
  if (!parsed) return refuse(why, what, text);
  *out = std::move(*parsed);
  return true;
}

std::string repairs_of(const ParsedNumber& parsed) {
  std::string names;
  for (int bit = 0; bit < kRepairCount; ++bit) {
    if ((parsed.repairs >> bit & 1) == 0) continue;
    if (!names.empty()) names += ", ";
    names += repair_name(bit);
  }
  return names;
}

bool read_number(std::string_view text, FilingNumber* out, std::string* why) {
  const ParsedNumber parsed = parse_number(text);
  switch (parsed.outcome) {
    case ParsedNumber::Outcome::kMalformed:
      return refuse(why,
                    joined({"not a filing number (", malformed_reason_name(parsed.reason),
                            " at byte ", std::to_string(parsed.offset), " of the text)"}),
                    text);
    case ParsedNumber::Outcome::kNotAFiling:
      return refuse(
          why, joined({"a number of another register (", other_register_name(parsed.what), ")"}),
          text);
    case ParsedNumber::Outcome::kNumber:
      break;
  }
  if (parsed.repairs != 0)
    return refuse(why, joined({"a filing number that needs repair (", repairs_of(parsed), ")"}),
                  text);
  *out = parsed.number;
  return true;
}

bool read_status(std::string_view text, Status* out, std::string* why) {
  const auto status = parse_status(text);
  if (!status || *status == Status::kUnknown) return refuse(why, "not a status", text);
  *out = *status;
  return true;
}

}  // namespace

bool read_subject_number(std::string_view text, FilingNumber* out, std::string* why) {
  if (!read_number(text, out, why)) return false;
  return out->is_subject() || refuse(why, "a subject's number has no serial", text);
}

bool read_service_number(std::string_view text, FilingNumber* out, std::string* why) {
  if (!read_number(text, out, why)) return false;
  return !out->is_subject() || refuse(why, "a service's number has a serial", text);
}

bool read_subject_status(std::string_view text, Status* out, std::string* why) {
  return read_status(text, out, why);
}

bool read_service_status(std::string_view text, Status* out, std::string* why) {
  if (!read_status(text, out, why)) return false;
  return *out != Status::kBlacklisted || refuse(why, "a status of subjects only", text);
}

bool read_day(std::string_view text, Day* out, std::string* why) {
  return deliver(parse_day(text), out, why, "not a day (YYYY-MM-DD)", text);
}

bool read_instant(std::string_view text, Instant* out, std::string* why) {
  return deliver(parse_instant(text), out, why, "not a time (RFC 3339)", text);
}

bool read_text(std::string_view text, std::string* out, std::string* why) {
  if (text.empty()) return *why = "empty", false;
  if (text.find('\0') != std::string_view::npos) return refuse(why, "a NUL in a text", text);
  out->assign(text);
  return true;
}

bool read_province(std::string_view text, std::string* out, std::string* why) {
  const bool is_known = std::any_of(kProvinces.begin(), kProvinces.end(), [&](const Province& one) {
    return one.is_on_filings && one.character == text;
  });
  if (!is_known) return refuse(why, "not a province's character", text);
  out->assign(text);
  return true;
}

bool read_word(std::string_view text, std::string* out, std::string* why) {
  const auto is_word_character = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.';
  };
  out->assign(text);
  for (char& c : *out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  if (text.empty() || !std::all_of(out->begin(), out->end(), is_word_character))
    return refuse(why, "not a lower-case word", text);
  return true;
}

bool read_domain(std::string_view text, std::string* out, std::string* why) {
  return deliver(normalize_domain(text), out, why, "not a domain", text);
}

bool read_ip_range(std::string_view text, IpRange* out, std::string* why) {
  return deliver(parse_ip_range(text), out, why, "not an address or range of addresses", text);
}

bool read_fingerprint(std::string_view text, Fingerprint* out, std::string* why) {
  if (const auto fingerprint = parse_fingerprint(text)) return *out = *fingerprint, true;
  const std::string_view fault = fingerprint_label_fault(text);
  return refuse(why, fault.empty() ? "not an MD5, SHA-1 or SHA-256 in hexadecimal" : fault, text);
}

bool read_public_key(std::string_view text, KeyDigest* out, std::string* why) {
  if (text.starts_with(kKeyDigestPrefix)) {
    const std::string_view digest = text.substr(kKeyDigestPrefix.size());
    if (from_hex(digest, *out) == static_cast<std::ptrdiff_t>(out->size())) return true;
    return refuse(why, "not a digest of 32 bytes in hexadecimal", text);
  }
  return deliver(parse_public_key(text), out, why, "not a public key", text);
}

bool read_id(std::string_view digits, std::uint64_t* out, std::string* why) {
  const char* end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, *out);
  if (error != std::errc{} || stop != end || *out == 0 || *out > kRecordIdMax)
    return refuse(why, "not an integer from 1 to 2^63", digits);
  return true;
}

}  // namespace beian::cache
