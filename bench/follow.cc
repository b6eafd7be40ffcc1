// From a batch in Redis to the enforced answer, and what a registry costs in Redis.
//
//   beian-bench-follow GATE [GATES] [DELTAS]
//
// A synthetic registry (BEIAN_BENCH_SERVICES services, default 1,000,000; seed 1) is published to a
// redis-server of our own, GATES real gates follow it (default 3), and DELTAS batches (default
// 1,000) cancel and restore one filing, each published when the one before is enforced everywhere.
// The time runs from before the transaction with the XADD until a check at that gate gives the new
// answer, so it holds the publisher's own work too. Then the same records as one JSON string for
// each, `SET NUMBER RECORD`, in the same emptied Redis.
#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "cache/feed/feed.h"
#include "cache/redis/delta_publisher.h"
#include "cache/redis/fetch.h"
#include "fixtures/synth/feed_writer.h"
#include "tests/http/raw_client.h"
#include "tests/support/redis_process.h"

namespace {

using namespace beian;
using std::chrono::steady_clock;

// A filing that no synthetic feed holds.
constexpr std::string_view kSubject =
    R"({"record":"subject","id":9000000000001,"number":"京ICP备2099000777号","sponsor":"甲","status":"filed"})";
std::string service_line(std::string_view status) {
  return R"({"record":"service","id":9000000000002,"subject_id":9000000000001,"number":"京ICP备2099000777号-1A","names":["乙"],"status":")" +
         std::string(status) + "\"}";
}
constexpr std::string_view kCheck =
    "GET /v1/check?operation=distribute&detail=brief&number=%E4%BA%ACICP%E5%A4%872099000777%E5%8F%"
    "B7-1A HTTP/1.1\r\nHost: gate\r\n\r\n";

[[noreturn]] void give_up(const std::string& why) {
  std::fprintf(stderr, "bench follow: %s\n", why.c_str());
  std::exit(1);
}

template <class T>
T value_of(Result<T> result) {
  if (!result) give_up(result.error().message);
  return std::move(*result);
}

std::uint64_t services_from_environment() {
  const char* const text = std::getenv("BEIAN_BENCH_SERVICES");
  std::uint64_t services = 1'000'000;
  if (text != nullptr) std::from_chars(text, text + std::string_view(text).size(), services);
  return services;
}

// `used_memory` of INFO: what Redis holds of the data, allocator's overhead included.
std::uint64_t used_memory(cache::RedisClient& client) {
  const std::string info = test::ask(client, {"INFO", "memory"}).text;
  const std::size_t at = info.find("used_memory:") + 12;
  std::uint64_t bytes = 0;
  std::from_chars(info.data() + at, info.data() + info.size(), bytes);
  return bytes;
}

class Gate {
 public:
  Gate(const std::string& program, const std::string& config)
      : process_(
            {program, "serve", "--listen", "127.0.0.1:0", "--threads", "1", "--config", config}) {
    constexpr std::string_view kSaid = "listening on http://127.0.0.1:";
    if (!process_.wait_for("try: curl")) give_up("no gate: " + process_.err());
    const char* const at = process_.out().data() + process_.out().find(kSaid) + kSaid.size();
    std::uint16_t port = 0;
    std::from_chars(at, process_.out().data() + process_.out().size(), port);
    client_ = std::make_unique<http::RawClient>(port);
  }

  bool answers(std::string_view decision) {
    http::Answer answer;
    bool is_answered = client_->send(kCheck);
    while (is_answered && !http::take_answer(&bytes_, false, &answer))
      is_answered = client_->receive(&bytes_);
    if (!is_answered) give_up("a gate is gone");
    return answer.body.find("\"decision\":\"" + std::string(decision) + "\"") != std::string::npos;
  }

 private:
  test::Process process_;
  std::unique_ptr<http::RawClient> client_;
  std::string bytes_;
};

void wait_for_all(std::vector<std::unique_ptr<Gate>>& gates, std::string_view decision,
                  const std::function<void(std::size_t)>& seen) {
  std::vector<bool> is_seen(gates.size(), false);
  while (std::ranges::find(is_seen, false) != is_seen.end()) {
    for (std::size_t i = 0; i < gates.size(); ++i) {
      if (is_seen[i] || !gates[i]->answers(decision)) continue;
      is_seen[i] = true;
      seen(i);
    }
  }
}

void print_latency(std::vector<double> milliseconds) {
  std::ranges::sort(milliseconds);
  const auto at = [&](double share) {
    return milliseconds[static_cast<std::size_t>(share *
                                                 static_cast<double>(milliseconds.size() - 1))];
  };
  std::printf("XADD to enforced answer: p50 %.2f ms, p99 %.2f ms, p99.9 %.2f ms, worst %.2f ms\n",
              at(0.5), at(0.99), at(0.999), milliseconds.back());
}

