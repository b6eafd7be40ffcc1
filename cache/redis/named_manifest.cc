#include "cache/redis/named_manifest.h"

#include <utility>

#include "cache/base/bytes.h"

namespace beian::cache {

Result<NamedManifest> read_named_manifest(RegistryReader* reader, const std::string& id,
                                          const Trust& trust, std::chrono::milliseconds deadline) {
  auto bytes = reader->manifest(id, deadline);
  if (!bytes) return bytes.error();
  if (!*bytes)
    return make_error(ErrorKind::kUnavailable,
                      "Redis lost the manifest that its head names; publish again, with --force "
                      "unless it is newer");
  if (to_hex(manifest_id(as_bytes(**bytes))) != id)
    return make_error(ErrorKind::kDamaged, "the manifest is not what its name says");
  auto content = decode_manifest(as_bytes(**bytes), trust);
  if (!content) return content.error();
  return NamedManifest{id, std::move(**bytes), std::move(*content)};
}

}  // namespace beian::cache
