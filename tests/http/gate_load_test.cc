// What a GateService refuses to protect itself, whoever asks.
#include "gate/http/admission.h"

#include "tests/http/gate_driver.h"

namespace beian::http::test {
namespace {

TEST(GateLoad, BulkIsShedBeforeSingleChecksAndHealthNever) {
  GateDriver gate;
  struct {
    std::chrono::milliseconds waited;
    unsigned bulk, check, health;
  } const rows[] = {{std::chrono::milliseconds{0}, 200, 200, 200},
                    {std::chrono::milliseconds{50}, 200, 200, 200},
                    {std::chrono::milliseconds{51}, 503, 200, 200},
                    {std::chrono::milliseconds{501}, 503, 503, 200}};
  for (const auto& row : rows) {
    gate.service().batch_begins(row.waited);
    EXPECT_EQ(gate.post("/v1/checks", R"({"checks":[]})").status, row.bulk);
    const Answer check = gate.get("/v1/check?operation=distribute");
    EXPECT_EQ(check.status, row.check);
    EXPECT_EQ(check.field("Retry-After") != "none", row.check == 503);
    for (const std::string_view target : {"/livez", "/readyz", "/metrics"})
      EXPECT_EQ(gate.get(target).status, row.health) << target;
    Request head;
    head.method = Method::kPost;
    head.path = "/v1/checks";
    EXPECT_EQ(gate.service().body_bytes_max(head), row.bulk == 503 ? 0 : limits::kBatchBytesMax);
  }
}

TEST(GateLoad, StreamsOfAWorkerAreBounded) {
  GateDriver gate;
  std::vector<std::unique_ptr<Stream>> streams;
  Request request;
  request.method = Method::kPost;
  request.path = request.target = "/v1/checks:stream";
  Response response;
  for (std::size_t i = 0; i < kStreamsPerWorkerMax; ++i) {
    response.reset();
    streams.push_back(gate.service().answer_stream(request, &response));
    ASSERT_NE(streams.back(), nullptr);
  }
  response.reset();
  EXPECT_EQ(gate.service().answer_stream(request, &response), nullptr);
  EXPECT_EQ(response.status, 503U);
  EXPECT_NE(gate.get("/metrics").body.find("\nbeian_gate_streams_in_flight 256\n"),
            std::string::npos);
  streams.pop_back();
  response.reset();
  EXPECT_NE(gate.service().answer_stream(request, &response), nullptr);
}

}  // namespace
}  // namespace beian::http::test
