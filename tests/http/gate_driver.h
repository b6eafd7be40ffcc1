// A GateService without a socket: requests in, answers out, every body parsed as JSON. The registry
// is that of the fixtures plus the test identities, and the clock stands still. Tests only; one
// thread.
#pragma once

#include <gtest/gtest.h>
#include <simdjson.h>

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cache/base/file.h"
#include "cache/base/limits.h"
#include "cache/feed/feed.h"
#include "cache/snapshot/snapshot_writer.h"
#include "cache/snapshot/test_identities.h"
#include "gate/http/gate_service.h"
#include "tests/support/paths.h"

namespace beian::http::test {

namespace dom = simdjson::dom;

inline constexpr std::string_view kAsOf = "2026-01-02T03:00:00Z";
inline constexpr std::uint64_t kSerial = 48213;

inline wire::Milliseconds& clock_value() {
  static wire::Milliseconds now = *parse_instant("2026-01-02T04:30:00Z");
  return now;
}
inline wire::Milliseconds clock() {
  return clock_value();
}

// A generation of `feed` plus the test identities.
inline std::shared_ptr<const cache::Generation> generation_of(std::string_view feed,
                                                              bool is_sealed = true) {
  cache::SnapshotWriter writer;
  const auto fed = cache::read_feed_text(
      feed, "feed", {}, [&](cache::FeedRecord&& record) { writer.apply(record); },
      [](const cache::FeedProblem&) {});
  EXPECT_TRUE(fed.has_value()) << (fed ? "" : fed.error().message);
  cache::add_test_identities(&writer);
  cache::SealOptions seal;
  seal.serial = kSerial;
  seal.as_of = *parse_instant(kAsOf);
  seal.is_sealed = is_sealed;
  seal.has_test_identities = true;
  auto bytes = std::move(writer).to_bytes(seal);
  EXPECT_TRUE(bytes.has_value());
  auto snapshot = cache::Snapshot::from_bytes(std::move(*bytes));
  EXPECT_TRUE(snapshot.has_value());
  return std::make_shared<const cache::Generation>(std::move(*snapshot),
                                                   cache::FreshnessThresholds{}, "test");
}

inline GateState state_of(std::shared_ptr<const cache::Generation> generation) {
  return {std::move(generation),
          std::make_shared<const PolicySet>(),
          std::make_shared<const wire::Guidance>(wire::Guidance::built_in()),
          std::make_shared<const Calendar>(Calendar::built_in()),
          nullptr,
          nullptr};
}

inline GateState fixture_state(bool is_sealed = true) {
  const auto feed =
      read_file(beian::test::source_path("fixtures/registry.ndjson"), 64 * 1024 * 1024);
  EXPECT_TRUE(feed.has_value());
  return state_of(generation_of(*feed, is_sealed));
}

struct Answer {
  unsigned status = 0;
  std::string content_type;
  std::string fields;
  std::string body;

  // The value of the first field of this name, or `none`.
  std::string field(std::string_view name) const {
    const std::size_t at = ("\r\n" + fields).find("\r\n" + std::string(name) + ": ");
    if (at == std::string::npos) return "none";
    const std::size_t begin = at + name.size() + 2;
    return fields.substr(begin, fields.find("\r\n", begin) - begin);
  }
};

using Fields = std::vector<Field>;

class GateDriver {
 public:
  explicit GateDriver(GateState state = fixture_state(), GateContext context = {})
      : service_(std::move(state), &clock, {1, 2}, std::move(context)) {}

  GateService& service() { return service_; }

  Answer send(Method method, std::string_view target, std::string_view body = {},
              const Fields& fields = {}) {
    Request request;
    request.method = method;
    request.target = target;
    const std::size_t mark = target.find('?');
    request.path = target.substr(0, mark);
    if (mark != std::string_view::npos) request.query = target.substr(mark + 1);
    request.host = "gate.test";
    request.fields = fields;
    // A block of the exact size, so that sanitizers see a read past its end.
    const auto exact = std::make_unique<char[]>(body.size());
    body.copy(exact.get(), body.size());
    request.body = {exact.get(), body.size()};
    response_.reset();
    service_.answer(request, &response_);
    Answer answer{response_.status, response_.content_type, response_.fields, response_.body};
    check_shape(answer);
    return answer;
  }
  Answer get(std::string_view target, const Fields& fields = {}) {
    return send(Method::kGet, target, {}, fields);
  }
  Answer post(std::string_view target, std::string_view body) {
    const Fields json = {{"Content-Type", "application/json"}};
    return send(Method::kPost, target, body, json);
  }

  // The answer's body, parsed; valid until the next call.
  dom::element json(const Answer& answer) {
    dom::element root;
    EXPECT_EQ(parser_.parse(answer.body).get(root), simdjson::SUCCESS) << answer.body;
    return root;
  }
  // The string, number or boolean at a JSON Pointer, as text; `absent` if there is none.
  std::string at(const Answer& answer, std::string_view pointer) {
    dom::element value;
    if (json(answer).at_pointer(pointer).get(value) != simdjson::SUCCESS) return "absent";
    std::string_view text;
    return value.get(text) == simdjson::SUCCESS ? std::string(text) : simdjson::minify(value);
  }

 private:
  // What holds for every answer, whatever it says.
  void check_shape(const Answer& answer) {
    EXPECT_NE(answer.field("Beian-Registry"), "none");
    if (answer.status == 304 || answer.status == 204) {
      EXPECT_EQ(answer.body, "");
      return;
    }
    if (answer.field("Content-Security-Policy") != "none") return;  // a file of the page
    if (answer.status == 200 && answer.content_type.empty()) {
      EXPECT_EQ(answer.body, "") << "what has no type is /v1/authz letting somebody through";
      return;
    }
    if (answer.content_type == kMetricsContentType) return;
    const bool is_problem = answer.status >= 400 && answer.content_type != "application/json";
    EXPECT_EQ(answer.content_type, is_problem ? "application/problem+json" : "application/json");
    if (!is_problem) {
      json(answer);
      return;
    }
    EXPECT_TRUE(at(answer, "/type").starts_with("urn:beian-gate:problem:")) << answer.body;
    EXPECT_EQ(at(answer, "/status"), std::to_string(answer.status));
    EXPECT_NE(at(answer, "/title"), "absent");
    EXPECT_NE(at(answer, "/detail"), "absent");
  }

  GateService service_;
  Response response_;
  dom::parser parser_;
};

// `text` with ' for ".
inline std::string json_of(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c == '\'') c = '"';
  return out;
}

inline std::string percent(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    out += '%';
    out += kDigits[byte >> 4];
    out += kDigits[byte & 15];
  }
  return out;
}

// Sets the clock for one test.
class ClockAt {
 public:
  explicit ClockAt(std::string_view instant)
      : before_(std::exchange(clock_value(), *parse_instant(instant))) {}
  ~ClockAt() { clock_value() = before_; }

 private:
  wire::Milliseconds before_;
};

}  // namespace beian::http::test
