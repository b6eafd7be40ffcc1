// What Redis holds of a registry, as a publisher reads it before changing anything.
//
// One thread, that of the client. Every reply is hostile input.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cache/base/result.h"
#include "cache/redis/client.h"
#include "cache/redis/keys.h"
#include "cache/redis/manifest.h"
#include "cache/redis/tip.h"

namespace beian::cache {

struct Published {
  std::string head_id;           // hex; empty: nothing is published
  std::optional<Manifest> head;  // absent also when the manifest's key is gone
  std::optional<PublicKey> head_signer;
  std::optional<Tip> tip;

  // The greater (epoch, serial) of head and tip; zeros when there is neither.
  Tip newest() const noexcept;
  // Whether the tip is where the head's snapshot ends: no batch came after it, and none is lost.
  bool is_tip_of_head() const noexcept;
};

// Fails when what is published is signed but `key` is null: gates that require a signature would
// refuse whatever replaces it or goes on top of it, and stop there. Errors: kUsage, naming the way
// out.
[[nodiscard]] Result<void> check_signing(const std::optional<PublicKey>& head_signer,
                                         const SigningKey* key);

// Reads head, tip and the head's manifest. Errors: the client's; kDamaged; kUntrusted (the
// manifest).
[[nodiscard]] Result<Published> read_published(RedisClient* client, const RedisKeys& keys,
                                               const Trust& trust);

// Reads a manifest by its id; nullopt when its key is gone. Errors: as above, and kDamaged when its
// bytes do not hash to the id.
[[nodiscard]] Result<std::optional<Manifest>> read_manifest(RedisClient* client,
                                                            const RedisKeys& keys,
                                                            const std::string& id,
                                                            const Trust& trust,
                                                            std::string* bytes = nullptr);

// Reads the ids of the generations that are kept, newest first. Errors: the client's; kDamaged.
[[nodiscard]] Result<std::vector<std::string>> read_history(RedisClient* client,
                                                            const RedisKeys& keys);

}  // namespace beian::cache
