// A request in steady state allocates nothing: counted by a replaced operator new, which is why
// this is a program of its own and not part of sanitized builds.
#include <gtest/gtest.h>

#include <cstdlib>
#include <new>

#include "tests/http/session_bench.h"

namespace {
std::size_t allocations_count = 0;
}

// Inlined at -O1, the pair looks mismatched to GCC 12 (-Wmismatched-new-delete).
[[gnu::noinline]] void* operator new(std::size_t bytes) {
  ++allocations_count;
  if (void* const memory = std::malloc(bytes)) return memory;
  throw std::bad_alloc();
}
[[gnu::noinline]] void operator delete(void* memory) noexcept {
  std::free(memory);
}
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}

namespace beian::http {
namespace {

TEST(SteadyState, RequestsAllocateNothing) {
  const std::string requests =
      "GET /__echo HTTP/1.1\r\nHost: a\r\nAccept: */*\r\n\r\n"
      "POST /__echo HTTP/1.1\r\nHost: a\r\nContent-Length: 300\r\n\r\n" +
      std::string(300, 'x') +
      "POST /__echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: "
      "chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"
      "GET /unknown HTTP/1.1\r\nHost: a\r\n\r\n";
  SessionBench bench;
  for (int i = 0; i < 3; ++i) {  // buffers find their size
    bench.receive(requests);
    bench.forget_output();
  }
  const std::size_t before = allocations_count;
  for (int i = 0; i < 100; ++i) {
    bench.receive(requests);
    bench.forget_output();
  }
  EXPECT_EQ(allocations_count - before, 0u);
  EXPECT_EQ(bench.requests_count(), 103u * 4);
}

}  // namespace
}  // namespace beian::http
