#include "gate/log/record.h"

#include <algorithm>
#include <array>
#include <vector>

#include "cache/base/time.h"
#include "gate/log/scanner.h"

namespace beian::log {
namespace {

constexpr std::string_view kCheckpointPrefix = "beian-gate log checkpoint 1\n";
constexpr std::string_view kNamePrefix = "decisions-";
constexpr std::string_view kNameSuffix = ".ndjson";
constexpr std::string_view kCompressed = ".zst";
constexpr std::size_t kIndexDigits = 8;

constexpr std::array<std::string_view, 4> kOpenedNames = {"first", "rotation", "restart", "error"};
constexpr std::array<std::string_view, 3> kReasonNames = {"interval", "rotation", "stop"};

template <class Enum, std::size_t kSize>
Enum take_word(const std::array<std::string_view, kSize>& words, Scanner* scanner) {
  for (std::size_t i = 0; i < kSize; ++i)
    if (scanner->take(words[i])) return static_cast<Enum>(i);
  scanner->literal("a word that is none");
  return {};
}

std::string number_text(std::uint64_t value) {
  return std::to_string(value);
}

// Accepts what was parsed only if it renders to the same text: no second spelling.
template <class Record>
std::optional<Record> if_canonical(const Scanner& scanner, Record record, std::string_view body) {
  if (!scanner.is_at_end() || render(record) != body) return std::nullopt;
  return record;
}

}  // namespace

std::string_view name_of(Opened opened) noexcept {
  return kOpenedNames[static_cast<std::size_t>(opened)];
}

std::string_view name_of(CheckpointReason reason) noexcept {
  return kReasonNames[static_cast<std::size_t>(reason)];
}

std::string render(const SegmentRecord& record) {
  return "\"time\":\"" + record.time + "\",\"format\":1,\"origin\":\"" + to_hex(record.origin) +
         "\",\"index\":" + number_text(record.index) + ",\"opened\":\"" +
         std::string(name_of(record.opened)) +
         "\",\"previous_bytes\":" + number_text(record.previous_bytes) +
         ",\"torn_bytes\":" + number_text(record.torn_bytes) + ",\"digest_key\":\"" +
         record.digest_key + "\"";
}

std::optional<SegmentRecord> parse_segment(std::string_view body) {
  SegmentRecord record;
  Scanner scanner(body);
  scanner.literal("\"time\":\"");
  record.time = scanner.until("\",\"format\":1,\"origin\":\"");
  scanner.hex(record.origin);
  scanner.literal("\",\"index\":");
  record.index = scanner.number();
  scanner.literal(",\"opened\":\"");
  record.opened = take_word<Opened>(kOpenedNames, &scanner);
  scanner.literal("\",\"previous_bytes\":");
  record.previous_bytes = scanner.number();
  scanner.literal(",\"torn_bytes\":");
  record.torn_bytes = scanner.number();
  scanner.literal(",\"digest_key\":\"");
  record.digest_key = scanner.until("\"");
  return if_canonical(scanner, std::move(record), body);
}

std::string signed_text(const CheckpointRecord& record, const ChainPoint& before) {
  return std::string(kCheckpointPrefix) + to_hex(record.origin) + "\n" +
         number_text(before.sequence) + "\n" + to_hex(before.hash) + "\n" + record.time + "\n" +
         std::string(name_of(record.reason)) + "\n";
}

std::string render(const CheckpointRecord& record) {
  const bool is_signed = record.signed_by.signer != cache::PublicKey{};
  const auto optional = [&](ByteView bytes) {
    return is_signed ? "\"" + to_base64(bytes) + "\"" : std::string("null");
  };
  return "\"time\":\"" + record.time + "\",\"origin\":\"" + to_hex(record.origin) +
         "\",\"reason\":\"" + std::string(name_of(record.reason)) +
         "\",\"signer\":" + optional(record.signed_by.signer) +
         ",\"signature\":" + optional(record.signed_by.signature);
}

std::optional<CheckpointRecord> parse_checkpoint(std::string_view body) {
  CheckpointRecord record;
  Scanner scanner(body);
  scanner.literal("\"time\":\"");
  record.time = scanner.until("\",\"origin\":\"");
  scanner.hex(record.origin);
  scanner.literal("\",\"reason\":\"");
  record.reason = take_word<CheckpointReason>(kReasonNames, &scanner);
  scanner.literal("\",\"signer\":");
  if (!scanner.take("null,\"signature\":null")) {
    std::vector<std::uint8_t> bytes;
    const auto decode = [&](std::string_view text, std::span<std::uint8_t> out) {
      if (!from_base64(text, &bytes) || bytes.size() != out.size()) return false;
      std::ranges::copy(bytes, out.begin());
      return true;
    };
    scanner.literal("\"");
    const std::string_view signer = scanner.until("\",\"signature\":\"");
    const std::string_view signature = scanner.until("\"");
    if (!decode(signer, record.signed_by.signer) ||
        !decode(signature, record.signed_by.signature) ||
        record.signed_by.signer == cache::PublicKey{})
      return std::nullopt;
  }
  return if_canonical(scanner, std::move(record), body);
}

std::string render(const RetiredRecord& record) {
  return "\"time\":\"" + record.time + "\",\"through_index\":" + number_text(record.through_index);
}

std::optional<RetiredRecord> parse_retired(std::string_view body) {
  RetiredRecord record;
  Scanner scanner(body);
  scanner.literal("\"time\":\"");
  record.time = scanner.until("\",\"through_index\":");
  record.through_index = scanner.number();
  return if_canonical(scanner, std::move(record), body);
}

std::string format_time(wire::Milliseconds time) {
  const auto second = std::chrono::floor<std::chrono::seconds>(time);
  const std::string milliseconds = std::to_string(1000 + (time - second).count());
  std::string text = format_instant(second);
  text.back() = '.';  // over the Z
  return text + milliseconds.substr(1) + "Z";
}

std::string segment_name(std::uint64_t index) {
  std::string digits = std::to_string(index);
  if (digits.size() < kIndexDigits) digits.insert(0, kIndexDigits - digits.size(), '0');
  return std::string(kNamePrefix) + digits + std::string(kNameSuffix);
}

std::optional<SegmentName> parse_segment_name(std::string_view name) noexcept {
  SegmentName parsed;
  parsed.is_compressed = name.ends_with(kCompressed);
  if (parsed.is_compressed) name.remove_suffix(kCompressed.size());
  if (!name.starts_with(kNamePrefix) || !name.ends_with(kNameSuffix) ||
      name.size() < kNamePrefix.size() + kIndexDigits + kNameSuffix.size())
    return std::nullopt;
  name.remove_prefix(kNamePrefix.size());
  name.remove_suffix(kNameSuffix.size());
  // A number of more than eight digits has no leading zeros.
  const bool is_padded = name.size() > kIndexDigits && name[0] == '0';
  const std::size_t zeros = name.find_first_not_of('0');
  if (is_padded || zeros == std::string_view::npos) return std::nullopt;
  Scanner scanner(name.substr(zeros));
  parsed.index = scanner.number();
  if (!scanner.is_at_end()) return std::nullopt;
  return parsed;
}

}  // namespace beian::log
