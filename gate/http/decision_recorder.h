// A service's end of the decision log: makes an entry for each decision, and gates its answer where
// the entry must be on disk first.
//
// One per GateService, on its worker's thread. Without a log it does nothing.
#pragma once

#include <string>
#include <string_view>

#include "gate/http/message.h"
#include "gate/http/output_gate.h"
#include "gate/log/decision_log.h"
#include "gate/wire/request_query.h"

namespace beian::http {

// The problem for a check whose decision the log does not accept.
wire::Problem unlogged_problem();

// Where a request comes from, as logged. Owns its texts, since a stream outlives its request's
// bytes.
struct Asker {
  std::string peer;
  std::string trace_id;
  std::string request_id;
};

class DecisionRecorder final : public OutputGate {
 public:
  // `log` outlives this; null: nothing is recorded.
  explicit DecisionRecorder(log::DecisionLog* log);

  bool is_on() const noexcept { return log_ != nullptr; }
  // Sets the asker of the records that follow. REQUIRES: is_on().
  void begin(const Request& request);
  Asker* asker() noexcept { return &asker_; }

  // Logs one decision. False when the log accepts no entry now: then the answer must not be given.
  // `text` is the request verbatim; `caller` is empty if nobody was authenticated. REQUIRES:
  // is_on().
  [[nodiscard]] bool record(const CheckRequest& check, const Decision& decision,
                            std::string_view decision_id, wire::Milliseconds time,
                            std::string_view caller, log::RequestForm form, std::string_view text);

  // Itself if answers must wait for their entries, else null.
  OutputGate* gate() noexcept;

 private:
  void on_release(std::function<void()> wake) override;
  std::uint64_t newest() const noexcept override { return producer_->accepted(); }
  std::uint64_t released() const noexcept override { return producer_->durable(); }

  log::DecisionLog* const log_;
  const log::EntryWriter writer_;
  log::Producer* const producer_;  // null without a log
  Asker asker_;
  std::string entry_;  // scratch
};

// Appends the query string that parses to `query`: what is logged as the request where it came in
// several places.
void append_query(const wire::QueryParameters& query, std::string* out);

}  // namespace beian::http
