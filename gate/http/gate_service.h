// The gate's answers over HTTP: routes -> wire -> evaluate -> wire. API.md is the contract.
//
// One GateService a worker thread; everything it shares is immutable and arrives whole by
// set_state(), on the worker's own thread. So no answer takes a lock, but /readyz and /v1/registry
// for the follower's status.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cache/redis/follower_status.h"
#include "gate/decision/evaluate.h"
#include "gate/decision/policy.h"
#include "gate/http/message.h"
#include "gate/wire/decision_id.h"
#include "gate/wire/guidance.h"
#include "gate/wire/messages.h"
#include "gate/wire/request_json.h"
#include "gate/wire/request_query.h"

namespace beian::http {

inline constexpr std::string_view kRetryAfter = "5";  // seconds, of a 503 that a reload may end

// What all workers answer from. Each part is immutable; a reload makes a new GateState.
struct GateState {
  std::shared_ptr<const cache::Generation> generation;
  std::shared_ptr<const PolicySet> policies;
  std::shared_ptr<const wire::Guidance> guidance;
  std::shared_ptr<const Calendar> calendar;
  std::shared_ptr<const cache::FollowerBoard> follower;  // null: the registry is not followed
};

// Wall clock, given by main.
using Clock = wire::Milliseconds (*)();

class GateService final : public Service {
 public:
  GateService(GateState state, Clock clock, std::array<std::uint64_t, 2> id_seed);

  void set_state(GateState state) { state_ = std::move(state); }

  std::size_t body_bytes_max(const Request& head) const override;
  void answer(const Request& request, Response* response) override;
  std::unique_ptr<Stream> answer_stream(const Request& request, Response* response) override;
  void refuse(const Request& request, const Refusal& refusal, Response* response) override;

 private:
  struct Exchange;
  // A path ends in `/` when something follows it. Handlers are null where there is none.
  struct Route {
    std::string_view path;
    void (GateService::*get)(Exchange*);
    void (GateService::*post)(Exchange*);
    std::size_t body_bytes_max;  // 0: no body is wanted
  };
  // How a caller wants to be answered: what a request, a batch and a stream have in common.
  struct Asking {
    wire::Milliseconds time;
    wire::Language language = wire::Language::kZh;
    bool is_strict = false;
    std::optional<bool> is_detail_full;  // as the parameter says; a row's own word counts more

    Instant now() const { return std::chrono::floor<std::chrono::seconds>(time); }
  };

  // One exchange: the request, its answer, and what is fixed for both.
  struct Exchange {
    const Request& request;
    Response* response;
    Asking asking;
    std::string_view argument;  // what follows the prefix of the route's path

    Instant now() const { return asking.now(); }
  };
  class StreamedRows;
  static const Route* find_route(std::string_view path);

  void check_posted(Exchange* exchange);
  void check_queried(Exchange* exchange);
  void check_batch(Exchange* exchange);
  void check_stream(Exchange* exchange);
  void show_filing(Exchange* exchange);
  void show_package(Exchange* exchange);
  void show_domain(Exchange* exchange);
  void show_number(Exchange* exchange);
  void show_registry(Exchange* exchange);
  void show_live(Exchange* exchange);
  void show_ready(Exchange* exchange);
  void show_version(Exchange* exchange);

  bool read_asking(Exchange* exchange);
  void append_decision(const Asking& asking, bool is_full, std::string* out);
  void answer_check(Exchange* exchange);
  void write_filings(Exchange* exchange, const cache::Filings& filings, std::string_view what);
  void absent(Exchange* exchange, std::string_view detail);
  void problem(Exchange* exchange, const wire::Problem& problem);
  void add_common_fields(const Exchange& exchange);
  // Null where nothing is followed.
  std::shared_ptr<const cache::FollowerStatus> follower_status() const;

  GateState state_;
  const Clock clock_;
  wire::DecisionIds ids_;

  // Scratch, reused from answer to answer.
  wire::RequestReader reader_;
  wire::QueryParameters query_;
  CheckRequest check_;
  Decision decision_;
  std::string text_;
  std::unique_ptr<Stream> stream_;  // begun by the answer under way
};

}  // namespace beian::http
