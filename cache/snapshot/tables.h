// A snapshot's sections as typed arrays over the mapped bytes. Built by open_tables(), which proves
// only that each section lies where it must; check.h proves what is in them.
//
// Immutable once built; any thread. The bytes must outlive it.
#pragma once

#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "cache/base/file.h"
#include "cache/base/result.h"
#include "cache/snapshot/format.h"
#include "cache/snapshot/hash_index.h"
#include "cache/snapshot/snapshot.h"

namespace beian::cache {

struct SnapshotTables {
  ByteView file;
  format::Header header{};
  ByteView strings;
  std::span<const format::SubjectRow> subjects;
  std::span<const format::ServiceRow> services;
  std::span<const std::uint32_t> bodies;
  std::span<const std::uint32_t> subject_ids;
  std::span<const std::uint32_t> service_ids;
  std::span<const format::Ipv4Row> ipv4;
  std::span<const format::Ipv6Row> ipv6;
  IndexView numbers;
  IndexView packages;
  IndexView platforms;
  IndexView fingerprints;
  IndexView public_keys;
  IndexView domains;
  ByteView block_hashes;

  // REQUIRES: a reference that the check has proved.
  std::string_view text(std::uint32_t reference) const noexcept {
    const std::uint8_t* entry = strings.data() + std::uint64_t{reference} * 2;
    std::uint16_t length;
    std::memcpy(&length, entry, sizeof length);
    return {reinterpret_cast<const char*>(entry + sizeof length), length};
  }
  std::optional<std::string_view> optional_text(std::uint32_t reference) const noexcept {
    if (reference == format::kNone) return std::nullopt;
    return text(reference);
  }
  // From the body of a service to the end of the section.
  std::span<const std::uint32_t> body(const format::ServiceRow& row) const noexcept {
    return bodies.subspan(row.body);
  }
};

struct Snapshot::Tables : SnapshotTables {
  MappedFile mapped;  // one of these two holds the bytes
  std::string memory;
};

// Access to the rows behind views, for the code in this folder that works on rows.
struct RowAccess {
  static const SnapshotTables& tables(const Snapshot& snapshot) noexcept {
    return *snapshot.tables_;
  }
  static std::uint32_t row(const SubjectView& view) noexcept { return view.row_; }
  static std::uint32_t row(const ServiceView& view) noexcept { return view.row_; }
  static const format::ServiceRow& service(const ServiceView& view) noexcept {
    return view.snapshot_->tables_->services[view.row_];
  }
  static bool are_of_one_snapshot(const ServiceView& a, const ServiceView& b) noexcept {
    return a.snapshot_ == b.snapshot_;
  }
};

std::string_view section_name(format::SectionId id) noexcept;

// kDamaged, with the place: "services at byte 4096: …".
Error damaged(format::SectionId section, std::uint64_t file_offset, const std::string& why);
Error damaged_header(std::uint64_t offset, const std::string& why);

// Reads the header and lays the sections over `file`. Errors: kDamaged.
[[nodiscard]] Result<void> open_tables(ByteView file, SnapshotTables* tables);

}  // namespace beian::cache
