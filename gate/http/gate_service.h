// The gate's answers over HTTP: routes -> wire -> evaluate -> wire. API.md is the contract.
//
// One GateService a worker thread; everything it shares is immutable and arrives whole by
// set_state(), on the worker's own thread. So no answer takes a lock that workers share, but
// /readyz, /v1/registry and /metrics for what the whole process tells. The decision log has a
// queue, and its lock, for each worker.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cache/redis/follower_status.h"
#include "gate/decision/evaluate.h"
#include "gate/decision/policy.h"
#include "gate/http/admission.h"
#include "gate/http/callers.h"
#include "gate/http/decision_recorder.h"
#include "gate/http/message.h"
#include "gate/http/metrics.h"
#include "gate/wire/authzen_json.h"
#include "gate/wire/decision_id.h"
#include "gate/wire/decision_json.h"
#include "gate/wire/guidance.h"
#include "gate/wire/messages.h"
#include "gate/wire/request_json.h"
#include "gate/wire/request_query.h"

namespace beian::http {

inline constexpr std::string_view kRetryAfter = "5";  // seconds, of a 503 that a reload may end

class PackageDesk;

// What all workers answer from. Each part is immutable; a reload makes a new GateState.
struct GateState {
  std::shared_ptr<const cache::Generation> generation;
  std::shared_ptr<const PolicySet> policies;
  std::shared_ptr<const wire::Guidance> guidance;
  std::shared_ptr<const Calendar> calendar;
  std::shared_ptr<const cache::FollowerBoard> follower;  // null: the registry is not followed
  std::shared_ptr<const Callers> callers;                // null: nobody needs a key
  bool is_encrypted = false;                             // clients speak TLS to the gate
};

// Wall clock, given by main.
using Clock = wire::Milliseconds (*)();

// Which listener a service answers at, and so what it offers.
enum class Role : std::uint8_t {
  kLone,   // the only one: everything but /reload
  kGate,   // beside an admin listener: not what that has
  kAdmin,  // health, metrics, reload
};

// What the services of a process share.
struct GateContext {
  std::shared_ptr<Metrics> metrics;  // null: the service counts for itself
  Role role = Role::kLone;
  void (*reload)() = nullptr;       // begins a reload; of kAdmin
  log::DecisionLog* log = nullptr;  // outlives the services; null: decisions are not logged
  PackageDesk* packages = nullptr;  // outlives the services; null: packages are not inspected
};

class GateService final : public Service {
 public:
  GateService(GateState state, Clock clock, std::array<std::uint64_t, 2> id_seed,
              GateContext context = {});

  void set_state(GateState state) {
    state_ = std::move(state);
    registry_field_at_.reset();
  }

  std::size_t body_bytes_max(const Request& head) const override;
  void answer(const Request& request, Response* response) override;
  void batch_begins(std::chrono::nanoseconds waited) override {
    waited_ = waited;
    is_bulk_full_ = bulk_waiting_ != nullptr &&
                    bulk_waiting_->load(std::memory_order_relaxed) >= kBulkWaitingMax;
  }
  bool is_bulk(const Request& request) const override;
  void watch_bulk_lane(const std::atomic<std::size_t>* waiting) override {
    bulk_waiting_ = waiting;
  }
  void batch_answered(std::chrono::nanoseconds each) override { stats_->count_batch(each); }
  std::unique_ptr<Stream> answer_stream(const Request& request, Response* response) override;
  std::unique_ptr<Upload> take_upload() override { return std::move(upload_); }
  void refuse(const Request& request, const Refusal& refusal, Response* response) override;
  OutputGate* output_gate() override { return recorder_.gate(); }

 private:
  struct Exchange;
  using Handler = void (GateService::*)(Exchange*);
  // A path ends in `/` when something follows it; `/` itself is the page. Handlers are null where
  // there is none.
  struct Route {
    std::string_view path;
    Handler get;
    Handler post;
    std::size_t body_bytes_max;  // 0: no body is wanted
    Scope scope;
    // What follows the path, the query and the method are those of a visitor of the proxy that
    // asks: any will do, nothing may follow, and none of it is looked at.
    bool is_forwarded = false;
    bool takes_package = false;  // its body is one, or a form with one
    // Beside `lang` and `strict`; the routes that read a check from their query know its fields.
    std::string_view parameter = {};
  };
  // How a caller wants to be answered: what a request, a batch and a stream have in common.
  struct Asking {
    wire::Milliseconds time;
    wire::Language language = wire::Language::kZh;
    bool is_strict = false;
    std::optional<bool> is_detail_full;  // as the parameter says; a row's own word counts more
    const Caller* caller = nullptr;      // null: nobody needs a key

    Instant now() const { return std::chrono::floor<std::chrono::seconds>(time); }
  };

  // One exchange: the request, its answer, and what is fixed for both.
  struct Exchange {
    const Request& request;
    Response* response;
    Asking asking;
    std::string_view argument;  // what follows the prefix of the route's path
    bool is_forwarded = false;  // as the route says

