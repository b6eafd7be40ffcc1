// The files a verb is to read and write, compared with each other before any is opened: an output
// that is also an input would destroy it.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "cache/base/result.h"
#include "gate/audit/audit.h"

namespace beian::cli {

struct Place {
  std::string name;  // what the user calls it: `the catalog`, `--resume`
  std::string path;  // `-`: the standard stream; empty: not given
  // Written row by row, and so also to what is not a file.
  bool is_stream = false;
};

void add_outputs(const std::vector<audit::OutputTarget>& targets, std::vector<Place>* outputs);

// kUsage, with both names, if an output is also an input or another output, however the path is
// spelled: relative, through links, or hard-linked. Of devices and pipes only two streams into one
// that is not /dev/null count; what cannot be inspected is ignored.
[[nodiscard]] Result<void> keep_apart(std::span<const Place> outputs,
                                      std::span<const Place> inputs);

}  // namespace beian::cli
