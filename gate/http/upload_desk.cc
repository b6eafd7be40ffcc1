#include "gate/http/upload_desk.h"

#include <charconv>

#include "gate/http/media_type.h"
#include "gate/http/package_desk.h"
#include "gate/http/problem.h"

namespace beian::http {
namespace {

// One upload from the head of its request to its answer; the PackageDesk does the work.
class PackageUpload final : public Upload {
 public:
  // `fields`: those fields of the answer that are already known.
  PackageUpload(AnswerStats* stats, std::size_t route, std::string fields,
                std::shared_ptr<Inspection> inspection)
      : stats_(*stats),
        route_(route),
        fields_(std::move(fields)),
        inspection_(std::move(inspection)) {}
  ~PackageUpload() override { Inspection::leave(std::move(inspection_)); }

  void on_progress(std::function<void()> wake) override { inspection_->on_step(std::move(wake)); }
  std::size_t take(std::string_view bytes) override { return inspection_->take(bytes); }
  void finish() override { inspection_->finish(); }

  bool answer(Response* response) override {
    const PackageOutcome* const outcome = inspection_->outcome();
    if (outcome == nullptr) return false;
    response->fields = fields_;
    if (outcome->result == PackageResult::kRead) {
      response->content_type = kJson;
      response->body = outcome->json;
    } else {
      const wire::Problem& problem = outcome->problem;
      if (problem.status == 503) response->add_field("Retry-After", kRetryAfter);
      answer_problem(problem, response);
    }
    stats_.count_answer(route_, response->status);
    return true;
  }

  void refuse(const Refusal& refusal, Response* response) override {
    response->fields = fields_;
    answer_refusal(refusal, response);
    stats_.count_answer(route_, response->status);
  }

 private:
  AnswerStats& stats_;
  const std::size_t route_;
  const std::string fields_;
  std::shared_ptr<Inspection> inspection_;
};

// Whether the body is too large by its announced length; false if none was announced.
bool is_too_large(const Request& request, std::uint64_t bytes_max) {
  const std::string_view text = request.field("Content-Length");
  std::uint64_t length = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), length);
  return read.ec == std::errc::result_out_of_range || length > bytes_max;
}

}  // namespace

void UploadDesk::begin(Exchange* exchange) {
  const Request& request = exchange->request;
  if (packages_ == nullptr)
    return exchange->problem({403, "packages-off",
                              "this gate takes no packages: [packages] inspect = true in its "
                              "configuration turns it on",
                              ""});
  PackageDesk::Order order;
  order.boundary = multipart_boundary(request.field("Content-Type"));
  if (is_coded(request) || (!order.boundary && !holds_package(request)))
    return exchange->problem({415, "unsupported-media-type",
                              "send the package itself as application/octet-stream, or a form of "
                              "multipart/form-data with it; not compressed",
                              ""});
  wire::Problem fault;
  if (!exchange->query.get_flag("verify", &order.read.wants_digests, &fault))
    return exchange->problem(fault);
  const std::uint64_t bytes_max = packages_->options().bytes_max;
  if (is_too_large(request, bytes_max + (order.boundary ? kMultipartRestBytesMax : 0)))
    return exchange->problem(packages_->refuse_too_large());
  auto inspection = packages_->begin(std::move(order));
  if (inspection == nullptr)
    return door_.refuse_busy(TurnedAway::kPackages,
                             "the gate has as many packages as it may have at hand", exchange);
  exchange->upload = std::make_unique<PackageUpload>(
      &stats_, exchange->route, exchange->response.fields, std::move(inspection));
}

}  // namespace beian::http
