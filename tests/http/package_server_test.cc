// `POST /v1/packages:inspect` over sockets: bodies in every framing, what is refused and when, and
// that places, files and connections are given back whatever a peer does.
// tests/package/handed_in_test.py compares the answer itself with `inspect`. No test asserts how
// long anything took.
#include <filesystem>
#include <thread>

#include "gate/http/package_desk.h"
#include "tests/http/gate_driver.h"
#include "tests/http/raw_client.h"
#include "tests/package/zip_builder.h"

namespace beian::http {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

constexpr std::string_view kPath = "/v1/packages:inspect";

// A HarmonyOS package, because no other kind is as short.
std::string small_package(std::size_t padding = 0) {
  return beian::test::build_zip(
      {{"module.json", R"({"app":{"bundleName":"cn.example.handed"},"module":{}})"},
       {"padding", std::string(padding, 'x')}});
}

std::string head_of(std::string_view more) {
  return "POST " + std::string(kPath) + " HTTP/1.1\r\nHost: g\r\n" + std::string(more) + "\r\n";
}
std::string with_length(std::string_view body, std::string_view more = {}) {
  return head_of("Content-Length: " + std::to_string(body.size()) + "\r\n" + std::string(more)) +
         std::string(body);
}
std::string form_of(std::string_view package) {
  return "--b0\r\nContent-Disposition: form-data; name=\"a\"; filename=\"a.hap\"\r\n\r\n" +
         std::string(package) + "\r\n--b0--\r\n";
}
constexpr std::string_view kFormType = "Content-Type: multipart/form-data; boundary=b0\r\n";
constexpr std::string_view kCheck =
    "GET /v1/check?operation=distribute&number=%E4%BA%ACICP%E5%A4%872099000000%E5%8F%B7-1A "
    "HTTP/1.1\r\nHost: g\r\n\r\n";

class HandedIn : public testing::Test {
 protected:
  HandedIn() {
    std::string name = fs::temp_directory_path() / "beian-handed-in-XXXXXX";
    folder_ = ::mkdtemp(name.data());
    options_.folder = folder_;
    options_.bytes_max = 4 << 20;
    limits_.tick = 10ms;
  }
  ~HandedIn() override {
    server_.reset();
    desk_.reset();
    fs::remove_all(folder_);
  }

  void start() {
    auto desk = PackageDesk::open(options_);
    ASSERT_TRUE(desk.has_value()) << desk.error().message;
    desk_ = std::move(*desk);
    ServerOptions options;
    options.address = {"127.0.0.1", 0};
    options.limits = limits_;
    options.clock = [] { return std::chrono::system_clock::now(); };
    GateContext context;
    context.packages = desk_.get();
    auto server = Server::start(options, [&](unsigned) {
      GateState state = test::fixture_state();
      state.callers = callers_;
      state.needs_certificate = needs_certificate_;
      return std::make_unique<GateService>(std::move(state), &test::clock,
                                           std::array<std::uint64_t, 2>{1, 2}, context);
    });
    ASSERT_TRUE(server.has_value());
    server_ = std::move(*server);
  }
  std::uint16_t port() const { return server_->port(); }

  // The answers to `bytes`, sent on a connection of its own.
  std::vector<Answer> ask(std::string_view bytes) {
    std::string received = exchange(port(), bytes);
    auto answers = take_answers(&received);
    EXPECT_EQ(received, "") << "half an answer";
    return answers;
  }
  Answer ask_one(std::string_view bytes) {
    const auto answers = ask(bytes);
    EXPECT_EQ(answers.size(), 1U);
    return answers.empty() ? Answer{} : answers.front();
  }
  static Answer receive_one(RawClient* client) {
    std::string bytes;
    Answer answer;
    while (!take_answer(&bytes, false, &answer))
      if (!client->receive(&bytes)) break;
    return answer;
  }
  // Waits, for up to 20 s, until `done()` holds; false when it does not.
  template <class Done>
  static bool comes(const Done& done) {
    for (int i = 0; i < 2'000; ++i) {
      if (done()) return true;
      std::this_thread::sleep_for(10ms);
    }
    return false;
  }
  bool is_desk_free() {
    return comes([&] { return desk_->stats().in_flight == 0; });
  }
  std::uint64_t count(PackageResult result) const {
    return desk_->stats().results[static_cast<std::size_t>(result)];
  }

