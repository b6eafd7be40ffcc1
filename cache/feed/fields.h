// Turns the text of one field into its value, or says what is wrong. All dialects come through
// here, so that a text means the same in each of them.
//
// Knows neither JSON types nor CSV columns. Pure; any thread. On failure the result is false, *why
// says what is wrong in a phrase that follows the field's name, and *out is unspecified.
#pragma once

#include <string>
#include <string_view>

#include "cache/filing/record.h"

namespace beian::cache {

// Typography is folded in silence. A number that needs a repair is refused: a registry that prints
// its own numbers wrong cannot be trusted with the rest of the row.
bool read_subject_number(std::string_view text, FilingNumber* out, std::string* why);
bool read_service_number(std::string_view text, FilingNumber* out, std::string* why);

bool read_subject_status(std::string_view text, Status* out, std::string* why);
bool read_service_status(std::string_view text, Status* out, std::string* why);

bool read_day(std::string_view text, Day* out, std::string* why);          // YYYY-MM-DD
bool read_instant(std::string_view text, Instant* out, std::string* why);  // as parse_instant()

bool read_text(std::string_view text, std::string* out, std::string* why);  // not empty, no NUL
// A province character as filings print it.
bool read_province(std::string_view text, std::string* out, std::string* why);
// A word of a-z, 0-9, `_`, `-`, `.`; upper case is folded.
bool read_word(std::string_view text, std::string* out, std::string* why);
bool read_domain(std::string_view text, std::string* out, std::string* why);
bool read_ip_range(std::string_view text, IpRange* out, std::string* why);
bool read_fingerprint(std::string_view text, Fingerprint* out, std::string* why);

// As parse_public_key(); or kKeyDigestPrefix and the digest itself in hexadecimal, which is all
// that a snapshot keeps of a key, so that records can be printed and read back.
inline constexpr std::string_view kKeyDigestPrefix = "sha256:";
bool read_public_key(std::string_view text, KeyDigest* out, std::string* why);

// Registry ids: 1 to 2^63.
inline constexpr std::uint64_t kRecordIdMax = 1ULL << 63;
bool read_id(std::string_view digits, std::uint64_t* out, std::string* why);

}  // namespace beian::cache
