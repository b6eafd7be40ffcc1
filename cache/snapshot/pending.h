// A registry while it is being built: compact rows in order of arrival. A service costs 56 bytes
// plus its body words; texts are interned at once, so no std::string is kept.
//
// Not part of the file: layout.h turns it into one. One thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cache/base/result.h"
#include "cache/filing/record.h"
#include "cache/snapshot/body.h"
#include "cache/snapshot/prefetch.h"
#include "cache/snapshot/string_arena.h"

namespace beian::cache {

struct PendingSubject {
  std::uint64_t key = 0;
  std::uint64_t id = 0;
  std::int64_t updated_at = 0;
  std::uint32_t sponsor = format::kNone;  // references of the arena
  std::uint32_t nature = format::kNone;
  std::uint32_t certificate_number = format::kNone;
  std::uint32_t province = format::kNone;
  std::int32_t cancelled_on = 0;
  std::uint8_t status = 0;
  std::uint8_t flags = 0;  // SubjectFlag
  bool is_removed = false;
};

struct PendingService {
  std::uint64_t key = 0;
  std::uint64_t id = 0;
  std::uint64_t subject_id = 0;
  std::uint64_t body = 0;  // first of its words in PendingRegistry::words
  std::uint32_t body_words = 0;
  std::int32_t approved_on = 0;
  std::uint16_t flags = 0;  // ServiceFlag
  std::uint8_t kind = 0;
  std::uint8_t status = 0;
  bool has_subject_id = false;
  bool is_removed = false;
};

// Maps an id to the index of its row: open addressing over 8-byte slots. A row is read only when 32
// bits of the hash match, because each read is likely a cache miss.
class IdMap {
 public:
  // Index of the row with `id` in `rows`, or kNone.
  template <class Row>
  std::uint32_t find(std::uint64_t id, const std::vector<Row>& rows) const noexcept {
    if (slots_.empty()) return format::kNone;
    const std::uint32_t hash = hash_of(id);
    for (std::size_t at = home(hash);; at = (at + 1) & (slots_.size() - 1)) {
      const Slot slot = slots_[at];
      if (slot.row == format::kNone || (slot.hash == hash && rows[slot.row].id == id))
        return slot.row;
    }
  }

  // Prefetches the memory that find() of `id` will read.
  void expect(std::uint64_t id) const noexcept {
    if (!slots_.empty()) prefetch(&slots_[home(hash_of(id))]);
  }

  // Adds the last row of `rows`. REQUIRES: its id is not in the map.
  template <class Row>
  void add_last(const std::vector<Row>& rows) {
    if (rows.size() * 4 > slots_.size() * 3) grow();
    put({hash_of(rows.back().id), static_cast<std::uint32_t>(rows.size() - 1)});
  }

 private:
  struct Slot {
    std::uint32_t hash;
    std::uint32_t row;  // kNone: empty
  };

  static std::uint32_t hash_of(std::uint64_t id) noexcept {
    return static_cast<std::uint32_t>((id * 0x9E3779B97F4A7C15ULL) >> 32);
  }
  std::size_t home(std::uint32_t hash) const noexcept { return hash & (slots_.size() - 1); }
  void put(Slot slot) noexcept {
    std::size_t at = home(slot.hash);
    while (slots_[at].row != format::kNone) at = (at + 1) & (slots_.size() - 1);
    slots_[at] = slot;
  }
  void grow();

  std::vector<Slot> slots_;  // a power of two of them
};

struct PendingRegistry {
  StringArena arena;
  std::vector<PendingSubject> subjects;
  std::vector<PendingService> services;
  std::vector<std::uint32_t> words;  // bodies as in the file, with references of arena and ranges
  std::vector<IpRange> ranges;
  IdMap subject_ids;
  IdMap service_ids;
  std::uint64_t subject_count = 0;  // not removed
  std::uint64_t service_count = 0;
  std::optional<Error> error;  // the first record that no snapshot can hold

  // Makes room for what a feed of so many bytes may hold; the room takes memory only once it is
  // used.
  void expect(std::uint64_t feed_bytes);
  void add(const SubjectRecord& record);
  void add(const ServiceRecord& record);
  void remove_subject(std::uint64_t id);
  void remove_service(std::uint64_t id);

 private:
  std::uint32_t intern(std::string_view text, StringArena::Expected expected);
  void append_text(std::string_view text);
  void intern_texts();
  std::uint32_t intern_optional(const std::optional<std::string>& text);
  void append_body(const ServiceRecord& record, PendingService* row);
  void append_ranges(const std::vector<IpRange>& list);
  void append_platform(const PlatformRecord& platform);
  void fail(std::string what);

  // A text of the record being added, and the word that waits for its reference.
  struct AwaitedText {
    std::string_view text;
    std::size_t word;
    StringArena::Expected expected;
  };

  std::vector<AwaitedText> texts_;
  const char* adding_ = "";  // "service"
  std::uint64_t adding_id_ = 0;
};

}  // namespace beian::cache
