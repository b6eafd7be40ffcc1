#include "gate/package/resource_table.h"

#include <algorithm>

#include "gate/package/limits.h"

namespace beian::package {
namespace {

constexpr std::size_t kTableHeaderBytes = 12;
constexpr std::size_t kPackageHeaderMin = 284;
constexpr std::size_t kTypeHeaderMin = 24;  // of its configuration, only the size
constexpr std::size_t kConfigOffset = 20;   // in a type's header
constexpr std::uint32_t kNoEntry = 0xFFFFFFFF;
constexpr std::uint16_t kNoEntry16 = 0xFFFF;

enum TypeFlag : std::uint8_t { kSparse = 1, kOffset16 = 2 };
enum EntryFlag : std::uint16_t { kComplex = 1, kCompact = 8 };

Error bad_table(std::string_view where, const std::string& what) {
  return make_error(ErrorKind::kBadInput, printable(where) + ": " + what);
}

// Sorted pairs: index u16, offset u16 in units of four bytes.
std::optional<std::size_t> sparse_offset(ByteView offsets, std::uint32_t count,
                                         std::uint16_t index) noexcept {
  std::size_t low = 0;
  std::size_t high = count;
  while (low < high) {
    const std::size_t middle = (low + high) / 2;
    if (u16_at(offsets, middle * 4) < index)
      low = middle + 1;
    else
      high = middle;
  }
  if (low == count || u16_at(offsets, low * 4) != index) return std::nullopt;
  return std::size_t{u16_at(offsets, low * 4 + 2)} * 4;
}

// The offset of entry `index` from the start of the entries; nullopt if the type has none.
std::optional<std::size_t> entry_offset(const Chunk& type, std::uint16_t index) noexcept {
  const std::uint8_t flags = u8_at(type.bytes, 9);
  const std::uint32_t count = u32_at(type.bytes, 12);
  const ByteView offsets = type.body();
  const std::size_t each = (flags & kSparse) == 0 && (flags & kOffset16) != 0 ? 2 : 4;
  if (count > offsets.size() / each) return std::nullopt;
  if ((flags & kSparse) != 0) return sparse_offset(offsets, count, index);
  if (index >= count) return std::nullopt;
  if (each == 2) {
    const std::uint16_t offset = u16_at(offsets, std::size_t{index} * 2);
    return offset == kNoEntry16 ? std::nullopt : std::optional(std::size_t{offset} * 4);
  }
  const std::uint32_t offset = u32_at(offsets, std::size_t{index} * 4);
  return offset == kNoEntry ? std::nullopt : std::optional(std::size_t{offset});
}

std::optional<ResourceValue> value_at(const Chunk& type, std::uint16_t index) noexcept {
  const auto offset = entry_offset(type, index);
  const std::size_t start = u32_at(type.bytes, 16);
  const std::size_t size = type.bytes.size();
  if (!offset || start > size || *offset > size - start || (*offset & 3) != 0) return std::nullopt;
  const ByteView entry = type.bytes.subspan(start + *offset);
  if (entry.size() < 8) return std::nullopt;
  const std::uint16_t flags = u16_at(entry, 2);
  // compact form: key u16; flags u16, with the value's type in the high byte; data u32
  if ((flags & kCompact) != 0)
    return ResourceValue{static_cast<std::uint8_t>(flags >> 8), u32_at(entry, 4)};
  const std::size_t head = u16_at(entry, 0);
  if ((flags & kComplex) != 0 || head < 8 || head > entry.size() || entry.size() - head < 8)
    return std::nullopt;
  return ResourceValue{u8_at(entry, head + 3), u32_at(entry, head + 4)};
}

// A language or country: two letters, or three packed into 15 bits.
std::string unpacked(ByteView packed, char base) {
  const std::uint8_t a = packed[0];
  const std::uint8_t b = packed[1];
  if (a == 0) return "";
  if ((a & 0x80) == 0) return {static_cast<char>(a), static_cast<char>(b)};
  const int letters[] = {b & 0x1F, ((b & 0xE0) >> 5) + ((a & 0x03) << 3), (a & 0x7C) >> 2};
  std::string out;
  for (const int letter : letters) out += static_cast<char>(base + letter);
  return out;
}

ByteView config_of(const Chunk& type) noexcept {
  const ByteView room = type.bytes.subspan(kConfigOffset, type.header_bytes - kConfigOffset);
  return room.first(std::min<std::size_t>(room.size(), u32_at(room, 0)));
}

// Whether the configuration requires only a locale and a release: all other bytes are zero. Exempt
// are its size, language and country (8..12), release (24..26), script and variant (36..48), and
// what derives from the script (52..).
bool is_plain(ByteView config) noexcept {
  for (std::size_t at = 4; at < config.size(); ++at) {
    const bool is_ours = (at >= 8 && at < 12) || (at >= 24 && at < 26) || (at >= 36 && at < 48);
    if (!is_ours && at < 52 && config[at] != 0) return false;
  }
  return true;
}

std::uint16_t release_of(ByteView config) noexcept {
  return config.size() < 26 ? 0 : u16_at(config, 24);
}

bool is_printable_ascii(std::string_view text) noexcept {
  return std::ranges::all_of(text, [](char c) { return c > ' ' && c < 0x7F; });
}

}  // namespace

std::string locale_of(ByteView config) {
  if (config.size() < 12) return "";
  const std::string language = unpacked(config.subspan(8, 2), 'a');
  if (language.empty()) return "";
  std::string locale = language;
  const auto add = [&](std::string_view part) {
    part = part.substr(0, part.find('\0'));
    if (!part.empty()) locale.append("-").append(part);
  };
  // A script that Android derived from language and country was not requested by the app.
  const bool is_computed = config.size() > 52 && config[52] != 0;
  if (config.size() >= 40 && !is_computed) add(as_text(config.subspan(36, 4)));
  add(unpacked(config.subspan(10, 2), '0'));
  if (config.size() >= 48) add(as_text(config.subspan(40, 8)));
  return is_printable_ascii(locale) ? locale : "";
}

Result<ResourceTable> ResourceTable::open(ByteView file, std::string_view where,
                                          Oddities* oddities) {
  const auto root = chunk_at(file, 0, kTableHeaderBytes);
  if (!root) return bad_table(where, "not a resource table: its sizes do not fit the file");
  if (root->type != kTableChunk) return bad_table(where, "not a resource table");
  if (root->bytes.size() < file.size())
    add_oddity(oddities, "table_rest", where, "bytes behind the resource table");
  ResourceTable table;
  bool has_strings = false;
  for (std::size_t at = root->header_bytes; at < root->bytes.size();) {
    const auto chunk = chunk_at(root->bytes, at);
    if (!chunk) return bad_table(where, "a damaged chunk at offset " + std::to_string(at));
    at += chunk->bytes.size();
    if (chunk->type == kStringPoolChunk && !has_strings) {
      auto pool = StringPool::open(*chunk, where, oddities);
      if (!pool) return pool.error();
      table.strings_ = *pool;
      has_strings = true;
    } else if (chunk->type == kStringPoolChunk) {
      add_oddity(oddities, "table_pools", where, "several string pools; Android takes the first");
    } else if (chunk->type == kPackageChunk) {
      if (auto read = table.read_package(*chunk, where); !read) return read.error();
    } else {
      add_oddity(oddities, "table_unknown_chunk", where,
                 "a chunk of the unknown type " + std::to_string(chunk->type));
    }
  }
  return table;
}

Result<void> ResourceTable::read_package(const Chunk& package, std::string_view where) {
  if (package.header_bytes < kPackageHeaderMin)
    return bad_table(where, "a package header too short");
  const std::uint32_t id = u32_at(package.bytes, 8);
  if (id > 0xFF) return bad_table(where, "a package of the identifier " + std::to_string(id));
  for (std::size_t at = package.header_bytes; at < package.bytes.size();) {
    const auto chunk = chunk_at(package.bytes, at);
    if (!chunk)
      return bad_table(where, "a damaged chunk at offset " + std::to_string(at) + " of a package");
    at += chunk->bytes.size();
    if (chunk->type != kTypeChunk) continue;
    if (chunk->header_bytes < kTypeHeaderMin) return bad_table(where, "a type header too short");
    if (types_.size() == limits::kResourceTypesMax)
      return bad_table(where, "more than " + std::to_string(limits::kResourceTypesMax) + " types");
    types_.push_back({static_cast<std::uint8_t>(id), u8_at(chunk->bytes, 8), *chunk});
  }
  return {};
}

void ResourceTable::add_values(std::uint32_t id, std::vector<ConfiguredValue>* values) const {
  const auto package = static_cast<std::uint8_t>(id >> 24);
  const auto type = static_cast<std::uint8_t>(id >> 16);
  for (const TypeChunk& entry : types_) {
    if (entry.package != package || entry.type != type) continue;
    const auto value = value_at(entry.chunk, static_cast<std::uint16_t>(id));
    if (!value) continue;
    const ByteView config = config_of(entry.chunk);
    values->push_back({locale_of(config), is_plain(config), release_of(config), *value, &strings_});
  }
}

}  // namespace beian::package
