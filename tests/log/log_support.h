// Small logs for tests, and reading them back.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "gate/log/archive.h"
#include "gate/log/line_source.h"
#include "gate/log/retention.h"
#include "gate/log/segment_writer.h"
#include "gate/log/verify.h"
#include "tests/log/sim_disk.h"

namespace beian::log::test {

inline constexpr Origin kOrigin = {1, 2, 3};

inline wire::Milliseconds at_ms(std::int64_t milliseconds) {
  return wire::Milliseconds(std::chrono::milliseconds(1'767'323'045'000 + milliseconds));
}

// Entries as given to the writer: members of an object.
inline std::string body_of(std::uint64_t number) {
  return "\"n\":" + std::to_string(number);
}

inline Result<void> commit(SegmentWriter* writer, const std::vector<std::string>& bodies,
                           wire::Milliseconds now) {
  const std::vector<std::string_view> views(bodies.begin(), bodies.end());
  return writer->commit(views, now);
}

// Does what the tidying thread does.
inline void tidy(Disk* disk, SegmentWriter* writer, bool is_compressed) {
  if (const auto head = writer->take_head())
    const auto replaced = replace_file(disk, kHeadName, as_bytes(*head));
  if (const std::uint64_t through = writer->take_retired(); through > 0)
    const auto removed = remove_segments(disk, through);
  for (const std::uint64_t index : writer->take_closed())
    if (is_compressed) const auto compressed = compress_segment(disk, index);
}

inline VerifyReport verified(Disk* disk, const VerifyOptions& options = {}) {
  const auto segments = list_segments(disk);
  EXPECT_TRUE(segments);
  auto report = verify_log(disk, *segments, options);
  EXPECT_TRUE(report) << report.error().message;
  return report ? std::move(*report) : VerifyReport{};
}

using Files = std::map<std::string, std::string>;  // a log by names of files

inline VerifyReport verify(const Files& files, const VerifyOptions& options = {}) {
  SimDisk disk;
  disk.set_contents(files);
  return verified(&disk, options);
}

inline std::string text_of(const VerifyReport& report) {
  std::string text;
  for (const Fault& fault : report.faults)
    text += fault.file + ":" + std::to_string(fault.line) + " @" + std::to_string(fault.offset) +
            " " + fault.what + "\n";
  return text;
}

// The bodies of all valid decisions, in order.
inline std::vector<std::string> decisions_of(Disk* disk) {
  std::vector<std::string> bodies;
  const auto segments = list_segments(disk);
  std::vector<std::vector<std::pair<std::uint64_t, std::string>>> found(segments->size());
  std::vector<std::uint64_t> counted(segments->size() + 1, UINT64_MAX);
  for (std::size_t i = 0; i < segments->size(); ++i) {
    LineSource lines(*read_segment(disk, (*segments)[i]));
    for (;;) {
      const std::uint64_t offset = lines.offset();
      const auto line = lines.next();
      if (!line || !*line) break;
      const auto record = parse_record((*line)->text);
      if (!record) continue;
      if (record->kind == "segment" && i > 0) {
        const auto header = parse_segment(record->body);
        if (header->opened == Opened::kError) counted[i - 1] = header->previous_bytes;
      }
      if (record->kind == "decision") found[i].emplace_back(offset, record->body);
    }
  }
  for (std::size_t i = 0; i < found.size(); ++i)
    for (auto& [offset, body] : found[i])
      if (offset < counted[i]) bodies.push_back(std::move(body));
  return bodies;
}

}  // namespace beian::log::test
