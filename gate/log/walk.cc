#include "gate/log/walk.h"

#include "gate/log/line_source.h"

namespace beian::log {
namespace {

Result<void> walk_segment(Disk* disk, const SegmentFile& file, std::uint64_t counted_bytes,
                          bool is_last, DecisionReader* decisions, const DecisionWalk& walk) {
  auto reader = read_segment(disk, file);
  if (!reader && walk.is_live && is_gone(disk, file)) return {};
  if (!reader) return reader.error();
  LineSource lines(std::move(*reader));
  for (std::uint64_t number = 1; lines.offset() < counted_bytes; ++number) {
    const auto fault = [&](std::string_view what) {
      walk.on_fault(file.name() + ":" + std::to_string(number), what);
    };
    const auto line = lines.next();
    if (!line) {
      if (line.error().kind != ErrorKind::kDamaged) return line.error();
      fault(line.error().message);
      continue;
    }
    if (!*line) break;
    if (is_last && walk.is_live && !(*line)->is_ended && !(*line)->is_cut) break;
    const auto record = (*line)->is_ended ? parse_record((*line)->text) : std::nullopt;
    if (!record) {
      fault("not a record, or its checksum differs");
    } else if (record->kind == "segment" && walk.on_segment) {
      if (const auto segment = parse_segment(record->body)) walk.on_segment(*segment);
    } else if (record->kind == "decision") {
      const auto decision = decisions->read((*line)->text);
      if (decision)
        walk.on_decision(**decision, (*line)->text);
      else
        fault(decision.error().message);
    }
  }
  return {};
}

}  // namespace

Result<void> walk_decisions(Disk* disk, const std::vector<SegmentFile>& segments,
                            const DecisionWalk& walk) {
  DecisionReader decisions;
  for (std::size_t i = 0; i < segments.size(); ++i) {
    std::uint64_t counted_bytes = UINT64_MAX;
    if (i + 1 < segments.size()) {
      const auto next = read_segment_record(disk, segments[i + 1]);
      if (next && next->opened == Opened::kError) counted_bytes = next->previous_bytes;
    }
    const bool is_last = i + 1 == segments.size();
    if (auto done = walk_segment(disk, segments[i], counted_bytes, is_last, &decisions, walk);
        !done)
      return done;
  }
  return {};
}

}  // namespace beian::log
