// The effects of API.md and the profiles of conf/policy.toml, written out independently: the naive
// twin's policy. Tests only.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace beian::test {

struct ReferenceFinding {
  std::string code;
  std::string where;  // JSON Pointer, with [i] for an item of a list
  std::string detail;
};

// The effects for `operation` under `profile`: note, allow, review, unknown or deny.
struct ReferenceVerdict {
  std::string decision;
  std::string would_be;
  std::vector<std::string> effects;  // of each finding
};
ReferenceVerdict reference_verdict(const std::vector<ReferenceFinding>& findings,
                                   std::string_view operation, std::string_view profile);

}  // namespace beian::test
