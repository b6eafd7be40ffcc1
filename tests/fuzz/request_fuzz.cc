// Any bytes as a check request. Oracles: an accepted request renders to JSON that is accepted again
// and renders the same; a refusal has a reason, and a pointer that begins with a slash; in a batch
// with an item that is not JSON, it reads as it does alone.
#include <algorithm>
#include <cstdlib>
#include <memory>

#include "gate/wire/request_json.h"
#include "tests/fuzz/request_render.h"

namespace {

using namespace beian;

void require(bool condition) {
  if (!condition) std::abort();
}

// The request as canonical JSON, or empty when it is refused.
std::string read(wire::RequestReader* reader, std::string_view json, bool is_strict) {
  CheckRequest request;
  wire::Problem problem;
  if (reader->read(json, {is_strict}, &request, &problem)) return wire::test::render(request);
  require(!problem.detail.empty() && problem.status == 400);
  require(problem.pointer.empty() || problem.pointer.front() == '/');
  return {};
}

void read_batch(wire::RequestReader* reader, std::string_view json) {
  wire::Problem problem;
  if (!reader->parse_batch(json, {}, &problem)) return require(!problem.detail.empty());
  CheckRequest request;
  for (std::size_t i = 0; i < reader->item_count(); ++i)
    if (!reader->read_next(&request, &problem)) require(problem.pointer.starts_with("/checks/"));
}

// `once` is the result of reading the request alone.
void read_beside_no_json(wire::RequestReader* reader, std::string_view json,
                         const std::string& once) {
  const std::string batch = "{\"checks\":[1e400," + std::string(json) + ",nul]}";
  wire::Problem problem;
  CheckRequest request;
  require(reader->parse_batch(batch, {}, &problem) && reader->item_count() == 3);
  require(!reader->read_next(&request, &problem) && problem.pointer == "/checks/0");
  require(reader->read_next(&request, &problem) && wire::test::render(request) == once);
  require(!reader->read_next(&request, &problem) && problem.pointer == "/checks/2");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static wire::RequestReader reader;
  const auto exact = std::make_unique<char[]>(size);  // its own block, so ASan sees over-reads
  std::copy(data, data + size, reinterpret_cast<std::uint8_t*>(exact.get()));
  const std::string_view json(exact.get(), size);
  const std::string once = read(&reader, json, false);
  if (!once.empty()) require(read(&reader, once, true) == once);
  if (!once.empty()) read_beside_no_json(&reader, json, once);
  read_batch(&reader, json);
  read_batch(&reader, "{\"checks\":[" + std::string(json) + "]}");
  return 0;
}
