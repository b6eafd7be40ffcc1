// The chunks that make up Android's binary XML and resource tables (ResourceTypes.h), validated as
// Android validates them.
//
//     type u16 | header bytes u16 | bytes u32 | rest of the header | body |      little-endian
//     0                                       8              header bytes        bytes
//
// Pure; any thread. Views are valid as long as the bytes given.
#pragma once

#include <cstdint>
#include <optional>

#include "gate/package/little_endian.h"

namespace beian::package {

inline constexpr std::size_t kChunkHeaderBytes = 8;

enum ChunkType : std::uint16_t {
  kStringPoolChunk = 0x0001,
  kTableChunk = 0x0002,
  kXmlChunk = 0x0003,
  kXmlFirstNode = 0x0100,
  kXmlStartNamespace = 0x0100,
  kXmlEndNamespace = 0x0101,
  kXmlStartElement = 0x0102,
  kXmlEndElement = 0x0103,
  kXmlText = 0x0104,
  kXmlLastNode = 0x017f,
  kXmlResourceMap = 0x0180,
  kPackageChunk = 0x0200,
  kTypeChunk = 0x0201,
};

struct Chunk {
  std::uint16_t type = 0;
  std::size_t header_bytes = 0;
  ByteView bytes;  // the whole chunk, header included

  ByteView body() const noexcept { return bytes.subspan(header_bytes); }
};

// The chunk at `at`. nullopt if it is invalid: a size that is not a multiple of four, a header
// smaller than `header_min` or larger than the chunk, or a chunk that does not fit in `data`.
inline std::optional<Chunk> chunk_at(ByteView data, std::size_t at,
                                     std::size_t header_min = kChunkHeaderBytes) noexcept {
  if (at > data.size() || data.size() - at < kChunkHeaderBytes) return std::nullopt;
  const std::size_t header_bytes = u16_at(data, at + 2);
  const std::size_t bytes = u32_at(data, at + 4);
  if (header_bytes < header_min || header_bytes > bytes || ((header_bytes | bytes) & 3) != 0 ||
      header_bytes < kChunkHeaderBytes || bytes > data.size() - at)
    return std::nullopt;
  return Chunk{u16_at(data, at), header_bytes, data.subspan(at, bytes)};
}

// A typed value (Res_value).
struct ResourceValue {
  enum Type : std::uint8_t {
    kNull = 0x00,
    kReference = 0x01,  // data: a resource identifier
    kString = 0x03,     // data: an index in the string pool
    kDynamicReference = 0x07,
    kFirstInteger = 0x10,
    kBoolean = 0x12,
    kLastInteger = 0x1f,
  };
  std::uint8_t type = kNull;
  std::uint32_t data = 0;

  bool is_reference() const noexcept { return type == kReference || type == kDynamicReference; }
  bool is_integer() const noexcept { return type >= kFirstInteger && type <= kLastInteger; }
};

}  // namespace beian::package
