// Turns a pending registry into the sections of a file.
//
//   sort rows -> imply subjects -> place texts in row order -> bodies and indexes -> header
//
// Everything that reaches the file is a function of the final set of records: rows are sorted by
// (key, id), texts and IP rows are numbered in row order, index entries by (hash, text, row).
#pragma once

#include <cstdint>
#include <future>
#include <vector>

#include "cache/snapshot/block_sink.h"
#include "cache/snapshot/hash_index.h"
#include "cache/snapshot/pending.h"
#include "cache/snapshot/snapshot_writer.h"

namespace beian::cache {

// How to run one half of a step over so many rows beside the other. A thread takes 50 us to begin
// and end, and much longer where every core is taken: the overlay of a delta is written without.
inline std::launch halves_of(std::size_t rows) noexcept {
  constexpr std::size_t kRowsOfAThread = 16'384;
  return rows < kRowsOfAThread ? std::launch::deferred : std::launch::async;
}

class Layout {
 public:
  // Both must outlive the layout; the registry is used up.
  Layout(PendingRegistry* registry, BlockSink* sink) : registry_(*registry), sink_(*sink) {}

  // Errors: those of SnapshotWriter::to_bytes() and of the sink.
  [[nodiscard]] Result<void> write(const SealOptions& options);

 private:
  void sort_services();
  void make_subject_rows();
  [[nodiscard]] Result<void> resolve_subjects();
  [[nodiscard]] Result<void> check_sizes() const;
  void sort_ranges();
  void write_strings();
  void place(std::uint32_t reference);
  void write_rows();
  void write_bodies();
  void write_ids();
  void write_ranges();
  [[nodiscard]] Result<void> write_indexes();
  void write_index(format::SectionId buckets, const BuiltIndex& index);
  format::Header header(const SealOptions& options) const;

  std::span<std::uint32_t> body(std::size_t row) const {
    const PendingService& service = registry_.services[services_[row]];
    return std::span(registry_.words).subspan(service.body, service.body_words);
  }
  std::uint16_t flags(std::size_t row) const { return registry_.services[services_[row]].flags; }

  // Calls `visit(reference, row)` for every item of a text list.
  template <class Visit>
  void for_each_text(BodyList list, Visit&& visit) const;
  // Calls `visit(platform, row)`, platform being its words.
  template <class Visit>
  void for_each_row_platform(std::size_t row, Visit&& visit) const;

  IndexEntry text_entry(std::uint32_t reference, std::size_t row) const;
  void build_package_indexes(BuiltIndex* packages, BuiltIndex* platforms) const;
  BuiltIndex build_fingerprint_index() const;
  BuiltIndex build_public_key_index() const;
  BuiltIndex build_domain_index() const;

  PendingRegistry& registry_;
  BlockSink& sink_;
  std::vector<std::uint32_t> services_;          // row -> index in registry_.services
  std::vector<std::uint32_t> service_subjects_;  // row -> subject row
  std::vector<format::SubjectRow> subjects_;     // texts by arena reference until write_rows()
  std::vector<std::uint32_t> subject_rows_;      // index in registry_.subjects -> row
  std::vector<std::uint32_t> range_rows_;        // index in registry_.ranges -> body word
  std::vector<format::Ipv4Row> ipv4_;
  std::vector<format::Ipv6Row> ipv6_;
  std::uint64_t string_bytes_ = 0;
};

}  // namespace beian::cache
