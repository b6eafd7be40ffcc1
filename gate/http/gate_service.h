// The gate's answers over HTTP. API.md is the contract.
//
//   request -> route -> Door: may this caller ask, is there room? -> desk -> Decider, for checks
//
// gate_routes.cc has the table of routes; a desk is a class that answers some of them (x_desk.h).
// There is one GateService per worker thread. Everything shared is immutable and arrives as a whole
// through set_state(), on the worker's own thread. So no answer takes a lock shared by workers,
// except /readyz, /v1/registry and /metrics, which report on the whole process. The decision log
// has a queue with its own lock for each worker.
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
#include <tuple>
#include <utility>
#include <vector>

#include "gate/http/authz_desk.h"
#include "gate/http/authzen_desk.h"
#include "gate/http/check_desk.h"
#include "gate/http/decider.h"
#include "gate/http/door.h"
#include "gate/http/exchange.h"
#include "gate/http/gate_state.h"
#include "gate/http/lookup_desk.h"
#include "gate/http/message.h"
#include "gate/http/operations_desk.h"
#include "gate/http/page_desk.h"
#include "gate/http/upload_desk.h"
#include "gate/wire/request_query.h"

namespace beian::http {

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
  std::unique_ptr<Stream> answer_stream(const Request& request, Response* response) override;
  std::unique_ptr<Upload> take_upload() override { return std::move(upload_); }
  void refuse(const Request& request, const Refusal& refusal, Response* response) override;
  bool is_bulk(const Request& request) const override;
  void watch_bulk_lane(const std::atomic<std::size_t>* waiting) override {
    door_.watch_bulk_lane(waiting);
  }
  void batch_begins(std::chrono::nanoseconds waited) override { door_.batch_begins(waited); }
  void batch_answered(std::chrono::nanoseconds each) override { stats_.count_batch(each); }
  OutputGate* output_gate() override { return decider_.recorder().gate(); }

 private:
  using Handler = void (GateService::*)(Exchange*);
  // A path that ends in `/` takes an argument behind it; `/` itself is the page. A handler is null
  // where the method is not offered.
  struct Route {
    std::string_view path;
    Handler get = nullptr;
    Handler post = nullptr;
    Scope scope = Scope::kOpen;
    std::size_t body_bytes_max = 0;  // 0: the body is unwanted
    // The one parameter known besides `lang` and `strict`, and the fields if the query is a check.
    std::string_view parameter = {};
    bool is_query_check = false;  // `get` reads a check from the query
    // The rest of the path, the query and the method are the visitor's, passed on by the proxy that
    // asks. All are accepted, an empty rest too, and none is interpreted.
    bool is_forwarded = false;
    bool takes_package = false;  // the body is one, or a form with one

    bool takes_lines() const noexcept;  // any number of JSON lines
  };
  static std::span<const Route> routes();
  static std::span<const std::string_view> route_names();
  std::vector<std::string_view> offered_paths() const;
  bool offers(Scope scope) const;                        // at this listener
  const Route* find_route(std::string_view path) const;  // null: none, or not at this listener

  // The handler of a route: calls `kMethod` of the desk that has it.
  template <auto kMethod>
  void ask(Exchange* exchange) {
    ask_desk(kMethod, exchange);
  }
  template <class Desk>
  void ask_desk(void (Desk::*method)(Exchange*), Exchange* exchange) {
    (std::get<Desk>(desks_).*method)(exchange);
  }

  Exchange begin(const Request& request, Response* response);
  std::string_view registry_field(Instant now);  // valid until the next call
  void answer_at(const Route* route, Exchange* exchange);
  Handler find_handler(const Route& route, Exchange* exchange) const;
  bool read_asking(const Route& route, Handler handler, Exchange* exchange);

  GateState state_;
  const Clock clock_;
  const GateContext context_;
  AnswerStats& stats_;  // owned by context_.metrics
  Door door_;
  Decider decider_;
  std::tuple<CheckDesk, AuthzDesk, AuthzenDesk, LookupDesk, OperationsDesk, PageDesk, UploadDesk>
      desks_;

  wire::QueryParameters query_;               // scratch
  std::unique_ptr<Upload> upload_;            // begun by the last answer_stream()
  std::string registry_field_;                // for state_, as of registry_field_at_
  std::optional<Instant> registry_field_at_;  // nullopt: not made yet
};

}  // namespace beian::http
