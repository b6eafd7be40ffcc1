// Where the published history ends: the content of `{prefix}:tip`. It is an unsigned hint: a
// follower believes manifests and batches, and reads the tip only to learn that there is more.
// Pure; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "cache/base/result.h"
#include "cache/base/sha256.h"

namespace beian::cache {

struct Tip {
  std::uint64_t epoch = 0;
  std::uint64_t serial = 0;  // of the newest batch, or of the snapshot when none came after it
  Sha256 chain{};

  friend bool operator==(const Tip&, const Tip&) = default;
};

std::string encode_tip(const Tip& tip);  // "EPOCH SERIAL CHAIN-IN-HEX"
// Errors: kDamaged.
[[nodiscard]] Result<Tip> decode_tip(std::string_view text);

}  // namespace beian::cache
