#include "cache/redis/slots.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "cache/base/limits.h"

namespace beian::cache {
namespace {

// CRC-16/XMODEM: polynomial 0x1021, nothing reflected, starting at 0.
constexpr std::array<std::uint16_t, 256> kCrcTable = [] {
  std::array<std::uint16_t, 256> table{};
  for (std::uint32_t byte = 0; byte < 256; ++byte) {
    std::uint32_t crc = byte << 8;
    for (int bit = 0; bit < 8; ++bit) crc = (crc << 1) ^ ((crc & 0x8000) != 0 ? 0x1021U : 0U);
    table[byte] = static_cast<std::uint16_t>(crc);
  }
  return table;
}();

std::uint16_t crc16(std::string_view bytes) noexcept {
  std::uint32_t crc = 0;
  for (const char c : bytes)
    crc = ((crc << 8) & 0xFFFF) ^ kCrcTable[(crc >> 8) ^ static_cast<std::uint8_t>(c)];
  return static_cast<std::uint16_t>(crc);
}

template <class Number>
std::optional<Number> parse_number(std::string_view text) noexcept {
  Number value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// Whether `text` looks like a host that a node may announce; only checked text becomes an address.
bool is_host(std::string_view text) noexcept {
  return text.size() <= 255 &&
         std::ranges::all_of(text, [](char c) { return c > ' ' && c < 0x7F; });
}

std::optional<Endpoint> endpoint_of(const Reply& node, const Endpoint& asked) {
  if (!node.is_array() || node.elements.size() < 2) return std::nullopt;
  const Reply& host = node.elements[0];
  const Reply& port = node.elements[1];
  const bool is_given = host.is_text() && !host.text.empty();
  if (!(is_given || host.is_nil() || host.is_text()) || !is_host(host.text) || host.text == "?" ||
      !port.is_integer() || port.integer < 1 || port.integer > 65'535)
    return std::nullopt;
  return Endpoint{is_given ? host.text : asked.host, static_cast<std::uint16_t>(port.integer), {}};
}

}  // namespace

std::uint16_t slot_of(std::string_view key) noexcept {
  const std::size_t open = key.find('{');
  if (open != std::string_view::npos) {
    const std::size_t close = key.find('}', open + 1);
    if (close != std::string_view::npos && close > open + 1)
      key = key.substr(open + 1, close - open - 1);
  }
  return crc16(key) % kSlotCount;
}

std::string_view routing_key(const RedisCommand& command) noexcept {
  constexpr std::string_view kKeyless[] = {"PING", "INFO",    "ROLE",   "CLUSTER", "CONFIG",
                                           "WAIT", "COMMAND", "CLIENT", "TIME",    "SENTINEL"};
  if (command.size() < 2 || std::ranges::find(kKeyless, command[0]) != std::end(kKeyless))
    return {};
  if (command[0] == "XREAD") {
    const auto streams = std::ranges::find(command, "STREAMS");
    return command.end() - streams > 1 ? std::string_view(*(streams + 1)) : std::string_view{};
  }
  if (command[0] == "XINFO" || command[0] == "MEMORY")
    return command.size() > 2 ? std::string_view(command[2]) : std::string_view{};
  return command[1];
}

std::optional<Redirect> redirect_of(const Reply& reply, const Endpoint& asked) {
  Redirect redirect;
  redirect.is_ask = reply.is_error("ASK");
  if (!redirect.is_ask && !reply.is_error("MOVED")) return std::nullopt;
  std::string_view rest = reply.text;
  rest.remove_prefix(std::min(rest.size(), rest.find(' ') + 1));
  const std::size_t space = rest.find(' ');
  if (space == std::string_view::npos) return std::nullopt;
  const auto slot = parse_number<std::uint16_t>(rest.substr(0, space));
  const std::string_view address = rest.substr(space + 1);
  const std::size_t colon = address.rfind(':');
  if (!slot || *slot >= kSlotCount || colon == std::string_view::npos) return std::nullopt;
  const auto port = parse_number<std::uint16_t>(address.substr(colon + 1));
  const std::string_view host = address.substr(0, colon);
  if (!port || *port == 0 || !is_host(host) || host == "?") return std::nullopt;
  redirect.slot = *slot;
  redirect.endpoint = {host.empty() ? asked.host : std::string(host), *port, {}};
  return redirect;
}

const SlotMap::Shard* SlotMap::shard(std::uint16_t slot) const noexcept {
  const std::uint16_t index = shard_of_slot[slot];
  return index == kNobody ? nullptr : &shards[index];
}

void SlotMap::move(std::uint16_t slot, const Endpoint& endpoint) {
  auto found = std::ranges::find(shards, endpoint, &Shard::master);
  if (found == shards.end()) {
    if (shards.size() >= limits::kRedisNodesMax) return;
    shards.push_back({endpoint, {}});
    found = shards.end() - 1;
  }
  shard_of_slot[slot] = static_cast<std::uint16_t>(found - shards.begin());
}

Result<SlotMap> parse_cluster_slots(const Reply& reply, const Endpoint& asked) {
  const auto wrong = [] {
    return make_error(ErrorKind::kBadInput, "CLUSTER SLOTS: not what a Cluster answers");
  };
  if (!reply.is_array() || reply.elements.size() > kSlotCount) return wrong();
  SlotMap map;
  for (const Reply& range : reply.elements) {
    if (!range.is_array() || range.elements.size() < 3 || !range.elements[0].is_integer() ||
        !range.elements[1].is_integer())
      return wrong();
    const std::int64_t first = range.elements[0].integer;
    const std::int64_t last = range.elements[1].integer;
    if (first < 0 || last < first || last >= static_cast<std::int64_t>(kSlotCount)) return wrong();
    const auto master = endpoint_of(range.elements[2], asked);
    if (!master) continue;  // a node that does not know its address yet: its slots stay unassigned
    // No slot may appear twice, or a hostile list of whole ranges would keep us busy.
    for (std::int64_t slot = first; slot <= last; ++slot)
      if (map.shard_of_slot[static_cast<std::size_t>(slot)] != SlotMap::kNobody) return wrong();
    map.move(static_cast<std::uint16_t>(first), *master);
    const std::uint16_t index = map.shard_of_slot[static_cast<std::size_t>(first)];
    if (index == SlotMap::kNobody) return wrong();
    std::fill_n(map.shard_of_slot.begin() + first, last - first + 1, index);
    std::vector<Endpoint>& replicas = map.shards[index].replicas;
    for (std::size_t i = 3; i < range.elements.size(); ++i)
      if (const auto replica = endpoint_of(range.elements[i], asked);
          replica && std::ranges::find(replicas, *replica) == replicas.end() &&
          replicas.size() < limits::kRedisEndpointsMax)
        replicas.push_back(*replica);
  }
  return map;
}

}  // namespace beian::cache
