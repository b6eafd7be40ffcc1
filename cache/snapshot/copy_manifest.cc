#include "cache/snapshot/copy_manifest.h"

#include <array>
#include <cstddef>
#include <cstring>

#include "cache/base/bytes.h"
#include "cache/base/file.h"
#include "cache/base/limits.h"

namespace beian::cache {
namespace {

constexpr std::array<char, 8> kMagic = {'B', 'E', 'I', 'A', 'N', 'M', 'F', 'T'};
constexpr std::uint32_t kVersion = 1;

struct Header {
  std::array<char, 8> magic;
  std::uint32_t version;
  std::uint32_t manifest_bytes;  // behind the header
  Sha256 root_hash;
  Sha256 chain;
  Sha256 checksum;  // SHA-256 of the rest of the header and the manifest
};
static_assert(sizeof(Header) == 112);

}  // namespace

std::string encode(const CopyManifest& manifest) {
  const Header header{kMagic,
                      kVersion,
                      static_cast<std::uint32_t>(manifest.text.size()),
                      manifest.root_hash,
                      manifest.chain,
                      {}};
  std::string bytes(reinterpret_cast<const char*>(&header), sizeof header);
  bytes += manifest.text;
  const Sha256 checksum = sha256(bytes);
  std::memcpy(bytes.data() + offsetof(Header, checksum), checksum.data(), checksum.size());
  return bytes;
}

Result<CopyManifest> read_copy_manifest(const std::string& path) {
  const auto bytes = read_file(path, sizeof(Header) + limits::kManifestBytesMax);
  if (!bytes) return bytes.error();
  const auto damaged = [&](std::size_t offset, const char* why) {
    return make_error(ErrorKind::kDamaged,
                      path + ": damaged at byte " + std::to_string(offset) + ": " + why);
  };
  Header header;
  if (bytes->size() < sizeof header) return damaged(bytes->size(), "it ends within the header");
  std::memcpy(&header, bytes->data(), sizeof header);
  if (header.magic != kMagic || header.version != kVersion)
    return damaged(0, "this is no manifest of a local copy that this gate can read");
  CopyManifest manifest{header.root_hash, header.chain, bytes->substr(sizeof header)};
  if (header.manifest_bytes != manifest.text.size())
    return damaged(offsetof(Header, manifest_bytes), "it is cut short or goes on");
  if (encode(manifest) != *bytes)
    return damaged(offsetof(Header, checksum), "the checksum does not hold");
  return manifest;
}

}  // namespace beian::cache
