// Latency from a batch in Redis to the enforced answer, and the memory a registry takes in Redis.
//
//   beian-bench-follow GATE [GATES] [DELTAS]
//
// Publishes a synthetic registry (BEIAN_BENCH_SERVICES services, default 1,000,000; seed 1) to a
// redis-server of its own; GATES real gates (default 3) follow it, each with a local copy. DELTAS
// batches (default 1,000) each cancel another service, drawn from all over the registry, so many
// belong to subjects with thousands of services. Each batch is published once the previous one is
// enforced by every gate. The clock runs from the transaction with the XADD until a check of that
// number at that gate reports the cancellation; gates are polled every half millisecond. Finally,
// for comparison, the same records are stored in the same Redis, emptied, as one JSON string each,
// `SET NUMBER RECORD`.
#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "cache/redis/fetch.h"
#include "cache/redis/keys.h"
#include "cache/redis/tip.h"
#include "cache/snapshot/delta.h"
#include "cache/snapshot/record_of.h"
#include "fixtures/synth/feed_writer.h"
#include "tests/http/raw_client.h"
#include "tests/support/redis_process.h"

namespace {

using namespace beian;
using std::chrono::steady_clock;

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

// `used_memory` of INFO: what the data takes in Redis, allocator overhead included.
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

  // Whether the answer to `request` contains `what`.
  bool answers(std::string_view request, std::string_view what) {
    http::Answer answer;
    bool is_answered = client_->send(request);
    while (is_answered && !http::take_answer(&bytes_, false, &answer))
      is_answered = client_->receive(&bytes_);
    if (!is_answered) give_up("a gate is gone");
    return answer.body.find(what) != std::string::npos;
  }

 private:
  test::Process process_;
  std::unique_ptr<http::RawClient> client_;
  std::string bytes_;
};

std::string check_of(const FilingNumber& number) {
  std::string out = "GET /v1/check?operation=distribute&detail=brief&number=";
  for (const char byte : canonical(number)) {
    char escaped[4];
    std::snprintf(escaped, sizeof escaped, "%%%02X", static_cast<unsigned char>(byte));
    out += escaped;
  }
  return out + " HTTP/1.1\r\nHost: gate\r\n\r\n";
}

// Polls until every gate has answered `request` with `what`; calls `seen()` once per gate, at its
// first such answer.
void wait_for_all(std::vector<std::unique_ptr<Gate>>& gates, const std::string& request,
                  std::string_view what, const std::function<void()>& seen) {
  std::vector<bool> is_seen(gates.size(), false);
  while (std::ranges::find(is_seen, false) != is_seen.end()) {
    for (std::size_t i = 0; i < gates.size(); ++i) {
      if (is_seen[i] || !gates[i]->answers(request, what)) continue;
      is_seen[i] = true;
      seen();
    }
    std::this_thread::sleep_for(std::chrono::microseconds(500));
  }
}

// Cancels services one by one. Each batch is built before its clock starts.
class Canceller {
 public:
  explicit Canceller(cache::RedisClient* client, cache::FetchedRegistry published)
      : client_(client), epoch_(published.epoch), registry_(std::move(published.registry)) {}

  // Returns the number of the cancelled service; sets `*begin` to when the batch goes out.
  FilingNumber cancel_next(steady_clock::time_point* begin) {
    ServiceRecord record = next();
    record.status = Status::kCancelled;
    cache::DeltaBatch batch;
    batch.serial = registry_->serial() + 1;
    batch.as_of = registry_->info().as_of;
    batch.previous = registry_->chain();
    batch.feed_id = "delta-" + std::to_string(batch.serial);
    batch.records = {record};
    registry_ = value_of(cache::apply(registry_, batch));
    const std::string bytes = cache::encode(batch, nullptr);
    const std::string tip = cache::encode_tip({epoch_, batch.serial, registry_->chain()});
    const auto done = value_of(client_->transaction(
        {keys_.tip()}, {{"GET", keys_.tip()}},
        [&](const std::vector<cache::Reply>&) -> Result<std::vector<cache::RedisCommand>> {
          *begin = steady_clock::now();
          return std::vector<cache::RedisCommand>{
              {"XADD", keys_.deltas(), cache::stream_id(batch.serial),
               std::string(cache::kBatchField), bytes},
              {"SET", keys_.tip(), tip}};
        },
        std::chrono::seconds(5)));
    if (!done) give_up("somebody else publishes");
    return record.number;
  }

 private:
  // The next filed app. Strides over the rows, so that none comes twice.
  ServiceRecord next() {
    const cache::Snapshot& base = registry_->base();
    for (;;) {
      row_ = (row_ + 618'033'989) % base.info().services;
      const cache::ServiceView service = base.service(static_cast<std::uint32_t>(row_));
      if (service.status() == Status::kFiled && service.number().kind() == Kind::kApp &&
          base.find(service.number().key()).size() == 1)
        return cache::record_of(service);
    }
  }

  cache::RedisClient* client_;
  cache::RedisKeys keys_{"beian"};
  std::uint64_t epoch_;
  std::shared_ptr<const cache::Registry> registry_;
  std::uint64_t row_ = 0;
};

void print_latency(std::vector<double> milliseconds) {
  std::ranges::sort(milliseconds);
  const auto at = [&](double share) {
    return milliseconds[static_cast<std::size_t>(share *
                                                 static_cast<double>(milliseconds.size() - 1))];
  };
  std::printf("XADD to enforced answer: p50 %.2f ms, p99 %.2f ms, p99.9 %.2f ms, worst %.2f ms\n",
              at(0.5), at(0.99), at(0.999), milliseconds.back());
}

// Stores each record as one string under its number.
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

  std::vector<std::unique_ptr<Gate>> gates;
  for (int i = 0; i < gate_count; ++i) {
    const std::string name = "gate-" + std::to_string(i);
    gates.push_back(std::make_unique<Gate>(
        program, folder.write(name + ".toml", "[registry]\nurl = \"" + redis.url() +
                                                  "\"\nallow_unsigned = true\nlocal_copy = \"" +
                                                  folder.path(name) + "\"\n")));
  }
  wait_for_all(gates, "GET /v1/registry HTTP/1.1\r\nHost: gate\r\n\r\n", "\"state\":\"following\"",
               [] {});
  Canceller canceller(client.get(),
                      value_of(cache::fetch_registry(
                          client.get(), cache::RedisKeys("beian"), {{}, true}, folder.path(""),
                          [](std::uint64_t, std::uint64_t) { return true; })));
  std::vector<double> milliseconds;
  for (int i = 0; i < deltas; ++i) {
    steady_clock::time_point begin;
    const FilingNumber cancelled = canceller.cancel_next(&begin);
    wait_for_all(gates, check_of(cancelled), "SERVICE_CANCELLED", [&] {
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
