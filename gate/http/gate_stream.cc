// GateService's part of `POST /v1/checks:stream`: how a row is answered.
#include "cache/base/json_writer.h"
#include "cache/base/limits.h"
#include "gate/http/check_stream.h"
#include "gate/http/gate_service.h"
#include "gate/http/media_type.h"
#include "gate/wire/decision_json.h"

namespace beian::http {

// Rows of one stream. Each is judged by the generation, policy and day of its moment: a stream may
// last longer than any of them.
class GateService::StreamedRows final : public RowAnswers {
 public:
  StreamedRows(GateService* service, const Asking& asking)
      : service_(*service), callers_(service->state_.callers), asking_(asking) {}

  std::optional<Effect> answer(std::string_view row, std::string* out) override {
    asking_.time = service_.clock_();
    charge(asking_, 1);
    wire::Problem fault;
    if (service_.reader_.read(row, {asking_.is_strict}, &service_.check_, &fault) &&
        service_.is_operation_allowed(asking_, &fault)) {
      service_.append_decision(asking_, /*is_full=*/false, out);
      return service_.decision_.effect;
    }
    wire::append_problem_item(service_.check_, fault, out);
    return std::nullopt;
  }

  void refuse_long(std::string* out) override {
    service_.check_.clear();
    wire::append_problem_item(
        service_.check_,
        {413, "row-too-large",
         "a row has at most " + std::to_string(limits::kStreamLineBytesMax) + " bytes", ""},
        out);
  }

  void describe_registry(std::string* out) override {
    JsonWriter json(out);
    json.begin_object();
    json.key("serial");
    json.unsigned_integer(service_.state_.generation->serial());
    asking_.time = service_.clock_();
    json.word_field("state", name_of(service_.state_.generation->freshness(asking_.now())));
    json.end_object();
  }

 private:
  GateService& service_;
  const std::shared_ptr<const Callers> callers_;  // keeps asking_.caller
  Asking asking_;
};

void GateService::check_stream(Exchange* exchange) {
  exchange->response->content_type = kJsonLines;
  stream_ = std::make_unique<CheckStream>(std::make_unique<StreamedRows>(this, exchange->asking));
}

std::unique_ptr<Stream> GateService::answer_stream(const Request& request, Response* response) {
  stream_.reset();
  answer(request, response);
  return std::move(stream_);
}

}  // namespace beian::http
