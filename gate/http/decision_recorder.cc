#include "gate/http/decision_recorder.h"

namespace beian::http {
namespace {

bool is_unreserved(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.' || c == '_' || c == '~';
}

void append_encoded(std::string_view text, std::string* out) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  for (const char c : text) {
    if (is_unreserved(c)) {
      *out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    *out += '%';
    *out += kDigits[byte >> 4];
    *out += kDigits[byte & 15];
  }
}

}  // namespace

wire::Problem unlogged_problem() {
  wire::Problem problem{503, "audit_unavailable", "", ""};
  problem.detail =
      "the decision log takes nothing now, and no answer is given without an entry; try again";
  return problem;
}

DecisionRecorder::DecisionRecorder(log::DecisionLog* log)
    : log_(log),
      writer_(log != nullptr ? log->make_entry_writer() : log::EntryWriter({})),
      producer_(log != nullptr ? log->add_producer() : nullptr) {}

OutputGate* DecisionRecorder::gate() noexcept {
  const bool has_to_wait = log_ != nullptr && log_->durability() == log::Durability::kBeforeAnswer;
  return has_to_wait ? this : nullptr;
}

void DecisionRecorder::on_release(std::function<void()> wake) {
  producer_->set_on_durable(std::move(wake));
}

void DecisionRecorder::begin(const Request& request) {
  asker_.peer.assign(request.peer);
  asker_.trace_id.assign(log::trace_id_of(request.field("traceparent")));
  asker_.request_id.assign(log::request_id_of(request.field("X-Request-ID")));
}

bool DecisionRecorder::record(const CheckRequest& check, const Decision& decision,
                              std::string_view decision_id, wire::Milliseconds time,
                              std::string_view caller, log::RequestForm form,
                              std::string_view text) {
  entry_.clear();
  writer_.append({time, decision_id, caller, asker_.peer, asker_.trace_id, check, decision, form,
                  text, asker_.request_id},
                 &entry_);
  return producer_->append(entry_);
}

void append_query(const wire::QueryParameters& query, std::string* out) {
  bool is_first = true;
  for (const auto& parameter : query.all()) {
    if (!is_first) *out += '&';
    is_first = false;
    append_encoded(parameter.name, out);
    *out += '=';
    append_encoded(parameter.value, out);
  }
}

}  // namespace beian::http