  PackageDeskOptions options_;
  ServerLimits limits_;
  std::shared_ptr<const Callers> callers_;
  bool needs_certificate_ = false;
  std::string folder_;
  std::unique_ptr<PackageDesk> desk_;
  std::unique_ptr<Server> server_;
};

// A connection from before a reload that requires client certificates.
TEST_F(HandedIn, WhoHasNotShownTheCertificateThatIsAskedForConnectsAgain) {
  const std::string key = *make_api_key();
  CallerSettings caller;
  caller.name = "all";
  caller.keys = {{std::string(*id_of_api_key(key)), sha256(key), std::nullopt}};
  callers_ = std::make_shared<const Callers>(std::vector{caller});
  needs_certificate_ = true;
  start();
  const std::string request = with_length(small_package(), "Authorization: Bearer " + key + "\r\n");
  const Answer answer = ask_one(request + request);
  EXPECT_EQ(answer.status, 200U) << answer.body;
  EXPECT_TRUE(answer.closes());
}

TEST_F(HandedIn, EveryFramingGetsTheSameAnswer) {
  start();
  // Larger than what is gathered for one write, so that the worker hands it on in pieces.
  const std::string package = small_package(3 * kPackagePieceBytes + 12'345);
  const std::string form = form_of(package);
  const auto halves = [](const std::string& body) {
    const std::size_t half = body.size() / 2;
    return chunk(body.substr(0, half)) + chunk(body.substr(half)) + "0\r\n\r\n";
  };
  const std::string chunked = "Transfer-Encoding: chunked\r\n";
  for (const std::string& request :
       {with_length(package), with_length(package, "Content-Type: application/octet-stream\r\n"),
        with_length(package, "Content-Type: application/vnd.android.package-archive\r\n"),
        with_length(form, kFormType), head_of(chunked) + halves(package),
        head_of(chunked + std::string(kFormType)) + halves(form)}) {
    // The next request on the connection is answered after it.
    const auto answers = ask(request + std::string(kCheck));
    ASSERT_EQ(answers.size(), 2U);
    EXPECT_EQ(answers[0].status, 200U) << answers[0].body;
    EXPECT_NE(answers[0].body.find("\"package\":\"cn.example.handed\""), std::string::npos);
    EXPECT_TRUE(answers[0].has("Beian-Registry: serial="));
    EXPECT_NE(answers[1].body.find("\"decision\":\"allow\""), std::string::npos);
  }
  EXPECT_TRUE(is_desk_free());
  EXPECT_EQ(count(PackageResult::kRead), 6U);
  EXPECT_TRUE(fs::is_empty(folder_)) << "temporary files have no names";
}

TEST_F(HandedIn, CutAnywhereItIsTheSame) {
  start();
  const std::string request = head_of("Transfer-Encoding: chunked\r\n" + std::string(kFormType)) +
                              chunk(form_of(small_package())) + "0\r\n\r\n";
  for (std::size_t cut = 1; cut < request.size(); cut += 7) {
    RawClient client(port());
    ASSERT_TRUE(client.send(request.substr(0, cut)));
    std::this_thread::sleep_for(1ms);
    ASSERT_TRUE(client.send(request.substr(cut)));
    ASSERT_EQ(receive_one(&client).status, 200U) << cut;
  }
}

struct RefusedRow {
  const char* name;
  std::string request;
  unsigned status;
  std::string_view slug;
};

TEST_F(HandedIn, WhatIsWrongIsRefusedWithItsReason) {
  start();
  const std::string large(options_.bytes_max + 1, 'x');
  const std::string package = small_package();
  const std::string chunked = "Transfer-Encoding: chunked\r\n";
  const std::string form(kFormType);
  for (const auto& [name, request, status, slug] : std::initializer_list<RefusedRow>{
           {"no archive", with_length("text"), 400, "package-unreadable"},
           {"nothing", with_length(""), 400, "package-unreadable"},
           {"cut", with_length(package.substr(0, 99)), 400, "package-unreadable"},
           {"another archive", with_length(beian::test::build_zip({{"a", "b"}})), 400,
            "package-unreadable"},
           {"no form", with_length(package, form), 400, "multipart-malformed"},
           {"empty form", with_length("--b0--\r\n", form), 400, "multipart-malformed"},
           {"empty file", with_length(form_of(""), form), 400, "package-unreadable"},
           {"length", head_of("Content-Length: " + std::to_string(large.size()) + "\r\n"), 413,
            "body-too-large"},
           {"chunks", head_of(chunked) + chunk(large) + "0\r\n\r\n", 413, "body-too-large"},
           {"file in a form", with_length(form_of(large), form), 413, "body-too-large"},
           {"preamble", with_length(large + std::string(kMultipartRestBytesMax, 'x'), form), 413,
            "body-too-large"},
           {"text", with_length(package, "Content-Type: text/plain\r\n"), 415,
            "unsupported-media-type"},
           {"compressed", with_length(package, "Content-Encoding: gzip\r\n"), 415,
            "unsupported-media-type"},
           {"no boundary", with_length(package, "Content-Type: multipart/form-data\r\n"), 415,
            "unsupported-media-type"},
           {"broken chunk", head_of(chunked) + chunk("PK") + "zz\r\n", 400, "bad-request"}}) {
    SCOPED_TRACE(name);
    const Answer answer = ask_one(request);
    EXPECT_EQ(answer.status, status);
    EXPECT_NE(answer.body.find("urn:beian-gate:problem:" + std::string(slug)), std::string::npos)
        << answer.body;
    EXPECT_TRUE(answer.has("Beian-Registry: serial="));
  }
  EXPECT_TRUE(is_desk_free());
  EXPECT_EQ(count(PackageResult::kTooLarge), 4U) << "by its length as by what comes";
}

TEST_F(HandedIn, OnlyWhoIsToSendIsToldToGoOn) {
  start();
  const std::string package = small_package();
  RawClient client(port());
  ASSERT_TRUE(client.send(head_of(
      "Expect: 100-continue\r\nContent-Length: " + std::to_string(package.size()) + "\r\n")));
  std::string bytes;
  while (bytes.size() < 25) ASSERT_TRUE(client.receive(&bytes));
  EXPECT_EQ(bytes, "HTTP/1.1 100 Continue\r\n\r\n");
  ASSERT_TRUE(client.send(package));
  EXPECT_EQ(receive_one(&client).status, 200U);
  EXPECT_EQ(ask_one(head_of("Expect: 100-continue\r\nContent-Length: 99999999\r\n")).status, 413U);
}

TEST_F(HandedIn, BeyondTheBoundOthersAreToldToComeAgain) {
  options_.concurrent = 1;
  start();
  auto first = std::make_unique<RawClient>(port());
  ASSERT_TRUE(first->send(head_of("Content-Length: 1000\r\n") + "PK"));
  ASSERT_TRUE(comes([&] { return desk_->stats().in_flight == 1; }));
  const Answer busy = ask_one(with_length(small_package()));
  EXPECT_EQ(busy.status, 503U);
  EXPECT_TRUE(busy.has("Retry-After: "));
  // Others are answered meanwhile.
  EXPECT_EQ(ask_one(kCheck).status, 200U);
  first->reset();
  ASSERT_TRUE(is_desk_free()) << "whoever leaves gives the place back";
  EXPECT_EQ(count(PackageResult::kGivenUp), 1U);
  EXPECT_EQ(ask_one(with_length(small_package())).status, 200U);
}

TEST_F(HandedIn, WhoHasTheAnswerMayHandInTheNext) {
  options_.concurrent = 1;
  start();
  const std::string good = with_length(small_package(100'000));
  const std::string bad = with_length("no package");
  for (int i = 0; i < 50; ++i) {
    ASSERT_EQ(ask_one(good).status, 200U) << i;
    ASSERT_EQ(ask_one(bad).status, 400U) << i;
  }
}

TEST_F(HandedIn, WhoLeavesWhileItIsWrittenOrReadGivesThePlaceBack) {
  start();
  const std::string request = with_length(small_package(2 << 20));
  std::uint64_t clients = 0;
  for (const std::size_t sent :
       {std::size_t{300}, request.size() / 2, request.size() - 1, request.size()}) {
    RawClient client(port());
    ASSERT_TRUE(client.send(request.substr(0, sent)));
    client.reset();
    // Wait until the connection was accepted and is gone, so that whatever it started has started.
    ++clients;
    ASSERT_TRUE(comes([&] {
      const ServerStats stats = server_->stats();
      return stats.connections_accepted == clients && stats.connections_open() == 0;
    })) << sent;
    ASSERT_TRUE(is_desk_free()) << sent;
  }
  EXPECT_EQ(ask_one(request).status, 200U);
}

TEST_F(HandedIn, WhoSleepsIsEnded) {
  limits_.stream_idle_deadline = 100ms;
  start();
  RawClient client(port());
  ASSERT_TRUE(client.send(head_of("Content-Length: 1000\r\n") + "PK"));
  EXPECT_EQ(receive_one(&client).status, 408U);
  EXPECT_TRUE(is_desk_free());
  EXPECT_EQ(server_->stats().timeouts, 1U);
}

TEST_F(HandedIn, WhoTricklesIsEndedToo) {
  limits_.upload_deadline = 200ms;
  start();
  RawClient client(port());
  ASSERT_TRUE(client.send(head_of("Content-Length: 1000000\r\n")));
  while (client.send("x")) std::this_thread::sleep_for(5ms);
  EXPECT_TRUE(is_desk_free());
  EXPECT_EQ(server_->stats().timeouts, 1U);
}

TEST_F(HandedIn, AFolderThatTakesNothingIsTold) {
  start();
  fs::remove_all(folder_);
  const Answer answer = ask_one(with_length(small_package()));
  EXPECT_EQ(answer.status, 503U);
  EXPECT_TRUE(answer.has("Retry-After: "));
  EXPECT_EQ(answer.body.find(folder_), std::string::npos) << "paths are for those who run it";
  const auto news = desk_->news();
  ASSERT_TRUE(news.has_value());
  EXPECT_NE(news->find(folder_), std::string::npos) << *news;
  EXPECT_FALSE(PackageDesk::open(options_).has_value()) << "and it is told at the start";
}

TEST_F(HandedIn, DrainingWaitsForWhatIsUnderWay) {
  start();
  const std::string request = with_length(small_package(1 << 20));
  RawClient client(port());
  ASSERT_TRUE(client.send(request.substr(0, 1000)));
  ASSERT_TRUE(comes([&] { return desk_->stats().in_flight == 1; }));
  std::thread drain([&] { EXPECT_TRUE(server_->drain(1min)); });
  // Once draining has begun, nobody else is let in.
  EXPECT_TRUE(comes([&] { return !RawClient(port()).is_connected(); }));
  EXPECT_TRUE(client.send(request.substr(1000)));
  const Answer answer = receive_one(&client);
  EXPECT_EQ(answer.status, 200U);
  EXPECT_TRUE(answer.closes());
  drain.join();
}

TEST_F(HandedIn, ManyAtOnceAreAllAnswered) {
  options_.concurrent = 4;
  start();
  const std::string request = with_length(small_package(1 << 20));
  std::vector<std::thread> clients;
  std::atomic<int> read = 0;
  for (int i = 0; i < 8; ++i)
    clients.emplace_back([&] {
      for (int done = 0; done < 5;) {
        std::string received = exchange(port(), request);
        for (const Answer& answer : take_answers(&received)) {
          EXPECT_TRUE(answer.status == 200 || answer.status == 503) << answer.body;
          if (answer.status == 200) ++done, ++read;
        }
      }
    });
  for (std::thread& client : clients) client.join();
  EXPECT_EQ(read.load(), 40);
  EXPECT_TRUE(is_desk_free());
}

TEST(PackagesOff, SaysHowToTurnThemOn) {
  test::GateDriver gate;
  const auto answer = gate.send(Method::kPost, kPath);
  EXPECT_EQ(answer.status, 403U);
  EXPECT_EQ(gate.at(answer, "/type"), "urn:beian-gate:problem:packages-off");
  EXPECT_NE(gate.at(answer, "/detail").find("[packages] inspect = true"), std::string::npos);
  const auto offer = gate.get("/console/gate.json");
  EXPECT_EQ(offer.body.find(kPath), std::string::npos) << "the page leaves it out";
}

}  // namespace
}  // namespace beian::http
