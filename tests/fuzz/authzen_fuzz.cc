// Any bytes as AuthZEN's access evaluations. Oracles: an accepted request, written as parameters,
// reads the same; it reads the same alone and as the only one of a batch; a refusal has a reason
// and a place.
#include <algorithm>
#include <cstdlib>
#include <memory>

#include "gate/wire/authzen_json.h"
#include "tests/fuzz/request_render.h"

namespace {

using namespace beian;

void require(bool condition) {
  if (!condition) std::abort();
}

void require_reason(const wire::Problem& problem) {
  require(!problem.detail.empty() && problem.status >= 400);
  require(problem.pointer.empty() || problem.pointer.front() == '/');
}

// The request as canonical JSON, or empty when it is refused.
std::string read(wire::AuthzenReader* reader, std::string_view json, bool is_strict) {
  CheckRequest request;
  wire::Problem problem;
  if (!reader->read(json, {is_strict}, &request, &problem)) {
    require_reason(problem);
    return {};
  }
  CheckRequest again;
  require(wire::read_request(reader->parameters(), {is_strict}, &again, &problem));
  require(wire::test::render(request) == wire::test::render(again));
  return wire::test::render(request);
}

// The first request of a batch, likewise.
std::string read_batch(wire::AuthzenReader* reader, std::string_view json) {
  wire::Problem problem;
  if (!reader->parse_batch(json, {}, &problem)) {
    require_reason(problem);
    return {};
  }
  std::string first;
  CheckRequest request;
  for (std::size_t i = 0; i < reader->item_count(); ++i) {
    const bool is_read = reader->read_next(&request, &problem);
    if (!is_read) require_reason(problem);
    if (is_read && i == 0) first = wire::test::render(request);
  }
  return first;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static wire::AuthzenReader reader;
  const auto exact = std::make_unique<char[]>(size);  // its own block, so ASan sees over-reads
  std::copy(data, data + size, reinterpret_cast<std::uint8_t*>(exact.get()));
  const std::string_view json(exact.get(), size);
  const std::string once = read(&reader, json, false);
  read(&reader, json, true);
  read_batch(&reader, json);
  if (once.empty()) return 0;
  // The batch is two levels deeper, which may be too deep.
  const std::string first = read_batch(&reader, "{\"evaluations\":[" + std::string(json) + "]}");
  require(first.empty() || first == once);
  return 0;
}
