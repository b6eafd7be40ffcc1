#include "gate/log/retention.h"

#include "cache/base/time.h"
#include "gate/log/recovery.h"

namespace beian::log {
namespace {

Result<Instant> opened_at(Disk* disk, const SegmentFile& file) {
  const auto header = read_segment_record(disk, file);
  const auto time = header ? parse_instant(header->time) : std::nullopt;
  if (!time)
    return make_error(ErrorKind::kDamaged, file.name() + ", line 1: not the record of a segment");
  return *time;
}

}  // namespace

Result<std::uint64_t> segments_to_retire(Disk* disk, std::uint64_t index, std::chrono::hours keep,
                                         std::uint64_t keep_bytes, wire::Milliseconds now) {
  if (keep.count() == 0 && keep_bytes == 0) return std::uint64_t{0};
  const auto segments = list_segments(disk);
  if (!segments) return segments.error();
  std::uint64_t bytes = 0;
  for (const SegmentFile& file : *segments) bytes += file.bytes;
  std::uint64_t through = 0;
  for (std::size_t i = 0; i + 1 < segments->size() && (*segments)[i].index < index; ++i) {
    bool is_due = keep_bytes > 0 && bytes > keep_bytes;
    if (!is_due && keep.count() > 0) {
      const auto ended = opened_at(disk, (*segments)[i + 1]);
      if (!ended) return through > 0 ? through : Result<std::uint64_t>(ended.error());
      is_due = now - *ended > keep;
    }
    if (!is_due) break;
    through = (*segments)[i].index;
    bytes -= (*segments)[i].bytes;
  }
  return through;
}

Result<void> remove_segments(Disk* disk, std::uint64_t through) {
  const auto files = disk->list();
  if (!files) return files.error();
  for (const Disk::File& file : *files) {
    const auto name = parse_segment_name(file.name);
    if (!name || name->index > through) continue;
    if (auto removed = disk->remove(file.name); !removed) return removed;
  }
  return disk->sync_folder();
}

}  // namespace beian::log
