// The strings of a build, each kept once. Not part of the file: the writer lays them out anew in
// row order, so that the bytes do not depend on the order of the feed.
//
// One thread. References and texts stay valid as long as the arena.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string_view>
#include <vector>

#include "cache/snapshot/prefetch.h"

namespace beian::cache {

class StringArena {
 public:
  // Where a text belongs. expect() also prefetches what intern() will read: a caller that expects
  // several texts before it interns the first waits for memory only once.
  struct Expected {
    std::uint32_t hash;
  };
  Expected expect(std::string_view text) const noexcept;

  // Returns the reference of `text`, the same for the same text; kNone (format.h) when the arena is
  // full (8 GiB). REQUIRES: at most 65,535 bytes, and `expected` is expect(text).
  std::uint32_t intern(std::string_view text, Expected expected);

  std::string_view text(std::uint32_t reference) const noexcept {
    const char* entry = at(reference);
    std::uint16_t length;
    std::memcpy(&length, entry + sizeof(std::uint32_t), sizeof length);
    return {entry + kEntryHead, length};
  }
  // Prefetches the entry of `word`, if that is a reference at all.
  void fetch(std::uint32_t word) const noexcept {
    const std::uint64_t offset = std::uint64_t{word} * 2;
    if (offset < end_) prefetch(at(word));
  }

  // The reference of the same text in the file; format::kNone until place() sets it.
  std::uint32_t placed(std::uint32_t reference) const noexcept {
    std::uint32_t place;
    std::memcpy(&place, at(reference), sizeof place);
    return place;
  }
  void place(std::uint32_t reference, std::uint32_t in_file) noexcept {
    std::memcpy(at(reference), &in_file, sizeof in_file);
  }

 private:
  static constexpr std::size_t kEntryHead = sizeof(std::uint32_t) + sizeof(std::uint16_t);

  // An entry is u32 place, u16 length, bytes, at an even offset; none straddles two chunks.
  static constexpr std::uint64_t kChunkBytes = 2 << 20;  // a huge page

  struct Free {
    void operator()(char* chunk) const noexcept { std::free(chunk); }
  };
  using Chunk = std::unique_ptr<char, Free>;

  struct Slot {
    std::uint32_t hash;
    std::uint32_t reference;  // kNone: empty
  };

  char* at(std::uint32_t reference) const noexcept {
    const std::uint64_t offset = std::uint64_t{reference} * 2;
    return chunks_[offset / kChunkBytes].get() + offset % kChunkBytes;
  }
  void add_chunk();
  void grow();

  std::vector<Chunk> chunks_;
  std::uint64_t end_ = 0;  // offset of the next entry
  std::vector<Slot> slots_;
  std::size_t count_ = 0;
};

}  // namespace beian::cache
