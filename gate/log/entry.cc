#include "gate/log/entry.h"

#include <openssl/crypto.h>

#include <algorithm>

#include "cache/base/bytes.h"
#include "cache/base/file.h"
#include "cache/base/pen.h"
#include "cache/base/sha256.h"
#include "gate/log/limits.h"
#include "gate/wire/values.h"

namespace beian::log {
namespace {

constexpr std::string_view kKeyIdPrefix = "beian-gate log digest key 1\n";
constexpr std::size_t kDigestBytes = 16;  // of 32: enough that no two texts collide
constexpr std::size_t kBlockBytes = 64;   // of SHA-256, for HMAC [RFC 2104]

void write_time(wire::Milliseconds time, Pen* pen) {
  const auto second = std::chrono::floor<std::chrono::seconds>(time);
  const auto milliseconds = static_cast<unsigned>((time - second).count());
  pen->printed(kInstantBytesMax + 4, [&](char* out) {
    char* end = print_instant(second, out) - 1;  // over the Z
    *end++ = '.';
    *end++ = static_cast<char>('0' + milliseconds / 100);
    *end++ = static_cast<char>('0' + milliseconds / 10 % 10);
    *end++ = static_cast<char>('0' + milliseconds % 10);
    *end++ = 'Z';
    return end;
  });
}

// Returns the screen control that `text` begins with, or 0. These reorder or break a line on the
// screen of whoever reads the log: C1 and the bidirectional controls. (C0, DEL and the line
// separators are escaped in all our JSON.) Their lead bytes never occur inside another character,
// so invalid UTF-8 does no harm. REQUIRES: not empty.
char32_t screen_control(std::string_view text) noexcept {
  const auto byte = [text](std::size_t i) {
    return i < text.size() ? static_cast<std::uint8_t>(text[i]) : std::uint8_t{0};
  };
  const std::uint8_t lead = byte(0);
  const std::uint8_t next = byte(1);
  if (lead == 0xC2) return next >= 0x80 && next < 0xA0 ? next : 0;
  if (lead == 0xD8) return next == 0x9C ? 0x061C : 0;
  if (lead != 0xE2 || (next != 0x80 && next != 0x81)) return 0;
  const std::uint8_t last = byte(2);
  if (next == 0x81) return last >= 0xA6 && last <= 0xA9 ? 0x2040U + (last & 0x3F) : 0;
  const bool is_control = last == 0x8E || last == 0x8F || (last >= 0xAA && last <= 0xAE);
  return is_control ? 0x2000U + (last & 0x3F) : 0;
}

// Writes a JSON string that parses back to `text` and that any screen shows as one line, in order.
// clean_json_bytes() stops at every screen control, so nearly every text is scanned just once.
void write_text(std::string_view text, Pen* pen) {
  pen->literal("\"");
  const std::size_t clean = clean_json_bytes(text);
  pen->text(text.substr(0, clean));
  std::size_t begin = clean;
  for (std::size_t at = clean; at < text.size(); ++at) {
    const char32_t control = screen_control(text.substr(at));
    if (control == 0) continue;
    pen->json_text(text.substr(begin, at - begin));
    pen->literal("\\u");
    const std::array<std::uint8_t, 2> unit = {static_cast<std::uint8_t>(control >> 8),
                                              static_cast<std::uint8_t>(control & 0xFF)};
    pen->printed(2 * unit.size(), [&](char* end) { return print_hex(unit, end); });
    at += control < 0x800 ? 1 : 2;
    begin = at + 1;
  }
  pen->json_text(text.substr(begin));
  pen->literal("\"");
}

void write_optional(std::string_view text, Pen* pen) {
  if (text.empty())
    pen->literal("null");
  else
    write_text(text, pen);
}

// Each code once, in the order of the findings.
void write_codes(const Decision& decision, Pen* pen) {
  std::array<bool, kCodeCount> is_written{};
  pen->literal("[");
  bool is_first = true;
  for (const Finding& finding : decision.findings()) {
    bool& was_written = is_written[static_cast<std::size_t>(finding.code)];
    if (was_written) continue;
    was_written = true;
    if (is_first)
      pen->literal("\"");
    else
      pen->literal(",\"");
    is_first = false;
    pen->text(name_of(finding.code));
    pen->literal("\"");
  }
  pen->literal("]");
}

bool is_lower_hex(std::string_view text) noexcept {
  return std::ranges::all_of(
      text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

}  // namespace

// HMAC-SHA256 with the key's two blocks hashed in advance: half the work for a short text.
struct EntryWriter::Mac {
  explicit Mac(ByteView key) {
    std::array<std::uint8_t, kBlockBytes> block{};
    const auto begin = [&](Sha256Hasher* hasher, std::uint8_t pad) {
      block.fill(pad);
      for (std::size_t i = 0; i < key.size(); ++i) block[i] ^= key[i];
      hasher->add(block);
    };
    begin(&inner, 0x36);
    begin(&outer, 0x5C);
    OPENSSL_cleanse(block.data(), block.size());
  }
  ~Mac() {
    OPENSSL_cleanse(&inner, sizeof inner);
    OPENSSL_cleanse(&outer, sizeof outer);
  }

  Sha256 of(std::string_view field, std::string_view value) const {
    // The NUL terminates the field's name, which contains none.
    constexpr std::string_view kNul{"\0", 1};
    const Sha256 hash = Sha256Hasher(inner).add(field).add(kNul).add(value).end();
    return Sha256Hasher(outer).add(hash).end();
  }
  std::string text_of(std::string_view field, std::string_view value) const {
    return "hmac:" + to_hex(ByteView(of(field, value)).first(kDigestBytes));
  }

  Sha256Hasher inner;
  Sha256Hasher outer;
};

std::string_view name_of(RequestForm form) noexcept {
  return form == RequestForm::kJson ? "json" : "query";
}

Result<DigestKey> DigestKey::load(const std::string& path) {
  const auto text = read_file(path, limits::kKeyFileBytesMax);
  if (!text) return text.error();
  const std::size_t end = text->find_last_not_of(" \t\r\n");
  const std::string_view digits =
      std::string_view(*text).substr(0, end == std::string::npos ? 0 : end + 1);
  std::array<std::uint8_t, 32> bytes{};
  if (digits.size() != 64 || from_hex(digits, bytes) != 32) {
    return make_error(ErrorKind::kBadInput,
                      path +
                          ": a digest key is 64 hexadecimal digits; `openssl rand -hex 32` "
                          "makes one");
  }
  return DigestKey(bytes);
}

std::string DigestKey::id() const {
  std::string text(kKeyIdPrefix);
  text += as_text(bytes_);
  return to_hex(ByteView(sha256(text)).first(8));
}

std::string DigestKey::digest(std::string_view field, std::string_view value) const {
  return EntryWriter::digest(*this, field, value);
}

std::string EntryWriter::digest(const DigestKey& key, std::string_view field,
                                std::string_view value) {
  return Mac(key.bytes_).text_of(field, value);
}

EntryWriter::EntryWriter(Privacy privacy)
    : privacy_(privacy),
      mac_(privacy_.key ? std::make_unique<Mac>(privacy_.key->bytes_) : nullptr) {}
EntryWriter::~EntryWriter() = default;
EntryWriter::EntryWriter(EntryWriter&&) noexcept = default;

void EntryWriter::append(const Entry& entry, std::string* out) const {
  const CheckRequest& request = entry.request;
  const Decision& decision = entry.decision;
  Pen pen(out);
  const auto given = [&](std::string_view field, std::string_view value) {
    if (value.empty()) return pen.literal("null");
    if (mac_ == nullptr) return write_text(value, &pen);
    pen.literal("\"");
    pen.text(mac_->text_of(field, value));
    pen.literal("\"");
  };
  pen.literal("\"time\":\"");
  write_time(entry.time, &pen);
  pen.literal("\",\"decision_id\":\"");
  pen.text(entry.decision_id);
  pen.literal("\",\"caller\":");
  write_optional(entry.caller.substr(0, kCallerBytesMax), &pen);
  pen.literal(",\"peer\":");
  write_optional(entry.peer, &pen);
  pen.literal(",\"trace_id\":");
  write_optional(entry.trace_id, &pen);
  if (!entry.request_id.empty()) {
    pen.literal(",\"request_id\":");
    write_text(entry.request_id, &pen);
  }
  pen.literal(",\"operation\":\"");
  pen.text(name_of(decision.operation));
  pen.literal("\",\"decision\":\"");
  pen.text(name_of(decision.effect));
  pen.literal("\",\"assurance\":\"");
  pen.text(name_of(decision.assurance));
  pen.literal("\",\"serial\":");
  pen.unsigned_integer(decision.serial);
  pen.literal(",\"findings\":");
  write_codes(decision, &pen);
  pen.literal(",\"id\":");
  given("id", request.id);
  // Canonical if it parses as a number, so that a search finds it however it was written.
  const auto number = wire::number_at_issue(decision);
  pen.literal(",\"filing_number\":");
  given("filing_number", number ? canonical(*number) : std::string(request.filing_number));
  pen.literal(",\"platform\":");
  write_optional(request.app.platform, &pen);
  pen.literal(",\"package\":");
  given("package", request.app.package);
  pen.literal(",\"name\":");
  given("name", request.app.name);
  // A plain hash gives away a text that is one of few; so it is keyed whenever the texts are.
  const Sha256 digest = mac_ ? mac_->of("request", entry.text) : sha256(entry.text);
  pen.literal(",\"request_digest\":\"");
  pen.printed(2 * digest.size(), [&](char* at) { return print_hex(digest, at); });
  pen.literal("\"");
  if (!privacy_.is_request_kept || entry.text.size() > kRequestKeptBytesMax) return;
  pen.literal(",\"request_form\":\"");
  pen.text(name_of(entry.form));
  pen.literal("\",\"request\":");
  write_text(entry.text, &pen);
}

// VERSION-TRACE-PARENT-FLAGS: 2, 32, 16 and 2 lower-case hex digits. Version ff and an all-zero
// trace or parent are invalid. Version 00 ends there; later versions may continue after a hyphen.
std::string_view trace_id_of(std::string_view traceparent) noexcept {
  constexpr std::size_t kBytes = 55;
  if (traceparent.size() < kBytes || traceparent[2] != '-' || traceparent[35] != '-' ||
      traceparent[52] != '-')
    return {};
  const std::string_view version = traceparent.substr(0, 2);
  const std::string_view trace = traceparent.substr(3, 32);
  const std::string_view parent = traceparent.substr(36, 16);
  const auto is_zero = [](std::string_view id) {
    return id.find_first_not_of('0') == std::string_view::npos;
  };
  const bool is_id = is_lower_hex(trace) && !is_zero(trace) && is_lower_hex(parent) &&
                     !is_zero(parent) && is_lower_hex(traceparent.substr(53, 2));
  const bool is_end_valid =
      traceparent.size() == kBytes || (version != "00" && traceparent[kBytes] == '-');
  const bool is_version = is_lower_hex(version) && version != "ff";
  return is_id && is_version && is_end_valid ? trace : std::string_view{};
}

std::string_view request_id_of(std::string_view field) noexcept {
  const auto is_plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-';
  };
  const bool is_id = field.size() <= kRequestIdBytesMax && std::ranges::all_of(field, is_plain);
  return is_id ? field : std::string_view{};
}

}  // namespace beian::log
