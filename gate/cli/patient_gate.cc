#include "gate/cli/patient_gate.h"

#include <algorithm>
#include <memory>
#include <thread>
#include <utility>

#include "gate/cli/interrupt.h"
#include "gate/http/rate_meter.h"

namespace beian::cli {
namespace {

constexpr int kTimesMax = 10;
constexpr std::chrono::seconds kBusyWaitMax{5};
constexpr std::chrono::milliseconds kLookUpEvery{100};  // for a signal, or another thread's end

bool has_to_wait(const Result<ClientResponse>& answer) noexcept {
  return answer && (answer->status == 503 || answer->status == 429);
}

// A gate that is behind may recover earlier than it says; a rate is kept to the second.
std::chrono::seconds wait_of(const ClientResponse& answer) noexcept {
  return std::min(answer.retry_after,
                  answer.status == 429 ? http::RateMeter::kDebtMax : kBusyWaitMax);
}

class WatchedJudge final : public audit::Judge {
 public:
  WatchedJudge(std::unique_ptr<audit::Judge> judge, PatientGate* gate) noexcept
      : judge_(std::move(judge)), gate_(*gate) {}

  Result<void> judge(const audit::RowChunk& chunk, const Report& report) override {
    auto done = judge_->judge(chunk, report);
    if (!done) gate_.give_up();
    return done;
  }

 private:
  std::unique_ptr<audit::Judge> judge_;
  PatientGate& gate_;
};

}  // namespace

Result<ClientResponse> PatientGate::ask(const std::string& target, const std::string& body) {
  auto answer = ask_once(target, body);
  if (!has_to_wait(answer)) return answer;
  Clock::time_point due = Clock::now() + wait_of(*answer);
  // One thread at a time, or the others would take what this one waits for.
  const std::lock_guard turn(turn_);
  for (int times = 1; times < kTimesMax && !has_given_up_; ++times) {
    if (!sleep_until(due))
      return make_error(ErrorKind::kUnavailable, "interrupted while the gate let it wait");
    answer = ask_once(target, body);
    if (!has_to_wait(answer)) return answer;
    due = Clock::now() + wait_of(*answer);
  }
  give_up();
  return answer;
}

Result<ClientResponse> PatientGate::ask_once(const std::string& target, const std::string& body) {
  return gate_.request(target, body, "application/json");
}

bool PatientGate::sleep_until(Clock::time_point due) const {
  while (Clock::now() < due && !has_given_up_) {
    if (is_interrupted()) return false;
    std::this_thread::sleep_for(std::min<Clock::duration>(due - Clock::now(), kLookUpEvery));
  }
  return true;
}

audit::JudgeFactory ending_together(audit::JudgeFactory judges, PatientGate* gate) {
  return [judges = std::move(judges), gate](const audit::CsvCatalog* csv) {
    return std::make_unique<WatchedJudge>(judges(csv), gate);
  };
}

}  // namespace beian::cli
