// Judges rows by asking a running gate: `POST /v1/checks`, in batches.
//
// Each row is parsed here first, as in any audit, and only valid check requests are sent. The
// gate's answers are passed on verbatim. If it refuses a batch, the rows are sent one by one, so
// that one row never costs another. One judge per thread; `ask` is called from all of them.
#pragma once

#include <functional>
#include <string>

#include "gate/audit/judge.h"
#include "gate/audit/summary.h"

namespace beian::audit {

// The gate's reply to a body: its answer, or the reason why it refuses the whole body (400).
struct GateAnswer {
  bool is_refused = false;
  std::string body;
};
// Posts `body` to `path`. Errors: kUnavailable, kBadInput; either ends the audit.
using AskGate = std::function<Result<GateAnswer>(const std::string& path, const std::string& body)>;

// `serial`: that of the registry when the audit began. An answer from another one is kConflict,
// since an audit uses a single registry.
JudgeFactory remote_judges(AskGate ask, std::uint64_t serial);

// What tells apart two registries of the same serial, as there are after a rollback.
struct RemoteRegistry {
  std::string contents;     // the same as long as the records are
  std::uint64_t epoch = 0;  // of the history that the gate follows; 0: it follows none
};

// Stores what the gate's `GET /v1/registry` says in `head`. kBadInput if it is something else.
[[nodiscard]] Result<RemoteRegistry> read_remote_registry(std::string_view json, Summary* head);
// kConflict: the serials when the audit began and now.
Error registry_changed(std::uint64_t from, std::uint64_t to);

}  // namespace beian::audit
