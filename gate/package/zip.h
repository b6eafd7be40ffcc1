// A ZIP archive as Android reads it (libziparchive): the directory at the end is authoritative,
// also for sizes; any method but deflate means stored; the encryption flag and the checksums are
// ignored.
//
//     | entry | entry | … | [signing block] | directory | [zip64 end, locator] | end | comment |
//     0                                     directory_offset()                 directory_end()
//
// What Android refuses is an error that says so. What it accepts, but other readers choke on or
// read differently, is an Oddity. This is our own code because general libraries read such archives
// differently, and none shows what lies between entries and directory. Touches only the end record,
// the directory and the requested entries. Pure; any thread. Every view is valid as long as the
// bytes the archive was opened on. Tests: tests/package/zip_test.cc.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "cache/base/bytes.h"
#include "cache/base/result.h"
#include "gate/package/oddity.h"

namespace beian::package {

struct ZipEntry {
  std::string_view name;  // UTF-8 without NUL, verbatim: `..` and `/` may lead out
  std::uint16_t method = 0;
  std::uint16_t flags = 0;
  std::uint32_t crc32 = 0;
  std::uint64_t compressed_bytes = 0;
  std::uint64_t bytes = 0;
  std::uint64_t header_offset = 0;  // of the local header

  bool is_deflated() const noexcept { return method == 8; }
};

// The bytes of an entry: a view of the file if it is stored, otherwise owned.
class ZipBytes {
 public:
  explicit ZipBytes(ByteView stored) : stored_(stored) {}
  explicit ZipBytes(std::string inflated) : inflated_(std::move(inflated)), is_owned_(true) {}

  // A view, valid as long as this object is neither moved nor destroyed.
  ByteView bytes() const noexcept { return is_owned_ ? as_bytes(inflated_) : stored_; }
  std::string take() && { return is_owned_ ? std::move(inflated_) : std::string(as_text(stored_)); }

 private:
  ByteView stored_;
  std::string inflated_;
  bool is_owned_ = false;
};

class Zip {
 public:
  // Reads the directory in O(entries). kBadInput where Android would refuse the archive: no end
  // record or bytes after it, offsets or sizes beyond the file, no local header at the start,
  // inconsistent zip64. kUntrusted where others would not: a name that is repeated or not UTF-8.
  [[nodiscard]] static Result<Zip> open(ByteView file, Oddities* oddities);

  std::span<const ZipEntry> entries() const noexcept { return entries_; }  // in directory order
  // The entry with exactly that name, or null. Valid as long as the Zip, even if it is moved.
  const ZipEntry* find(std::string_view name) const noexcept;

  // The unpacked bytes of an entry. kBadInput: more than `bytes_max`; a local header that is
  // invalid, names another file or contradicts the directory; data beyond the directory; deflate
  // data that is damaged or not as long as the directory says. A wrong checksum is an oddity
  // (Android does not check it). Never unpacks more than `bytes_max`.
  [[nodiscard]] Result<std::string> read(const ZipEntry& entry, std::size_t bytes_max,
                                         Oddities* oddities = nullptr) const;
  // The same without copying stored data, whose checksum is then not verified: that would touch all
  // of its pages.
  [[nodiscard]] Result<ZipBytes> view(const ZipEntry& entry, std::size_t bytes_max,
                                      Oddities* oddities = nullptr) const;
  // Where the entry's data begin in the file. Errors: those of the local header, as for read().
  [[nodiscard]] Result<std::uint64_t> data_offset(const ZipEntry& entry) const;

  ByteView file() const noexcept { return file_; }
  std::uint64_t directory_offset() const noexcept { return directory_offset_; }
  std::uint64_t directory_bytes() const noexcept { return directory_bytes_; }
  std::uint64_t directory_end() const noexcept { return end_offset_; }  // offset of the end record
  bool is_zip64() const noexcept { return is_zip64_; }

 private:
  explicit Zip(ByteView file) : file_(file) {}

  // Returns the number of entries stated in the end record.
  Result<std::uint64_t> read_end(Oddities* oddities);
  // The same from a zip64 end record, with its position; none if there is no zip64 locator.
  Result<std::optional<std::pair<std::uint64_t, std::uint64_t>>> read_zip64_end();
  Result<void> read_directory(std::uint64_t count, Oddities* oddities);
  Result<ZipEntry> read_entry(std::uint64_t* at) const;
  void tell_entry(const ZipEntry& entry, Oddities* oddities) const;
  void tell_overlaps(Oddities* oddities) const;

  ByteView file_;
  std::vector<ZipEntry> entries_;
  std::unordered_map<std::string_view, std::uint32_t> by_name_;  // index in entries_
  std::uint64_t directory_offset_ = 0;
  std::uint64_t directory_bytes_ = 0;
  std::uint64_t end_offset_ = 0;
  bool is_zip64_ = false;
};

}  // namespace beian::package
