// Rows judged by a running gate: `POST /v1/checks`, a batch at a time.
//
// A row is read here first, as every catalog's row; only rows that are check requests are sent.
// What the gate answers is passed on as it is. Where it refuses a batch, its rows are asked one by
// one: so one row is no other's loss. One judge a thread; `ask` is called on all of them.
#pragma once

#include <functional>
#include <string>

#include "gate/audit/judge.h"
#include "gate/audit/summary.h"

namespace beian::audit {

// What the gate says to a body: its answer, or why it takes none of it (400).
struct GateAnswer {
  bool is_refused = false;
  std::string body;
};
// Posts `body` to `path`. Errors: kUnavailable, kBadInput; then the audit ends.
using AskGate = std::function<Result<GateAnswer>(const std::string& path, const std::string& body)>;

// `serial`: the registry's when the audit began; an answer by another one is kConflict, since an
// audit is by one registry.
JudgeFactory remote_judges(AskGate ask, std::uint64_t serial);

// What the gate's `GET /v1/registry` says of its registry goes to `head`. kBadInput: it says
// something else.
[[nodiscard]] Result<void> read_remote_registry(std::string_view json, Summary* head);

}  // namespace beian::audit
