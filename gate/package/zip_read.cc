// Reading entries of a ZIP archive: the local header and the data after it.
#include <zlib.h>

#include <algorithm>

#include "gate/package/little_endian.h"
#include "gate/package/zip.h"
#include "gate/package/zip_format.h"

namespace beian::package {
namespace {

constexpr std::size_t kRoomInitial = 64 * 1024;

Error bad_entry(const ZipEntry& entry, const std::string& what) {
  return make_error(ErrorKind::kBadInput, printable(entry.name) + ": " + what);
}

// Inflates raw deflate data that must yield exactly `bytes`. The buffer grows with the actual
// output, so that a large declared size alone takes no memory.
bool inflate_raw(ByteView data, std::size_t bytes, std::string* out) {
  z_stream stream{};
  BEIAN_ASSERT(::inflateInit2(&stream, -MAX_WBITS) == Z_OK);
  std::size_t taken = 0;
  std::size_t made = 0;
  int status = Z_OK;
  constexpr std::size_t kStep = 1U << 30;  // zlib counts in 32 bits
  out->resize(std::min(bytes, kRoomInitial));
  while (status == Z_OK) {
    if (made == out->size() && made < bytes) out->resize(std::min(bytes, made * 2));
    char spare = 0;  // receives the one byte that shows excess data
    const bool is_full = made == out->size();
    const std::size_t room = is_full ? 1 : std::min(out->size() - made, kStep);
    const std::size_t input = std::min(data.size() - taken, kStep);
    stream.next_in = const_cast<Bytef*>(data.data() + taken);
    stream.avail_in = static_cast<uInt>(input);
    stream.next_out = reinterpret_cast<Bytef*>(is_full ? &spare : out->data() + made);
    stream.avail_out = static_cast<uInt>(room);
    status = ::inflate(&stream, Z_NO_FLUSH);
    const std::size_t consumed = input - stream.avail_in;
    const std::size_t produced = room - stream.avail_out;
    taken += consumed;
    if (is_full && produced > 0) status = Z_DATA_ERROR;
    if (!is_full) made += produced;
    if (status == Z_OK && consumed == 0 && produced == 0) status = Z_BUF_ERROR;
  }
  ::inflateEnd(&stream);
  return status == Z_STREAM_END && made == bytes;
}

std::uint32_t checksum(ByteView bytes) noexcept {
  return static_cast<std::uint32_t>(::crc32_z(0, bytes.data(), bytes.size()));
}

void tell_checksum(const ZipEntry& entry, ByteView bytes, Oddities* oddities) {
  if (oddities != nullptr && checksum(bytes) != entry.crc32)
    add_oddity(oddities, "zip_checksum", entry.name,
               "a wrong checksum; Android does not look at it");
}

}  // namespace

Result<std::uint64_t> Zip::data_offset(const ZipEntry& entry) const {
  const std::uint64_t left = directory_offset_ - entry.header_offset;
  if (left < kLocalBytes || u32_at(file_, entry.header_offset) != kLocalMagic)
    return bad_entry(entry, "no local header at offset " + std::to_string(entry.header_offset));
  const ByteView header = file_.subspan(entry.header_offset, left);
  const std::size_t name_bytes = u16_at(header, 26);
  const std::uint64_t data = kLocalBytes + name_bytes + u16_at(header, 28);
  if (data > left) return bad_entry(entry, "its local header reaches into the directory");
  if (as_text(header.subspan(kLocalBytes, name_bytes)) != entry.name)
    return bad_entry(entry, "its local header names another file: Android refuses it");
  const std::uint32_t compressed = u32_at(header, 18);
  const std::uint32_t bytes = u32_at(header, 22);
  const bool has_descriptor = (u16_at(header, 6) & kDescriptorFlag) != 0;
  const bool is_wide = compressed == kAll32 || bytes == kAll32;  // sizes in the extra field
  if (!has_descriptor && !is_wide &&
      (compressed != entry.compressed_bytes || bytes != entry.bytes ||
       u32_at(header, 14) != entry.crc32))
    return bad_entry(entry,
                     "its local header has another size or checksum than the directory: Android "
                     "refuses it");
  const std::uint64_t stored =
      entry.is_deflated() ? entry.compressed_bytes : std::max(entry.compressed_bytes, entry.bytes);
  if (stored > left - data) return bad_entry(entry, "its data reach into the directory");
  return entry.header_offset + data;
}

Result<ZipBytes> Zip::view(const ZipEntry& entry, std::size_t bytes_max, Oddities* oddities) const {
  if (entry.bytes > bytes_max)
    return bad_entry(entry, "has " + std::to_string(entry.bytes) + " bytes; at most " +
                                std::to_string(bytes_max) + " are read");
  const auto begin = data_offset(entry);
  if (!begin) return begin.error();
  if (!entry.is_deflated()) return ZipBytes(file_.subspan(*begin, entry.bytes));
  std::string out;
  if (!inflate_raw(file_.subspan(*begin, entry.compressed_bytes), entry.bytes, &out))
    return bad_entry(entry, "damaged: it does not unpack to the " + std::to_string(entry.bytes) +
                                " bytes that the directory says");
  tell_checksum(entry, as_bytes(out), oddities);
  return ZipBytes(std::move(out));
}

Result<std::string> Zip::read(const ZipEntry& entry, std::size_t bytes_max,
                              Oddities* oddities) const {
  auto viewed = view(entry, bytes_max, oddities);
  if (!viewed) return viewed.error();
  if (!entry.is_deflated()) tell_checksum(entry, viewed->bytes(), oddities);
  return std::move(*viewed).take();
}

}  // namespace beian::package
