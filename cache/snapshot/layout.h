// Turns a pending registry into the sections of a file.
//
//   sort rows -> imply subjects -> place texts in row order -> bodies and indexes -> header
//
// Rows and bodies are first moved into file order, so that every later step reads them
// sequentially. Steps that do not depend on each other run in parallel, on two threads.
//
// Everything that reaches the file is a function of the final set of records: rows are sorted by
// (key, id), texts and IP rows are numbered in row order, index entries by (hash, text, row).
#pragma once

#include <cstdint>
#include <future>
#include <utility>
#include <vector>

#include "cache/snapshot/block_sink.h"
#include "cache/snapshot/hash_index.h"
#include "cache/snapshot/pending.h"
#include "cache/snapshot/snapshot_writer.h"

namespace beian::cache {

// How to run one half of a step over so many rows beside the other half. A thread takes 50 us to
// start and end, and much longer when every core is busy: the overlay of a delta is written without
// one.
inline std::launch halves_of(std::size_t rows) noexcept {
  constexpr std::size_t kRowsOfAThread = 16'384;
  return rows < kRowsOfAThread ? std::launch::deferred : std::launch::async;
}

// Calls `work(first, end)` for both halves of [0, count).
template <class Work>
void in_halves(std::size_t count, const Work& work) {
  auto half = std::async(halves_of(count), [&] { work(std::size_t{0}, count / 2); });
  work(count / 2, count);
  half.get();
}

class Layout {
 public:
  // Both must outlive the layout, which uses up the registry.
  Layout(PendingRegistry* registry, BlockSink* sink) : registry_(*registry), sink_(*sink) {}

  // Errors: those of SnapshotWriter::to_bytes() and of the sink.
  [[nodiscard]] Result<void> write(const SealOptions& options);
  // REQUIRES: write() was successful.
  SnapshotCounts counts() const { return {subjects_.size(), registry_.services.size()}; }

 private:
  // The keys of some services, one list for each index.
  struct IndexKeys {
    std::vector<IndexEntry> packages;
    std::vector<IndexEntry> fingerprints;
    std::vector<IndexEntry> public_keys;
    std::vector<IndexEntry> domains;
  };
  using IdRows = std::vector<std::pair<std::uint64_t, std::uint32_t>>;

  void sort_services();
  void put_in_order(const std::vector<std::uint32_t>& order);
  void make_subject_rows();
  [[nodiscard]] Result<void> resolve_subjects();
  [[nodiscard]] Result<void> check_sizes() const;
  void sort_ranges();
  void sort_ids();
  void write_strings();
  void place(std::uint32_t reference);
  void write_rows();
  void write_bodies();
  void write_ids(format::SectionId section, const IdRows& ids);
  void write_ranges();
  [[nodiscard]] Result<void> write_indexes();
  void write_index(format::SectionId buckets, const BuiltIndex& index);
  format::Header header(const SealOptions& options) const;

  // REQUIRES: sort_services().
  std::span<std::uint32_t> body(std::size_t row) const {
    const PendingService& service = registry_.services[row];
    return std::span(registry_.words).subspan(service.body, service.body_words);
  }
  std::uint16_t flags(std::size_t row) const { return registry_.services[row].flags; }
  // Prefetches the texts of a row that will soon be needed.
  void fetch_texts(std::size_t row) const noexcept;

  // Calls `visit(platform_words)` for each platform of the service.
  template <class Visit>
  void for_each_row_platform(std::size_t row, Visit&& visit) const;

  IndexEntry text_entry(std::uint32_t reference, std::size_t row) const;
  void gather_keys(std::size_t first, std::size_t end, IndexKeys* keys) const;
  void build_package_indexes(std::vector<IndexEntry> entries, BuiltIndex* packages,
                             BuiltIndex* platforms) const;

  PendingRegistry& registry_;  // its services and words in row order, after sort_services()
  BlockSink& sink_;
  std::vector<std::uint32_t> recorded_subjects_;  // indexes in registry_.subjects, in row order
  std::vector<std::uint32_t> service_subjects_;   // row -> subject row
  std::vector<format::SubjectRow> subjects_;      // with arena references until write_strings()
  std::vector<std::uint32_t> subject_rows_;       // index in registry_.subjects -> row
  std::vector<std::uint32_t> range_rows_;         // index in registry_.ranges -> body word
  std::vector<format::Ipv4Row> ipv4_;
  std::vector<format::Ipv6Row> ipv6_;
  IdRows subject_ids_;
  IdRows service_ids_;
  std::uint64_t string_bytes_ = 0;
};

}  // namespace beian::cache
