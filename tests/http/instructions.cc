// What each step of a check costs in instructions. instructions_test.py runs this under callgrind:
// after every operation the counters are dumped under its name and reset. Counting needs neither a
// clock nor a quiet machine, so a test can guard it.
//
//   http_instructions     without valgrind: runs, and says how many times each operation ran
//
// Input: a synthetic registry and rows of its catalog, by seed. Each operation first goes over all
// rows once, uncounted, to warm up.
#include <valgrind/callgrind.h>

#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include "bench/world.h"
#include "fixtures/synth/catalog.h"
#include "gate/decision/evaluate.h"
#include "gate/decision/suggest.h"
#include "gate/http/gate_service.h"
#include "gate/wire/decision_json.h"
#include "tests/http/session_bench.h"

namespace beian::http {
namespace {

constexpr std::uint64_t kSeed = 1;
constexpr std::uint64_t kServices = 5'000;
constexpr std::size_t kRows = 400;
constexpr Instant kNow{std::chrono::seconds{1'767'322'800}};

wire::Milliseconds clock() {
  return kNow;
}

// Keeps the optimizer from removing what was computed.
template <class T>
void keep(const T& value) {
  asm volatile("" : : "g"(&value) : "memory");
}

// Runs `operation` for every row twice and counts only the second pass.
template <class Operation>
void count(const char* name, Operation operation) {
  for (std::size_t i = 0; i < kRows; ++i) operation(i);
  CALLGRIND_ZERO_STATS;
  CALLGRIND_TOGGLE_COLLECT;
  for (std::size_t i = 0; i < kRows; ++i) operation(i);
  CALLGRIND_TOGGLE_COLLECT;
  CALLGRIND_DUMP_STATS_AT(name);
  std::printf("%s %zu\n", name, kRows);
}

// nullptr when it could not be built.
std::shared_ptr<const cache::Generation> synthetic_generation(const synth::World& world) {
  cache::SealOptions seal;
  seal.as_of = kNow;
  auto snapshot = bench::synthetic_snapshot(world, kServices, seal);
  if (!snapshot) return nullptr;
  return std::make_shared<const cache::Generation>(std::move(*snapshot),
                                                   cache::FreshnessThresholds{}, "synthetic");
}

std::string posted(std::string_view target, std::string_view body) {
  return "POST " + std::string(target) +
         " HTTP/1.1\r\nHost: gate.example\r\nContent-Type: application/json\r\nContent-Length: " +
         std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
}

class Operations {
 public:
  Operations(const synth::World& world, std::shared_ptr<const cache::Generation> generation)
      : generation_(std::move(generation)), requests_(kRows), readers_(kRows) {
    const synth::Catalog catalog(world, kSeed, synth::subjects_for(world, kServices),
                                 synth::Catalog::Content::kMixed);
    wire::Problem problem;
    for (std::size_t i = 0; i < kRows; ++i) {
      rows_.push_back(catalog.row(i));
      readers_[i].read(rows_[i], {}, &requests_[i], &problem);
      numbers_.emplace_back(requests_[i].filing_number);
    }
  }

  void count_all() {
    count("parse", [&](std::size_t i) { keep(parse_number(numbers_[i])); });
    count_look_ups();
    count_steps();
    count_checks();
  }

 private:
  void count_look_ups() {
    const cache::Registry& registry = generation_->registry();
    const auto key = [&](std::size_t i) {
      return registry.base()
          .service(static_cast<std::uint32_t>(i * 7'919 % registry.info().services))
          .key();
    };
    count("look_up_hit", [&](std::size_t i) { keep(registry.find(key(i))); });
    count("look_up_miss",
          [&](std::size_t i) { keep(registry.find(filing_key(subject_key(key(i)), 99'999))); });
  }

  void count_steps() {
    wire::RequestReader reader;
    wire::Problem problem;
    CheckRequest request;
    count("json_in", [&](std::size_t i) { keep(reader.read(rows_[i], {}, &request, &problem)); });
    const Policy policy = Policy::defaults();
    const Calendar& calendar = Calendar::built_in();
    Decision decision;
    count("evaluate", [&](std::size_t i) {
      evaluate(requests_[i], *generation_, policy, calendar, kNow, &decision);
    });
    std::vector<Decision> decisions(kRows);
    for (std::size_t i = 0; i < kRows; ++i)
      evaluate(requests_[i], *generation_, policy, calendar, kNow, &decisions[i]);
    wire::RegistryJson registry;
    std::string out;
    count("json_out_brief", [&](std::size_t i) {
      out.clear();
      wire::append_brief(requests_[i], decisions[i], &out);
    });
    count("json_out_full", [&](std::size_t i) {
      out.clear();
      const wire::MessageContext context{requests_[i], decisions[i], wire::Guidance::built_in(),
                                         wire::Language::kZh};
      wire::append_full(context, suggest(requests_[i], decisions[i], *generation_), "", &registry,
                        &out);
    });
  }

  // From the bytes of a request to those of its answer: everything but the socket.
  void count_checks() {
    GateState state{generation_,
                    std::make_shared<const PolicySet>(),
                    std::make_shared<const wire::Guidance>(wire::Guidance::built_in()),
                    std::make_shared<const Calendar>(Calendar::built_in()),
                    nullptr,
                    nullptr};
    SessionBench session(std::make_unique<GateService>(std::move(state), &clock,
                                                       std::array<std::uint64_t, 2>{1, 2}));
    for (const std::string_view detail : {"brief", "full"}) {
      std::vector<std::string> requests;
      for (const std::string& row : rows_)
        requests.push_back(posted("/v1/check?detail=" + std::string(detail), row));
      count(detail == "brief" ? "check_brief" : "check_full", [&](std::size_t i) {
        session.receive(requests[i]);
        session.forget_output();
      });
    }
  }

  const std::shared_ptr<const cache::Generation> generation_;
  std::vector<std::string> rows_;
  std::vector<CheckRequest> requests_;
  std::vector<wire::RequestReader> readers_;  // requests_ point into them
  std::vector<std::string> numbers_;
};

}  // namespace
}  // namespace beian::http

int main() {
  const beian::synth::World world(beian::http::kSeed);
  const auto generation = beian::http::synthetic_generation(world);
  if (generation == nullptr) {
    std::fprintf(stderr, "the synthetic feed makes no registry\n");
    return 70;
  }
  beian::http::Operations(world, generation).count_all();
  return 0;
}