    Instant now() const { return asking.now(); }
  };
  // A request as it came, for the log.
  struct Given {
    log::RequestForm form = log::RequestForm::kJson;
    std::string_view text;
  };
  class StreamedRows;
  class PackageUpload;
  static std::span<const Route> routes();
  static std::span<const std::string_view> route_names();
  bool is_body_refused(const Route& route, const Request& head) const;
  bool is_body_json(const Route& route, Exchange* exchange);
  bool offers(Scope scope) const;                        // this listener
  const Route* find_route(std::string_view path) const;  // that this listener offers

  void check_posted(Exchange* exchange);
  void check_queried(Exchange* exchange);
  void check_batch(Exchange* exchange);
  void check_stream(Exchange* exchange);
  void inspect_package(Exchange* exchange);
  void authorize(Exchange* exchange);
  void evaluate_one(Exchange* exchange);
  void evaluate_several(Exchange* exchange);
  void show_authzen(Exchange* exchange);
  void show_filing(Exchange* exchange);
  void show_package(Exchange* exchange);
  void show_domain(Exchange* exchange);
  void show_number(Exchange* exchange);
  void show_registry(Exchange* exchange);
  void show_live(Exchange* exchange);
  void show_ready(Exchange* exchange);
  void show_version(Exchange* exchange);
  void show_page(Exchange* exchange);
  void show_offer(Exchange* exchange);
  void show_openapi(Exchange* exchange);
  void show_metrics(Exchange* exchange);
  void reload(Exchange* exchange);

  void answer_at(const Route* route, Exchange* exchange);
  bool admit(const Route& route, Exchange* exchange);
  bool is_behind(Scope scope) const noexcept {
    return is_shed(scope, waited_) || (scope == Scope::kBulk && is_bulk_full_);
  }
  bool admit_load(const Route& route, Exchange* exchange);
  static bool is_package_too_large(const Request& request, std::uint64_t bytes_max);
  void refuse_busy(TurnedAway why, std::string detail, Exchange* exchange);
  bool admit_caller(const Route& route, Exchange* exchange);
  Callers::Answer find_caller(const Request& head, Instant now) const;
  bool is_operation_allowed(const Asking& asking, wire::Problem* fault);  // of check_
  static void charge(const Asking& asking, std::uint64_t checks);
  Handler find_handler(const Route& route, Exchange* exchange);
  bool read_asking(const Route& route, Handler handler, Exchange* exchange);
  bool read_options(Asking* asking, wire::Problem* fault) const;  // of query_
  void judge(const Asking& asking);                               // check_ -> decision_
  // False when the log takes nothing now: then there is no answer, and `out` is as it was.
  bool append_decision(const Asking& asking, bool is_full, const Given& given, std::string* out);
  bool add_authz_inputs(Exchange* exchange);
  bool add_authz_field(const Request& request, std::string_view field, std::string_view parameter,
                       wire::Problem* fault);
  void add_authz_hosts(const Exchange& exchange);
  bool append_evaluation(const Asking& asking, bool is_full, std::string* out);
  bool may_evaluate(const Asking& asking, wire::Problem* fault);            // check_, of authzen_
  void add_cache_control(std::string_view vary, Response* response) const;  // of decision_
  // Logs decision_; false when the log takes nothing now. True without a log.
  bool log_decision(const Asking& asking, std::string_view decision_id, const Given& given);
  bool record_decision(const Asking& asking, std::string_view decision_id, const Given& given);
  bool answer_check(const Given& given, Exchange* exchange);
  void refuse_unlogged(Exchange* exchange);
  void write_filings(Exchange* exchange, const cache::Filings& filings, std::string_view what);
  void absent(Exchange* exchange, std::string_view detail);
  void problem(Exchange* exchange, const wire::Problem& problem);
  void add_common_fields(const Exchange& exchange);
  std::string_view registry_field(Instant now);  // valid until the next one
  // Null where nothing is followed.
  std::shared_ptr<const cache::FollowerStatus> follower_status() const;

  GateState state_;
  const Clock clock_;
  const GateContext context_;
  AnswerStats* const stats_;            // of context_.metrics
  std::chrono::nanoseconds waited_{0};  // what is answered now, for others
  const std::atomic<std::size_t>* bulk_waiting_ =
      nullptr;                 // for the other lane; null: there is none
  bool is_bulk_full_ = false;  // the same for all of one read
  unsigned busy_count_ = 0;    // spreads Retry-After
  wire::DecisionIds ids_;
  wire::RegistryJson registry_json_;
  DecisionRecorder recorder_;

  // Scratch, reused from answer to answer.
  wire::RequestReader reader_;
  wire::AuthzenReader authzen_;
  wire::QueryParameters query_;
  CheckRequest check_;
  Decision decision_;
  std::string text_;
  std::string lines_;                         // of a field that came in several
  std::unique_ptr<Stream> stream_;            // begun by the answer under way
  std::unique_ptr<Upload> upload_;            // the same
  std::string registry_field_;                // of state_, as it was at
  std::optional<Instant> registry_field_at_;  // nullopt: of none yet
};

}  // namespace beian::http
