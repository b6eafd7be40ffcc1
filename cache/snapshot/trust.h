// Whose signatures are believed. Plain data; any thread.
#pragma once

#include <vector>

#include "cache/snapshot/snapshot.h"

namespace beian::cache {

struct Trust {
  std::vector<PublicKey> keys;  // several, so that keys can be rotated
  // Without keys nothing is believed, unless this says so.
  bool allow_unsigned = false;
};

}  // namespace beian::cache
