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
constexpr std::size_t kDigestBytes = 16;  // of 32: enough that two texts never meet
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

void write_optional(std::string_view text, Pen* pen) {
  if (text.empty())
    pen->literal("null");
  else
    pen->json_string(text);
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

// HMAC-SHA256 with the key's two blocks hashed ahead: half of the work for a short text.
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
    // The NUL ends the field's name, which holds none.
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
    if (mac_ == nullptr) return pen.json_string(value);
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
  // In one spelling where it reads as a number, so that it is found however it was written.
  const auto number = wire::number_at_issue(decision);
  pen.literal(",\"filing_number\":");
  given("filing_number", number ? canonical(*number) : std::string(request.filing_number));
  pen.literal(",\"platform\":");
  write_optional(request.app.platform, &pen);
  pen.literal(",\"package\":");
  given("package", request.app.package);
  pen.literal(",\"name\":");
  given("name", request.app.name);
  // A plain hash of what few texts can be is as good as the text; hence keyed where those are.
  const Sha256 digest = mac_ ? mac_->of("request", entry.text) : sha256(entry.text);
  pen.literal(",\"request_digest\":\"");
  pen.printed(2 * digest.size(), [&](char* at) { return print_hex(digest, at); });
  pen.literal("\"");
  if (!privacy_.is_request_kept || entry.text.size() > kRequestKeptBytesMax) return;
  pen.literal(",\"request_form\":\"");
  pen.text(name_of(entry.form));
  pen.literal("\",\"request\":");
  pen.json_string(entry.text);
}

std::string_view trace_id_of(std::string_view traceparent) noexcept {
  // 00-<32 hex>-<16 hex>-<2 hex>; later versions may have more behind.
  constexpr std::size_t kVersionBytes = 3;
  constexpr std::size_t kBytesMin = 55;
  if (traceparent.size() < kBytesMin || traceparent[2] != '-' || traceparent[35] != '-') return {};
  const std::string_view id = traceparent.substr(kVersionBytes, 32);
  const bool is_zero = id.find_first_not_of('0') == std::string_view::npos;
  return is_zero || !is_lower_hex(id) ? std::string_view{} : id;
}

}  // namespace beian::log
