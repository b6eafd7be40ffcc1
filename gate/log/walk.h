// The decisions of a log, one after the other, for whoever wants to see them. Lines that do not
// hold are told and passed over; whether the chain holds is for verify.h to say.
//
// Constant memory, but for one line. One thread.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "cache/base/result.h"
#include "gate/log/decision_record.h"
#include "gate/log/recovery.h"

namespace beian::log {

struct DecisionWalk {
  // `line` is without its line end; both are valid during the call.
  std::function<void(const DecisionRecord& record, std::string_view line)> on_decision;
  // `place` is FILE:LINE.
  std::function<void(const std::string& place, std::string_view what)> on_fault;
  // Of the segment that comes next; may be left out.
  std::function<void(const SegmentRecord& record)> on_segment;
  bool is_live = false;  // a gate is writing it: the last line may not be whole yet
};

// Of `segments`, in this order. What an error of the disk has left behind (FORMAT.md, `error`) does
// not count. Errors: kUnavailable.
[[nodiscard]] Result<void> walk_decisions(Disk* disk, const std::vector<SegmentFile>& segments,
                                          const DecisionWalk& walk);

}  // namespace beian::log
