// What Redis holds of a registry, as a publisher looks at it before it changes anything.
//
// One thread, that of the client. Whatever answers is hostile input.
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
  std::optional<Manifest> head;  // absent with its key gone, too
  std::optional<PublicKey> head_signer;
  std::optional<Tip> tip;

  // The newest (epoch, serial) of both; zeros when there is nothing.
  Tip newest() const noexcept;
  // Whether the tip is where the head's snapshot ends: no batches came after it, and none is lost.
  bool is_tip_of_head() const noexcept;
};

// What is published is signed, and what takes its place or goes on top of it would not be: gates
// that ask for a signature would stand still there. Errors: kUsage, naming the way out.
[[nodiscard]] Result<void> check_signing(const std::optional<PublicKey>& head_signer,
                                         const SigningKey* key);

// Head, tip and the head's manifest. Errors: the client's; kDamaged, kUntrusted of the manifest.
[[nodiscard]] Result<Published> read_published(RedisClient* client, const RedisKeys& keys,
                                               const Trust& trust);

// A manifest by its id; nullopt when the key is gone. Errors: as above, and kDamaged when its bytes
// have another hash than the name says.
[[nodiscard]] Result<std::optional<Manifest>> read_manifest(RedisClient* client,
                                                            const RedisKeys& keys,
                                                            const std::string& id,
                                                            const Trust& trust,
                                                            std::string* bytes = nullptr);

// Ids of the generations that are kept, newest first.
[[nodiscard]] Result<std::vector<std::string>> read_history(RedisClient* client,
                                                            const RedisKeys& keys);

}  // namespace beian::cache
