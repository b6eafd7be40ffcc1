#include "cache/snapshot/string_arena.h"

#include <new>
#include <utility>

#include "cache/snapshot/format.h"
#include "cache/snapshot/hash_index.h"
#include "cache/snapshot/huge_pages.h"

namespace beian::cache {
namespace {

constexpr std::size_t kFirstSlots = 1 << 12;
constexpr std::size_t kSmallChunks = 4;  // without huge pages: only what is used takes memory
constexpr std::uint64_t kArenaBytesMax = (std::uint64_t{1} << 33) - (1 << 21);

}  // namespace

StringArena::Expected StringArena::expect(std::string_view text) const noexcept {
  const auto hash = static_cast<std::uint32_t>(hash_text(text) >> 32);
  if (!slots_.empty()) prefetch(&slots_[hash & (slots_.size() - 1)]);
  return {hash};
}

std::uint32_t StringArena::intern(std::string_view text, Expected expected) {
  if (count_ * 4 >= slots_.size() * 3) grow();
  const std::uint32_t hash = expected.hash;
  const std::size_t mask = slots_.size() - 1;
  std::size_t slot = hash & mask;
  for (; slots_[slot].reference != format::kNone; slot = (slot + 1) & mask) {
    if (slots_[slot].hash == hash && this->text(slots_[slot].reference) == text)
      return slots_[slot].reference;
  }
  const std::uint64_t bytes = (kEntryHead + text.size() + 1) / 2 * 2;
  if (chunks_.empty() || end_ % kChunkBytes + bytes > kChunkBytes || end_ % kChunkBytes == 0) {
    end_ = chunks_.size() * kChunkBytes;
    if (end_ >= kArenaBytesMax) return format::kNone;
    add_chunk();
  }
  const auto reference = static_cast<std::uint32_t>(end_ / 2);
  char* entry = at(reference);
  const auto length = static_cast<std::uint16_t>(text.size());
  std::memcpy(entry, &format::kNone, sizeof format::kNone);
  std::memcpy(entry + sizeof format::kNone, &length, sizeof length);
  std::memcpy(entry + kEntryHead, text.data(), text.size());
  end_ += bytes;
  slots_[slot] = {hash, reference};
  ++count_;
  return reference;
}

void StringArena::add_chunk() {
  Chunk chunk(static_cast<char*>(std::aligned_alloc(kChunkBytes, kChunkBytes)));
  if (chunk == nullptr) throw std::bad_alloc();
  if (chunks_.size() >= kSmallChunks) prefer_huge_pages(chunk.get(), kChunkBytes);
  chunks_.push_back(std::move(chunk));
}

void StringArena::grow() {
  std::vector<Slot> old =
      big_vector(slots_.empty() ? kFirstSlots : slots_.size() * 2, Slot{0, format::kNone});
  std::swap(old, slots_);
  const std::size_t mask = slots_.size() - 1;
  for (const Slot& slot : old) {
    if (slot.reference == format::kNone) continue;
    std::size_t at = slot.hash & mask;
    while (slots_[at].reference != format::kNone) at = (at + 1) & mask;
    slots_[at] = slot;
  }
}

}  // namespace beian::cache
