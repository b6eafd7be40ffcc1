#include "gate/log/recovery.h"

#include <algorithm>

#include "gate/log/archive.h"
#include "gate/log/limits.h"
#include "gate/log/line_source.h"

namespace beian::log {
namespace {

constexpr std::size_t kHeadBytesMax = 4096;
constexpr std::string_view kWhatToDo =
    "; `beian-gate log verify` shows all of it. Move the folder to a safe place and start on an "
    "empty one";

// One segment, read to its end.
struct Scan {
  std::optional<SegmentRecord> header;
  ChainPoint point;  // behind the last good record; meaningless without a header
  std::uint64_t good_bytes = 0;
  std::uint64_t bytes = 0;
  // The first record that does not hold: its line, and the highest `durable` in or behind it.
  std::uint64_t bad_line = 0;
  std::uint64_t durable_behind = 0;

  bool is_whole() const noexcept { return good_bytes == bytes; }
};

Result<Scan> scan(Disk* disk, const SegmentFile& file) {
  auto reader = read_segment(disk, file);
  if (!reader) return reader.error();
  LineSource lines(std::move(*reader));
  Scan found;
  // A `retired` record does not hold until a checkpoint vouches for it; a gate writes the two
  // together. Otherwise anybody could append the record alone to explain segments they removed.
  std::optional<Scan> before_retired;
  for (std::uint64_t number = 1;; ++number) {
    const auto line = lines.next();
    if (!line) return line.error();
    if (!*line) break;
    const auto record = (*line)->is_ended ? parse_record((*line)->text) : std::nullopt;
    if (record && before_retired)
      before_retired->durable_behind = std::max(before_retired->durable_behind, record->durable);
    if (found.bad_line > 0) {
      if (record) found.durable_behind = std::max(found.durable_behind, record->durable);
      continue;
    }
    bool is_good = record.has_value();
    if (is_good && number == 1) {
      if (record->kind == "segment") found.header = parse_segment(record->body);
      is_good = found.header && found.header->index == file.index;
      if (!is_good) found.header.reset();
    } else if (is_good) {
      is_good =
          record->sequence == found.point.sequence + 1 && record->previous == found.point.hash;
    }
    if (is_good) {
      if (record->kind == "checkpoint") before_retired.reset();
      if (record->kind == "retired" && !before_retired) {
        before_retired = found;
        before_retired->bad_line = number;
      }
      found.point = {record->sequence, sha256((*line)->text)};
      found.good_bytes = lines.offset();
    } else {
      found.bad_line = number;
      if (record) found.durable_behind = record->durable;
    }
  }
  if (before_retired) found = std::move(*before_retired);
  found.bytes = lines.offset();
  return found;
}

Error damaged(const SegmentFile& file, const Scan& found, const std::string& what) {
  return make_error(ErrorKind::kDamaged, file.name() + ", line " + std::to_string(found.bad_line) +
                                             ", byte " + std::to_string(found.good_bytes) + ": " +
                                             what + std::string(kWhatToDo));
}

Error with_what_to_do(const Error& error) {
  if (error.kind != ErrorKind::kDamaged) return error;
  return make_error(error.kind, error.message + std::string(kWhatToDo));
}

// Cuts the last segment behind what counts of it, and makes that durable. A gate that was killed
// may have left its last records only in the kernel's cache; the space it had reserved is freed.
Result<void> settle(Disk* disk, const SegmentFile& file, std::uint64_t bytes) {
  const auto opened = disk->open(file.name());
  if (!opened) return opened.error();
  if (auto truncated = (*opened)->truncate(bytes); !truncated) return truncated;
  return (*opened)->sync();
}

// Whether `name` is a temporary file of replace_file() or compress_segment().
bool is_interrupted(std::string_view name) {
  constexpr std::string_view kBeside = ".new";
  if (!name.ends_with(kBeside)) return false;
  name.remove_suffix(kBeside.size());
  return name == kHeadName || parse_segment_name(name);
}

// Removes what interrupted operations left.
Result<void> clear_leftovers(Disk* disk, const std::vector<SegmentFile>& segments) {
  const auto files = disk->list();
  if (!files) return files.error();
  for (const Disk::File& file : *files) {
    const auto parsed = parse_segment_name(file.name);
    const bool is_twice = parsed && std::ranges::any_of(segments, [&](const SegmentFile& one) {
                            return one.index == parsed->index && one.name() != file.name;
                          });
    if (!is_twice && !is_interrupted(file.name)) continue;
    if (auto removed = disk->remove(file.name); !removed) return removed;
  }
  return {};
}

}  // namespace

Result<std::vector<SegmentFile>> list_segments(Disk* disk) {
  const auto files = disk->list();
  if (!files) return files.error();
  std::vector<SegmentFile> segments;
  for (const Disk::File& file : *files) {
    const auto name = parse_segment_name(file.name);
    if (name) segments.push_back({name->index, name->is_compressed, file.bytes});
  }
  if (segments.size() > kSegmentsMax)
    return make_error(ErrorKind::kDamaged,
                      "more than " + std::to_string(kSegmentsMax) + " segments in one folder");
  std::ranges::sort(segments, [](const SegmentFile& a, const SegmentFile& b) {
    return a.index != b.index ? a.index < b.index : a.is_compressed > b.is_compressed;
  });
  const auto is_same = [](const SegmentFile& a, const SegmentFile& b) {
    return a.index == b.index;
  };
  segments.erase(std::unique(segments.begin(), segments.end(), is_same), segments.end());
  return segments;
}

Result<std::unique_ptr<DiskReader>> read_segment(Disk* disk, const SegmentFile& file) {
  auto reader = disk->read(file.name());
  if (reader && file.is_compressed) return decompress(std::move(*reader), file.name());
  if (reader || file.is_compressed) return reader;
  const std::string name = SegmentFile{file.index, true, 0}.name();
  auto compressed = disk->read(name);
  return compressed ? decompress(std::move(*compressed), name) : std::move(reader);
}

bool is_gone(Disk* disk, const SegmentFile& file) {
  const auto listed = list_segments(disk);
  return listed && std::ranges::none_of(
                       *listed, [&](const SegmentFile& one) { return one.index == file.index; });
}

std::optional<SegmentRecord> read_segment_record(Disk* disk, const SegmentFile& file) {
  auto reader = read_segment(disk, file);
  if (!reader) return std::nullopt;
  LineSource lines(std::move(*reader));
  const auto line = lines.next();
  const auto record =
      line && *line && (*line)->is_ended ? parse_record((*line)->text) : std::nullopt;
  return record && record->kind == "segment" ? parse_segment(record->body) : std::nullopt;
}

Result<Head> parse_head(std::string_view text, const std::string& name) {
  const auto fault = [&] {
    return make_error(ErrorKind::kDamaged, name + ": not the line of one checkpoint");
  };
  if (!text.ends_with('\n')) return fault();
  text.remove_suffix(1);
  const auto record = parse_record(text);
  if (!record || record->kind != "checkpoint") return fault();
  auto checkpoint = parse_checkpoint(record->body);
  if (!checkpoint) return fault();
  return Head{{record->sequence, sha256(text)},
              {record->sequence - 1, record->previous},
              std::move(*checkpoint)};
}

Result<std::optional<Head>> read_head(Disk* disk) {
  const auto files = disk->list();
  if (!files) return files.error();
  if (std::ranges::find(*files, kHeadName, &Disk::File::name) == files->end())
    return std::optional<Head>();
  const auto reader = disk->read(kHeadName);
  if (!reader) return reader.error();
  std::string text(kHeadBytesMax, '\0');
  std::size_t filled = 0;
  while (filled < text.size()) {
    const auto count = (*reader)->read_some(std::span(text).subspan(filled));
    if (!count) return count.error();
    if (*count == 0) break;
    filled += *count;
  }
  auto head = parse_head(std::string_view(text).substr(0, filled), kHeadName);
  if (!head) return head.error();
  return std::optional<Head>(std::move(*head));
}

Result<Recovered> recover(Disk* disk) {
  auto segments = list_segments(disk);
  if (!segments) return segments.error();
  const auto head = read_head(disk);
  if (!head) return with_what_to_do(head.error());
  const std::uint64_t vouched = *head ? (*head)->point.sequence : 0;
  Recovered recovered;
  std::vector<SegmentFile> unopened;  // a crash came before their first record was whole
  for (; !segments->empty(); segments->pop_back()) {
    const SegmentFile& file = segments->back();
    const auto found = scan(disk, file);
    if (!found) return with_what_to_do(found.error());
    if (!found->header) {
      // The segment before tells where its records would begin; that one is scanned next.
      if (found->durable_behind > 0) return damaged(file, *found, "the segment's beginning is bad");
      unopened.push_back(file);
      continue;
    }
    const std::uint64_t next = found->point.sequence + 1;
    if (!found->is_whole()) {
      if (found->durable_behind >= next || vouched >= next)
        return damaged(file, *found, "a record was changed or taken out");
      if (file.is_compressed) return damaged(file, *found, "a closed segment ends with no record");
    }
    if (!file.is_compressed) {  // a compressed one was synced before it got its name
      if (auto done = settle(disk, file, found->good_bytes); !done) return done.error();
    }
    recovered.origin = found->header->origin;
    recovered.point = found->point;
    recovered.index = file.index;
    recovered.segment_bytes = found->good_bytes;
    recovered.torn_bytes = found->bytes - found->good_bytes;
    break;
  }
  if (vouched > recovered.point.sequence)
    return make_error(ErrorKind::kDamaged,
                      "the log ends with record " + std::to_string(recovered.point.sequence) +
                          ", but `head` vouches for " + std::to_string(vouched) +
                          ": records are missing" + std::string(kWhatToDo));
  for (const SegmentFile& file : unopened)
    if (auto removed = disk->remove(file.name()); !removed) return removed.error();
  if (auto cleared = clear_leftovers(disk, *segments); !cleared) return cleared.error();
  for (const SegmentFile& file : *segments)
    if (!file.is_compressed) recovered.uncompressed.push_back(file.index);
  return recovered;
}

}  // namespace beian::log
