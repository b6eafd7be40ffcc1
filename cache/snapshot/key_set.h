// An immutable set of subject or filing numbers: open addressing, one probe for most look-ups.
//
// Building: one thread. Then any thread; no allocation.
#pragma once

#include <bit>
#include <cstdint>
#include <vector>

#include "cache/filing/number.h"
#include "cache/snapshot/hash_index.h"

namespace beian::cache {

template <class Key>
class KeySet {
 public:
  KeySet() = default;
  // REQUIRES: no key occurs twice, and none is 0, which no number has.
  explicit KeySet(const std::vector<Key>& keys) : size_(keys.size()) {
    slots_.resize(std::bit_ceil(2 * keys.size() + 1));
    for (const Key key : keys) {
      std::size_t at = home(key);
      while (slots_[at] != Key{}) at = (at + 1) & (slots_.size() - 1);
      slots_[at] = key;
    }
  }

  std::size_t size() const noexcept { return size_; }

  bool contains(Key key) const noexcept {
    if (slots_.empty()) return false;
    for (std::size_t at = home(key); slots_[at] != Key{}; at = (at + 1) & (slots_.size() - 1))
      if (slots_[at] == key) return true;
    return false;
  }

  // Calls `visit(key)` for each key, in no particular order.
  template <class Visit>
  void for_each(Visit&& visit) const {
    for (const Key key : slots_)
      if (key != Key{}) visit(key);
  }

 private:
  std::size_t home(Key key) const noexcept {
    return static_cast<std::size_t>(hash_number(static_cast<std::uint64_t>(key))) &
           (slots_.size() - 1);
  }

  std::vector<Key> slots_;  // a power of two, at least half of them empty
  std::size_t size_ = 0;
};

}  // namespace beian::cache
