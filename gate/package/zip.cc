#include "gate/package/zip.h"

#include <algorithm>
#include <iterator>
#include <numeric>
#include <optional>
#include <tuple>

#include "gate/package/limits.h"
#include "gate/package/little_endian.h"
#include "gate/package/zip_format.h"

namespace beian::package {
namespace {

Error bad_zip(const std::string& what) {
  return make_error(ErrorKind::kBadInput, what);
}

std::string at_offset(std::uint64_t offset) {
  return " at offset " + std::to_string(offset);
}

// The last end record of `file`, found as Android does: the signature nearest to the end.
std::optional<std::size_t> find_end(ByteView file) noexcept {
  if (file.size() < kEndBytes) return std::nullopt;
  const std::size_t first = file.size() - std::min(file.size(), limits::kZipTailBytes);
  for (std::size_t at = file.size() - kEndBytes + 1; at-- > first;)
    if (u32_at(file, at) == kEndMagic) return at;
  return std::nullopt;
}

// Whether an end record before `end` also closes the file: other readers may take that one.
bool has_other_end(ByteView file, std::size_t end) noexcept {
  const std::size_t first = file.size() - std::min(file.size(), limits::kZipTailBytes);
  for (std::size_t at = end; at-- > first;)
    if (u32_at(file, at) == kEndMagic && at + kEndBytes + u16_at(file, at + 20) == file.size())
      return true;
  return false;
}

// Replaces the fields of an entry whose 32-bit values are all ones by the 64-bit values in its
// extra field, which holds just those, in this order.
std::optional<Error> read_zip64_extra(ByteView extra, ZipEntry* entry) {
  std::uint64_t* const wanted[] = {&entry->bytes, &entry->compressed_bytes, &entry->header_offset};
  const auto is_wanted = [](const std::uint64_t* value) { return *value == kAll32; };
  if (!std::ranges::any_of(wanted, is_wanted)) return std::nullopt;
  while (extra.size() >= 4) {
    const std::uint16_t id = u16_at(extra, 0);
    const std::size_t size = u16_at(extra, 2);
    if (size > extra.size() - 4) break;
    ByteView value = extra.subspan(4, size);
    extra = extra.subspan(4 + size);
    if (id != kZip64Extra) continue;
    for (std::uint64_t* const field : wanted) {
      if (!is_wanted(field)) continue;
      if (value.size() < 8) return bad_zip("a zip64 extra field is too short");
      *field = u64_at(value, 0);
      value = value.subspan(8);
    }
    return std::nullopt;
  }
  return bad_zip("an entry without the zip64 extra field that it needs");
}

bool leads_outside(std::string_view name) noexcept {
  return name.starts_with('/') || name.find('\\') != std::string_view::npos ||
         name.starts_with("../") || name.find("/../") != std::string_view::npos;
}

}  // namespace

Result<Zip> Zip::open(ByteView file, Oddities* oddities) {
  Zip zip(file);
  const auto count = zip.read_end(oddities);
  if (!count) return count.error();
  if (*count == 0) return bad_zip("the archive has no entries");
  if (u32_at(file, 0) != kLocalMagic)
    return bad_zip("no entry at the begin of the archive: Android refuses it");
  if (auto read = zip.read_directory(*count, oddities); !read) return read.error();
  zip.tell_overlaps(oddities);
  return zip;
}

Result<std::uint64_t> Zip::read_end(Oddities* oddities) {
  const auto end = find_end(file_);
  if (!end) return bad_zip("not a ZIP archive: no end of a directory in its last 65,557 bytes");
  end_offset_ = *end;
  if (*end + kEndBytes + u16_at(file_, *end + 20) != file_.size())
    return bad_zip("the end record" + at_offset(*end) +
                   " does not close the archive: cut short, or with bytes behind it");
  if (has_other_end(file_, *end))
    add_oddity(oddities, "zip_two_ends", "",
               "an earlier end record closes the archive as well; Android takes the last");
  std::uint64_t count = u16_at(file_, *end + 10);
  directory_bytes_ = u32_at(file_, *end + 12);
  directory_offset_ = u32_at(file_, *end + 16);
  // What must follow the directory: the end record, or the zip64 records before it.
  std::uint64_t directory_limit = *end;
  if (count == kAll16 || directory_bytes_ == kAll32 || directory_offset_ == kAll32) {
    const auto wide = read_zip64_end();
    if (!wide) return wide.error();
    if (*wide) std::tie(count, directory_limit) = **wide;
  }
  if (directory_offset_ > directory_limit || directory_bytes_ > directory_limit - directory_offset_)
    return bad_zip("the directory of " + std::to_string(directory_bytes_) + " bytes" +
                   at_offset(directory_offset_) + " does not fit before its end record" +
                   at_offset(*end));
  if (directory_offset_ + directory_bytes_ != directory_limit)
    add_oddity(oddities, "zip_gap", "", "bytes between the directory and its end record");
  if (u16_at(file_, *end + 4) != 0 || u16_at(file_, *end + 6) != 0)
    add_oddity(oddities, "zip_disk_number", "", "the end record speaks of several disks");
  if (count > limits::kZipEntriesMax || count > directory_bytes_ / kEntryBytes)
    return bad_zip("the end record" + at_offset(*end) + " counts " + std::to_string(count) +
                   " entries, more than the directory can hold or we read");
  return count;
}

Result<std::optional<std::pair<std::uint64_t, std::uint64_t>>> Zip::read_zip64_end() {
  using End = std::optional<std::pair<std::uint64_t, std::uint64_t>>;
  if (end_offset_ < kZip64LocatorBytes) return End{};
  const std::size_t locator = end_offset_ - kZip64LocatorBytes;
  if (u32_at(file_, locator) != kZip64LocatorMagic) return End{};
  const std::uint64_t at = u64_at(file_, locator + 8);
  if (at > locator || locator - at < kZip64EndBytes || u32_at(file_, at) != kZip64EndMagic)
    return bad_zip("the zip64 locator" + at_offset(locator) + " leads to no zip64 end record");
  is_zip64_ = true;
  directory_bytes_ = u64_at(file_, at + 40);
  directory_offset_ = u64_at(file_, at + 48);
  return End{{u64_at(file_, at + 32), at}};
}

Result<void> Zip::read_directory(std::uint64_t count, Oddities* oddities) {
  entries_.reserve(count);
  by_name_.reserve(count);
  std::uint64_t at = directory_offset_;
  for (std::uint64_t i = 0; i < count; ++i) {
    auto entry = read_entry(&at);
    if (!entry) return entry.error();
    const auto index = static_cast<std::uint32_t>(entries_.size());
    if (!by_name_.emplace(entry->name, index).second)
      return make_error(ErrorKind::kUntrusted,
                        "two entries named " + printable(entry->name) +
                            ": Android refuses the archive, others read one of them");
    tell_entry(*entry, oddities);
    entries_.push_back(*entry);
  }
  if (at != directory_offset_ + directory_bytes_)
    add_oddity(oddities, "zip_hidden_entries", "",
               "the directory goes on behind the entries that its end record counts");
  return {};
}

// Reads the entry at `*at` and advances `*at` past it.
Result<ZipEntry> Zip::read_entry(std::uint64_t* at) const {
  const std::uint64_t left = directory_offset_ + directory_bytes_ - *at;
  const ByteView record = file_.subspan(*at, left);
  if (left < kEntryBytes || u32_at(record, 0) != kEntryMagic)
    return bad_zip("no directory entry" + at_offset(*at) + ", where the end record counts one");
  const std::size_t name_bytes = u16_at(record, 28);
  const std::size_t extra_bytes = u16_at(record, 30);
  const std::size_t size = kEntryBytes + name_bytes + extra_bytes + u16_at(record, 32);
  if (size > left) return bad_zip("the directory entry" + at_offset(*at) + " does not end in it");
  ZipEntry entry;
  entry.flags = u16_at(record, 8);
  entry.method = u16_at(record, 10);
  entry.crc32 = u32_at(record, 16);
  entry.compressed_bytes = u32_at(record, 20);
  entry.bytes = u32_at(record, 24);
  entry.header_offset = u32_at(record, 42);
  entry.name = as_text(record.subspan(kEntryBytes, name_bytes));
  if (!is_utf8(entry.name) || entry.name.find('\0') != std::string_view::npos)
    return make_error(ErrorKind::kUntrusted, "the name of the directory entry" + at_offset(*at) +
                                                 " is not UTF-8: Android refuses the archive");
  const ByteView extra = record.subspan(kEntryBytes + name_bytes, extra_bytes);
  if (auto fault = read_zip64_extra(extra, &entry)) return *fault;
  if (entry.header_offset >= directory_offset_)
    return bad_zip(printable(entry.name) + " begins" + at_offset(entry.header_offset) +
                   ", behind the begin of the directory");
  *at += size;
  return entry;
}

void Zip::tell_entry(const ZipEntry& entry, Oddities* oddities) const {
  if ((entry.flags & kEncryptedFlag) != 0)
    add_oddity(oddities, "zip_encrypted_flag", entry.name,
               "flagged as encrypted; Android does not look at the flag");
  if (entry.method != 0 && !entry.is_deflated())
    add_oddity(
        oddities, "zip_method", entry.name,
        "compression method " + std::to_string(entry.method) + "; Android reads it as stored");
  if (leads_outside(entry.name))
    add_oddity(oddities, "zip_path", entry.name, "a name that leads out of the archive");
  if (entry.name.empty()) add_oddity(oddities, "zip_path", "", "an entry without a name");
}

// Uses only the directory, so that no page of the entries is touched: each takes at least its local
// header, its name and its data.
void Zip::tell_overlaps(Oddities* oddities) const {
  if (oddities == nullptr) return;
  std::vector<std::uint32_t> order(entries_.size());
  std::iota(order.begin(), order.end(), 0U);
  const auto offset_of = [&](std::uint32_t i) { return entries_[i].header_offset; };
  if (!std::ranges::is_sorted(order, {}, offset_of)) std::ranges::sort(order, {}, offset_of);
  for (std::size_t i = 0; i < order.size(); ++i) {
    const ZipEntry& entry = entries_[order[i]];
    const std::uint64_t end = i + 1 < order.size() ? offset_of(order[i + 1]) : directory_offset_;
    const std::uint64_t data = entry.is_deflated() ? entry.compressed_bytes : entry.bytes;
    const std::uint64_t room = end - entry.header_offset;
    if (const std::uint64_t head = kLocalBytes + entry.name.size();
        room < head || room - head < data)
      add_oddity(
          oddities, "zip_overlap", entry.name,
          i + 1 < order.size() ? "reaches into the next entry" : "reaches into the directory");
  }
}

const ZipEntry* Zip::find(std::string_view name) const noexcept {
  const auto found = by_name_.find(name);
  return found == by_name_.end() ? nullptr : &entries_[found->second];
}

}  // namespace beian::package
