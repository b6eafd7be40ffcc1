#include "cache/redis/tip.h"

#include <charconv>
#include <optional>

#include "cache/base/bytes.h"

namespace beian::cache {
namespace {

// Removes a number and the space after it from `text`, and returns the number.
std::optional<std::uint64_t> take_number(std::string_view* text) noexcept {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), value);
  if (error != std::errc{} || end == text->data() + text->size() || *end != ' ')
    return std::nullopt;
  text->remove_prefix(static_cast<std::size_t>(end - text->data()) + 1);
  return value;
}

}  // namespace

std::string encode_tip(const Tip& tip) {
  return std::to_string(tip.epoch) + ' ' + std::to_string(tip.serial) + ' ' + to_hex(tip.chain);
}

Result<Tip> decode_tip(std::string_view text) {
  Tip tip;
  std::string_view rest = text;
  const auto epoch = take_number(&rest);
  const auto serial = epoch ? take_number(&rest) : std::nullopt;
  if (!serial || rest.size() != 2 * tip.chain.size() ||
      from_hex(rest, tip.chain) != static_cast<std::ptrdiff_t>(tip.chain.size()))
    return make_error(ErrorKind::kDamaged,
                      "the tip is not `EPOCH SERIAL CHAIN`: " + printable(text));
  tip.epoch = *epoch;
  tip.serial = *serial;
  return tip;
}

}  // namespace beian::cache