// One string for each record, under its number.
void set_as_json(cache::RedisClient& client, const std::string& feed) {
  constexpr std::size_t kAtOnce = 10'000;
  std::vector<cache::RedisCommand> commands;
  const auto send = [&] {
    value_of(client.pipeline(commands, std::chrono::seconds(60)));
    commands.clear();
  };
  for (std::size_t begin = 0; begin < feed.size();) {
    const std::size_t end = std::min(feed.find('\n', begin), feed.size());
    const std::string line = feed.substr(begin, end - begin);
    begin = end + 1;
    constexpr std::string_view kKey = "\"number\":\"";
    const std::size_t at = line.find(kKey);
    if (at == std::string::npos) continue;
    const std::size_t number = at + kKey.size();
    commands.push_back({"SET", line.substr(number, line.find('"', number) - number), line});
    if (commands.size() == kAtOnce) send();
  }
  send();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) give_up("usage: beian-bench-follow GATE [GATES] [DELTAS]");
  const std::string program = argv[1];
  const auto number = [&](int index, int usual) {
    return argc > index ? std::max(1, static_cast<int>(std::strtod(argv[index], nullptr))) : usual;
  };
  const int gate_count = number(2, 3);
  const int deltas = number(3, 1'000);
  const std::uint64_t services = services_from_environment();

  const test::TemporaryFolder folder;
  std::string feed;
  synth::write_feed(synth::World(1), services,
                    [&](std::string_view line) { feed.append(line).push_back('\n'); });
  feed.append(kSubject).push_back('\n');
  feed += service_line("filed") + "\n";
  const std::string snapshot = folder.path("registry.snap");
  if (test::run({program, "registry", "build", folder.write("feed.ndjson", feed), "-o", snapshot,
                 "--serial", "1"})
          .exit_code != 0)
    give_up("no snapshot");

  test::RedisServer redis;
  const auto client = test::client_of(redis.url());
  const std::uint64_t empty = used_memory(*client);
  const test::Finished published =
      test::run({program, "registry", "publish", snapshot, "--to", redis.url()});
  if (published.exit_code != 0) give_up(published.err);
  const std::uint64_t ours = used_memory(*client) - empty;
  std::printf("%llu services, %d gates, %d deltas\n", static_cast<unsigned long long>(services),
              gate_count, deltas);

  const std::string config = folder.write(
      "gate.toml", "[registry]\nurl = \"" + redis.url() + "\"\nallow_unsigned = true\n");
  std::vector<std::unique_ptr<Gate>> gates;
  for (int i = 0; i < gate_count; ++i) gates.push_back(std::make_unique<Gate>(program, config));
  wait_for_all(gates, "allow", [](std::size_t) {});

  cache::PublisherOptions options;
  options.trust.allow_unsigned = true;
  options.token = "bench";
  cache::DeltaPublisher publisher(
      client.get(), options,
      value_of(cache::fetch_registry(client.get(), cache::RedisKeys("beian"), options.trust,
                                     folder.path(""),
                                     [](std::uint64_t, std::uint64_t) { return true; })));
  const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  std::vector<double> milliseconds;
  for (int i = 0; i < deltas; ++i) {
    const bool is_cancelled = i % 2 == 0;
    cache::DeltaFeed change{"delta-" + std::to_string(i), now, {}, {}};
    (void)value_of(cache::read_feed_text(
        service_line(is_cancelled ? "cancelled" : "filed"), "feed", {},
        [&](cache::FeedRecord&& record) { change.records.push_back(std::move(record)); },
        [](const cache::FeedProblem&) {}));
    const auto begin = steady_clock::now();
    (void)value_of(publisher.publish(change));
    wait_for_all(gates, is_cancelled ? "deny" : "allow", [&](std::size_t) {
      milliseconds.push_back(
          std::chrono::duration<double, std::milli>(steady_clock::now() - begin).count());
    });
  }
  print_latency(std::move(milliseconds));
  gates.clear();

  test::ask(*client, {"FLUSHALL"});
  const std::uint64_t before = used_memory(*client);
  set_as_json(*client, feed);
  const std::uint64_t theirs = used_memory(*client) - before;
  constexpr double kMiB = 1024.0 * 1024.0;
  std::printf(
      "memory in Redis: %.1f MiB as our chunks, %.1f MiB as one JSON string a record: %.1fx\n",
      static_cast<double>(ours) / kMiB, static_cast<double>(theirs) / kMiB,
      static_cast<double>(theirs) / static_cast<double>(ours));
  return 0;
}
