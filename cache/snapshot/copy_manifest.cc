#include "cache/snapshot/copy_manifest.h"

#include <array>
#include <cstddef>
#include <cstring>

#include "cache/base/bytes.h"
#include "cache/base/file.h"
#include "cache/base/limits.h"

namespace beian::cache {
namespace {

constexpr std::array<char, 8> kManifestMagic = {'B', 'E', 'I', 'A', 'N', 'M', 'F', 'T'};
constexpr std::uint32_t kManifestVersion = 1;

struct ManifestHeader {
  std::array<char, 8> magic;
  std::uint32_t version;
  std::uint32_t manifest_bytes;  // behind the header
  Sha256 root_hash;
  Sha256 chain;
  Sha256 checksum;  // SHA-256 of the rest of the header and the manifest
};
static_assert(sizeof(ManifestHeader) == 112);

}  // namespace

std::string encode(const CopyManifest& manifest) {
  const ManifestHeader header{
      kManifestMagic,     kManifestVersion, static_cast<std::uint32_t>(manifest.text.size()),
      manifest.root_hash, manifest.chain,   {}};
  std::string bytes(reinterpret_cast<const char*>(&header), sizeof header);
  bytes += manifest.text;
  const Sha256 checksum = sha256(bytes);
  std::memcpy(bytes.data() + offsetof(ManifestHeader, checksum), checksum.data(), checksum.size());
  return bytes;
}

Result<CopyManifest> read_copy_manifest(const std::string& path) {
  const auto bytes = read_file(path, sizeof(ManifestHeader) + limits::kManifestBytesMax);
  if (!bytes) return bytes.error();
  const auto damaged = [&](std::size_t offset, const char* why) {
    return make_error(ErrorKind::kDamaged,
                      path + ": damaged at byte " + std::to_string(offset) + ": " + why);
  };
  ManifestHeader header;
  if (bytes->size() < sizeof header) return damaged(bytes->size(), "it ends within the header");
  std::memcpy(&header, bytes->data(), sizeof header);
  if (header.magic != kManifestMagic || header.version != kManifestVersion)
    return damaged(0, "this is no manifest of a local copy that this gate can read");
  CopyManifest manifest{header.root_hash, header.chain, bytes->substr(sizeof header)};
  if (header.manifest_bytes != manifest.text.size())
    return damaged(offsetof(ManifestHeader, manifest_bytes), "it is cut short or goes on");
  if (encode(manifest) != *bytes)
    return damaged(offsetof(ManifestHeader, checksum), "the checksum does not hold");
  return manifest;
}

}  // namespace beian::cache
