// The files that a verb was told to read and to write, held against one another before anything is
// opened: an output that is an input too would destroy it.
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
};

void add_outputs(const std::vector<audit::OutputTarget>& targets, std::vector<Place>* outputs);

// kUsage with both names where an output is an input or another output, however it is spelled:
// relative, through links, or hard-linked. Devices, pipes and what cannot be looked at are no
// concern of it.
[[nodiscard]] Result<void> keep_apart(std::span<const Place> outputs,
                                      std::span<const Place> inputs);

}  // namespace beian::cli
