#include "gate/log/chain.h"

#include <zlib.h>

#include <array>

#include "cache/base/pen.h"
#include "cache/base/result.h"
#include "gate/log/limits.h"
#include "gate/log/scanner.h"

namespace beian::log {
namespace {

constexpr std::string_view kHead = "{\"record\":\"";
constexpr std::string_view kSequence = "\",\"sequence\":";
constexpr std::string_view kDurable = ",\"durable\":";
constexpr std::string_view kPrevious = ",\"previous\":\"";
constexpr std::string_view kChecksum = "\",\"checksum\":\"";
constexpr std::string_view kEnd = "\"}";
constexpr std::size_t kHashDigits = 64;
constexpr std::size_t kChecksumDigits = 8;
// From `previous` to the end. Its length is fixed, so it is located from the end of the line.
constexpr std::size_t kTailBytes =
    kPrevious.size() + kHashDigits + kChecksum.size() + kChecksumDigits + kEnd.size();
static_assert(kHead.size() + 16 + kSequence.size() + 20 + 1 + kDurable.size() + 20 + kTailBytes +
                  1 <
              kEnvelopeBytesMax);

std::uint32_t checksum_of(std::string_view text) noexcept {
  return static_cast<std::uint32_t>(
      crc32_z(0, reinterpret_cast<const Bytef*>(text.data()), text.size()));
}

std::array<std::uint8_t, 4> big_endian(std::uint32_t value) noexcept {
  return {static_cast<std::uint8_t>(value >> 24), static_cast<std::uint8_t>(value >> 16),
          static_cast<std::uint8_t>(value >> 8), static_cast<std::uint8_t>(value)};
}

}  // namespace

void append_record(std::string_view kind, std::string_view body, std::uint64_t durable,
                   ChainPoint* point, std::string* out) {
  BEIAN_ASSERT(durable <= point->sequence);
  const std::size_t begin = out->size();
  {
    Pen pen(out);
    pen.text(kHead);
    pen.text(kind);
    pen.text(kSequence);
    pen.unsigned_integer(point->sequence + 1);
    pen.literal(",");
    pen.text(body);
    pen.text(kDurable);
    pen.unsigned_integer(durable);
    pen.text(kPrevious);
    pen.printed(kHashDigits, [&](char* at) { return print_hex(point->hash, at); });
    const auto checksum = big_endian(checksum_of(pen.since(begin)));
    pen.text(kChecksum);
    pen.printed(kChecksumDigits, [&](char* at) { return print_hex(checksum, at); });
    pen.text(kEnd);
    *point = {point->sequence + 1, sha256(pen.since(begin))};
    pen.literal("\n");
  }
}

std::optional<Envelope> parse_record(std::string_view line) noexcept {
  if (line.size() < kTailBytes) return std::nullopt;
  const std::string_view front = line.substr(0, line.size() - kTailBytes);
  Envelope record;
  Scanner tail(line.substr(front.size()));
  std::array<std::uint8_t, 4> checksum{};
  tail.literal(kPrevious);
  tail.hex(record.previous);
  tail.literal(kChecksum);
  tail.hex(checksum);
  tail.literal(kEnd);
  const std::string_view covered =
      line.substr(0, line.size() - kEnd.size() - kChecksumDigits - kChecksum.size());
  if (!tail.is_at_end() || checksum != big_endian(checksum_of(covered))) return std::nullopt;

  Scanner head(front);
  head.literal(kHead);
  record.kind = head.until(kSequence);
  record.sequence = head.number();
  head.literal(",");
  if (!head.is_ok()) return std::nullopt;
  const std::string_view rest = head.rest();
  const std::size_t at = rest.rfind(kDurable);
  if (at == std::string_view::npos) return std::nullopt;
  record.body = rest.substr(0, at);
  Scanner durable(rest.substr(at + kDurable.size()));
  record.durable = durable.number();
  if (!durable.is_at_end() || record.sequence == 0 || record.durable >= record.sequence)
    return std::nullopt;
  return record;
}

}  // namespace beian::log
