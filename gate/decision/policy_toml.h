// Parses conf/policy.toml into settings and exceptions, reporting all errors at once.
//
// The file's own comments describe the format. Pure; any thread.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cache/base/result.h"
#include "gate/decision/policy.h"
#include "gate/decision/policy_exceptions.h"

namespace beian {

struct PolicyDocument {
  struct Section {
    PolicyMode mode = PolicyMode::kEnforce;
    std::vector<PolicySetting> settings;  // in the order of the file
  };
  Section base;
  // A profile's settings come after the base's, which are included here.
  std::vector<std::pair<std::string, Section>> profiles;  // sorted by name
  std::vector<PolicyException> exceptions;
};

// Errors: kBadInput with all errors, one per line: name, line, key, what is wrong, the nearest
// known word.
[[nodiscard]] Result<PolicyDocument> parse_policy(std::string_view text, std::string_view name);

}  // namespace beian
