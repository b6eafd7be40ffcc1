// Builds ZIP archives byte by byte, with every field able to lie, for tests of their readers.
#pragma once

#include <zlib.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace beian::test {

inline void put16(std::uint64_t value, std::string* out) {
  for (int i = 0; i < 2; ++i) *out += static_cast<char>(value >> (8 * i));
}
inline void put32(std::uint64_t value, std::string* out) {
  for (int i = 0; i < 4; ++i) *out += static_cast<char>(value >> (8 * i));
}
inline void put64(std::uint64_t value, std::string* out) {
  for (int i = 0; i < 8; ++i) *out += static_cast<char>(value >> (8 * i));
}

inline std::string raw_deflate(std::string_view text) {
  z_stream stream{};
  ::deflateInit2(&stream, 9, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY);
  std::string out(::deflateBound(&stream, static_cast<uLong>(text.size())), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  ::deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  ::deflateEnd(&stream);
  return out;
}

// An entry and the lies about it; a field that is not set tells the truth.
struct ZipPart {
  std::string name;
  std::string content;
  bool is_deflated = false;
  std::optional<std::uint16_t> method{};      // in both headers
  std::uint16_t flags = 0;                    // same
  std::optional<std::uint32_t> crc32{};       // same
  std::optional<std::uint64_t> bytes{};       // same
  std::optional<std::uint64_t> compressed{};  // same
  std::optional<std::string> local_name{};
  std::optional<std::uint32_t> local_bytes{};
  std::optional<std::uint32_t> local_magic{};
  std::optional<std::uint64_t> offset{};  // of the local header, in the directory
  bool is_zip64 = false;                  // sizes and offset are in the extra field
  std::string extra{};                    // in the directory
};

struct ZipLies {
  std::string before_directory{};  // such as a signing block
  std::string after_directory{};
  std::string comment{};
  std::optional<std::uint16_t> comment_bytes{};
  std::optional<std::uint16_t> count{};
  std::optional<std::uint32_t> directory_bytes{};
  std::optional<std::uint32_t> directory_offset{};
  std::uint16_t disk = 0;
  bool is_zip64 = false;
  std::string behind{};
};

inline void put_local_header(const ZipPart& part, std::string_view data, std::uint32_t crc,
                             std::string* out) {
  const std::string& name = part.local_name ? *part.local_name : part.name;
  const bool has_descriptor = (part.flags & 8) != 0;
  put32(part.local_magic.value_or(0x04034b50), out);
  put16(20, out);
  put16(part.flags, out);
  put16(part.method.value_or(part.is_deflated ? 8 : 0), out);
  put32(0, out);
  put32(has_descriptor ? 0 : part.crc32.value_or(crc), out);
  put32(has_descriptor ? 0 : part.compressed.value_or(data.size()), out);
  put32(has_descriptor ? 0
                       : part.local_bytes.value_or(
                             static_cast<std::uint32_t>(part.bytes.value_or(part.content.size()))),
        out);
  put16(name.size(), out);
  put16(0, out);
  *out += name;
}

inline void put_directory_entry(const ZipPart& part, std::uint64_t data_bytes, std::uint32_t crc,
                                std::uint64_t offset, std::string* out) {
  std::string extra = part.extra;
  const std::uint64_t bytes = part.bytes.value_or(part.content.size());
  const std::uint64_t compressed = part.compressed.value_or(data_bytes);
  if (part.is_zip64) {
    put16(1, &extra);
    put16(24, &extra);
    put64(bytes, &extra);
    put64(compressed, &extra);
    put64(part.offset.value_or(offset), &extra);
  }
  put32(0x02014b50, out);
  put16(20, out);
  put16(20, out);
  put16(part.flags, out);
  put16(part.method.value_or(part.is_deflated ? 8 : 0), out);
  put32(0, out);
  put32(part.crc32.value_or(crc), out);
  put32(part.is_zip64 ? 0xFFFFFFFF : compressed, out);
  put32(part.is_zip64 ? 0xFFFFFFFF : bytes, out);
  put16(part.name.size(), out);
  put16(extra.size(), out);
  put16(0, out);
  put16(0, out);
  put16(0, out);
  put32(0, out);
  put32(part.is_zip64 ? 0xFFFFFFFF : part.offset.value_or(offset), out);
  *out += part.name;
  *out += extra;
}

inline void put_zip64_end(std::uint64_t count, std::uint64_t bytes, std::uint64_t offset,
                          std::string* out) {
  const std::uint64_t at = out->size();
  put32(0x06064b50, out);
  put64(44, out);
  put16(45, out);
  put16(45, out);
  put32(0, out);
  put32(0, out);
  put64(count, out);
  put64(count, out);
  put64(bytes, out);
  put64(offset, out);
  put32(0x07064b50, out);
  put32(0, out);
  put64(at, out);
  put32(1, out);
}

inline std::string build_zip(const std::vector<ZipPart>& parts, const ZipLies& lies = {}) {
  std::string out;
  std::string directory;
  for (const ZipPart& part : parts) {
    const std::string data = part.is_deflated ? raw_deflate(part.content) : part.content;
    const auto crc = static_cast<std::uint32_t>(
        ::crc32_z(0, reinterpret_cast<const Bytef*>(part.content.data()), part.content.size()));
    const std::uint64_t offset = out.size();
    put_local_header(part, data, crc, &out);
    out += data;
    put_directory_entry(part, data.size(), crc, offset, &directory);
  }
  out += lies.before_directory;
  const std::uint64_t offset = out.size();
  out += directory;
  out += lies.after_directory;
  if (lies.is_zip64) put_zip64_end(parts.size(), directory.size(), offset, &out);
  put32(0x06054b50, &out);
  put16(lies.disk, &out);
  put16(lies.disk, &out);
  put16(lies.is_zip64 ? 0xFFFF : lies.count.value_or(static_cast<std::uint16_t>(parts.size())),
        &out);
  put16(lies.is_zip64 ? 0xFFFF : lies.count.value_or(static_cast<std::uint16_t>(parts.size())),
        &out);
  put32(lies.is_zip64 ? 0xFFFFFFFF
                      : lies.directory_bytes.value_or(static_cast<std::uint32_t>(directory.size())),
        &out);
  put32(lies.is_zip64 ? 0xFFFFFFFF
                      : lies.directory_offset.value_or(static_cast<std::uint32_t>(offset)),
        &out);
  put16(lies.comment_bytes.value_or(static_cast<std::uint16_t>(lies.comment.size())), &out);
  return out + lies.comment + lies.behind;
}

}  // namespace beian::test
