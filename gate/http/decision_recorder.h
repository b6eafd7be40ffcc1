// A service's end of the decision log: makes an entry of each decision, and holds its answer back
// where the log is to have it first.
//
// One a GateService, on its worker's thread. Without a log it does nothing.
#pragma once

#include <string>
#include <string_view>

#include "gate/http/message.h"
#include "gate/http/output_gate.h"
#include "gate/log/decision_log.h"
#include "gate/wire/request_query.h"

namespace beian::http {

// The problem of a check whose decision the log does not take.
wire::Problem unlogged_problem();

// Where a request comes from, as the log has it. Owns its texts: a stream outlives its request's
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
  // Who asks from now on. REQUIRES: is_on().
  void begin(const Request& request);
  Asker* asker() noexcept { return &asker_; }

  // False when there can be no entry now: then the answer must not be given. `text` is the request
  // as it came, `caller` empty where nobody was authenticated. REQUIRES: is_on().
  [[nodiscard]] bool record(const CheckRequest& check, const Decision& decision,
                            std::string_view decision_id, wire::Milliseconds time,
                            std::string_view caller, log::RequestForm form, std::string_view text);

  // This, where answers have to wait for their entries; else null.
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

// The query string that reads as `query`: what was asked, where it came in other ways than that.
void append_query(const wire::QueryParameters& query, std::string* out);

}  // namespace beian::http
