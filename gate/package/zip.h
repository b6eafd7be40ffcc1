// A ZIP archive as Android reads it (libziparchive): the directory at its end counts, sizes are
// those of the directory, any method but deflate is stored, the flag of encryption and checksums
// are not looked at.
//
//     | entry | entry | … | [signing block] | directory | [zip64 end, locator] | end | comment |
//     0                                     directory_offset()                 directory_end()
//
// What Android refuses is an error that says so; what it takes and other readers choke on, or read
// in another way, is an Oddity. Own code, since general libraries read such archives differently,
// and none shows what lies between entries and directory. Touches the end and the directory, and
// the entries that are asked for: nothing else of the file is read. Pure; any thread. Every view
// dies with the bytes that the archive was opened on. Tests: tests/package/zip_test.cc.
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
  std::string_view name;  // UTF-8 without NUL, as the archive has it: `..` and `/` may lead out
  std::uint16_t method = 0;
  std::uint16_t flags = 0;
  std::uint32_t crc32 = 0;
  std::uint64_t compressed_bytes = 0;
  std::uint64_t bytes = 0;
  std::uint64_t header_offset = 0;  // of the local header

  bool is_deflated() const noexcept { return method == 8; }
};

// The bytes of an entry: a view of the file where they are stored, else owned.
class ZipBytes {
 public:
  explicit ZipBytes(ByteView stored) : stored_(stored) {}
  explicit ZipBytes(std::string inflated) : inflated_(std::move(inflated)), is_owned_(true) {}

  // A view, good as long as this stands where it is.
  ByteView bytes() const noexcept { return is_owned_ ? as_bytes(inflated_) : stored_; }
  std::string take() && { return is_owned_ ? std::move(inflated_) : std::string(as_text(stored_)); }

 private:
  ByteView stored_;
  std::string inflated_;
  bool is_owned_ = false;
};

class Zip {
 public:
  // Reads the directory in O(entries). kBadInput where Android would refuse the archive: no end of
  // directory, bytes behind it, offsets or sizes beyond the file, a name twice or not UTF-8, no
  // local header at the begin, zip64 that contradicts itself.
  [[nodiscard]] static Result<Zip> open(ByteView file, Oddities* oddities);

  std::span<const ZipEntry> entries() const noexcept { return entries_; }  // as in the directory
  // The entry of exactly that name; null: there is none. Lives as long as the Zip, moved or not.
  const ZipEntry* find(std::string_view name) const noexcept;

  // The bytes of an entry, unpacked. kBadInput: more than `bytes_max`, a local header that is none,
  // names another file or contradicts the directory, data beyond the directory, deflate data that
  // is damaged or not as long as the directory says. A wrong checksum is an oddity (Android looks
  // at none). At most `bytes_max` are ever unpacked.
  [[nodiscard]] Result<std::string> read(const ZipEntry& entry, std::size_t bytes_max,
                                         Oddities* oddities = nullptr) const;
  // The same without a copy of what is stored, whose checksum is then not looked at: it would cost
  // a walk over all of its pages.
  [[nodiscard]] Result<ZipBytes> view(const ZipEntry& entry, std::size_t bytes_max,
                                      Oddities* oddities = nullptr) const;
  // Where the entry's data begin in the file. Errors: those of the local header, as for read().
  [[nodiscard]] Result<std::uint64_t> data_offset(const ZipEntry& entry) const;

  ByteView file() const noexcept { return file_; }
  std::uint64_t directory_offset() const noexcept { return directory_offset_; }
  std::uint64_t directory_bytes() const noexcept { return directory_bytes_; }
  std::uint64_t directory_end() const noexcept { return end_offset_; }  // of the end record
  bool is_zip64() const noexcept { return is_zip64_; }

 private:
  explicit Zip(ByteView file) : file_(file) {}

  // The number of entries that the end record counts.
  Result<std::uint64_t> read_end(Oddities* oddities);
  // That of a zip64 end record, and where this one stands; none: there is no locator of one.
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
