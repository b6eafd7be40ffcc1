#include "gate/package/mach_signature.h"

#include <string>
#include <string_view>

#include "gate/package/byte_reader.h"
#include "gate/package/little_endian.h"

namespace beian::package {
namespace {

constexpr std::uint32_t kFatMagic = 0xcafebabe;  // big-endian, like the whole fat header
constexpr std::uint32_t kMagic32 = 0xfeedface;   // little-endian on every device since 2006
constexpr std::uint32_t kMagic64 = 0xfeedfacf;
constexpr std::uint32_t kCodeSignatureCommand = 0x1d;
constexpr std::uint32_t kSuperBlobMagic = 0xfade0cc0;
constexpr std::uint32_t kCodeDirectorySlot = 0;
constexpr std::uint32_t kCmsSlot = 0x10000;
constexpr std::uint32_t kArchitecturesMax = 16;  // seen: 4; beyond: malformed
constexpr std::uint32_t kBlobsMax = 64;          // seen: 8; beyond: malformed
constexpr std::uint32_t kCommandsMax = 4'096;    // seen: 120; beyond: malformed

Error bad_executable(std::string_view what) {
  return make_error(ErrorKind::kBadInput, "executable: " + std::string(what));
}

std::uint32_t big_endian(std::uint32_t word) {
  return __builtin_bswap32(word);
}

// `count` bytes at `offset`; nullopt if they are out of range.
std::optional<ByteView> slice(ByteView bytes, std::uint64_t offset, std::uint64_t count) {
  ByteReader reader(bytes);
  return reader.bytes(offset) ? reader.bytes(count) : std::nullopt;
}

std::optional<std::uint32_t> big_word(ByteView bytes, std::uint64_t offset) {
  const auto word = slice(bytes, offset, 4);
  if (!word) return std::nullopt;
  return big_endian(u32_at(*word, 0));
}

// A blob: magic, length including this header, bytes; all big-endian.
std::optional<ByteView> blob_at(ByteView bytes, std::uint64_t offset) {
  const auto length = big_word(bytes, offset + 4);
  if (!length || *length < 8) return std::nullopt;
  return slice(bytes, offset, *length);
}

Result<std::optional<MachSignature>> read_super_blob(ByteView bytes) {
  const auto all = blob_at(bytes, 0);
  const auto count = all ? big_word(*all, 8) : std::nullopt;
  if (!count || big_word(*all, 0) != kSuperBlobMagic || *count > kBlobsMax)
    return bad_executable("its code signature is cut off");
  MachSignature out;
  for (std::uint32_t i = 0; i < *count; ++i) {
    const std::uint64_t at = 12 + std::uint64_t{i} * 8;
    const auto slot = big_word(*all, at);
    const auto offset = big_word(*all, at + 4);
    const auto blob = slot && offset ? blob_at(*all, *offset) : std::nullopt;
    if (!blob) return bad_executable("a part of its code signature ends beyond it");
    if (*slot == kCodeDirectorySlot) out.code_directory = *blob;
    if (*slot == kCmsSlot) out.cms = blob->subspan(8);
  }
  if (out.cms.empty() || out.code_directory.empty()) return std::nullopt;
  return out;
}

Result<std::optional<MachSignature>> read_thin(ByteView file) {
  ByteReader header(file);
  const auto magic = header.u32();
  const std::size_t header_bytes = magic == kMagic64 ? 32 : 28;
  if (!magic || (*magic != kMagic64 && *magic != kMagic32) || file.size() < header_bytes)
    return bad_executable("no Mach-O");
  const std::uint32_t count = u32_at(file, 16);
  if (count > kCommandsMax) return bad_executable("it has too many load commands");
  ByteReader commands(file.subspan(header_bytes));
  for (std::uint32_t i = 0; i < count; ++i) {
    const auto command = commands.u32();
    const auto size = commands.u32();
    const auto body = size && *size >= 8 ? commands.bytes(*size - 8) : std::nullopt;
    if (!body) return bad_executable("a load command ends beyond it");
    if (*command != kCodeSignatureCommand) continue;
    if (body->size() < 8) return bad_executable("the load command of its signature is too short");
    const auto signature = slice(file, u32_at(*body, 0), u32_at(*body, 4));
    if (!signature) return bad_executable("its signature lies beyond it");
    return read_super_blob(*signature);
  }
  return std::nullopt;
}

}  // namespace

Result<std::optional<MachSignature>> find_mach_signature(ByteView executable) {
  const auto magic = big_word(executable, 0);
  if (magic != kFatMagic) return read_thin(executable);
  const auto count = big_word(executable, 4);
  if (!count || *count > kArchitecturesMax) return bad_executable("its architectures are cut off");
  for (std::uint32_t i = 0; i < *count; ++i) {
    const std::uint64_t at = 8 + std::uint64_t{i} * 20;
    const auto offset = big_word(executable, at + 8);
    const auto size = big_word(executable, at + 12);
    const auto part = offset && size ? slice(executable, *offset, *size) : std::nullopt;
    if (!part) return bad_executable("an architecture lies beyond it");
    auto found = read_thin(*part);
    if (!found || *found) return found;
  }
  return std::nullopt;
}

}  // namespace beian::package
