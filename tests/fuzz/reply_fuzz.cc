// Any bytes as replies from a Redis address. The first byte says how the rest is cut. Oracles:
// hiredis reads whatever the guard lets through; the same bytes in pieces give the same replies;
// and what was read stays within the bounds.
#include <algorithm>
#include <cstdint>
#include <string_view>
#include <vector>

#include "cache/base/limits.h"
#include "cache/redis/reply.h"
#include "tests/fuzz/die.h"

namespace {

using beian::cache::Reply;
using beian::cache::ReplyParser;
using beian::test::die;

// The replies in `bytes`, fed `step` at a time, up to the first error.
std::vector<Reply> read(std::string_view bytes, std::size_t step) {
  ReplyParser parser;
  std::vector<Reply> replies;
  for (std::size_t at = 0; at < bytes.size(); at += step) {
    if (!parser.feed(bytes.substr(at, step))) return replies;
    for (;;) {
      auto reply = parser.next();
      if (!reply) die("the guard took what hiredis refuses");
      if (!*reply) break;
      replies.push_back(std::move(**reply));
    }
  }
  return replies;
}

std::size_t depth_of(const Reply& reply) {
  std::size_t deepest = 0;
  for (const Reply& element : reply.elements) deepest = std::max(deepest, depth_of(element));
  return reply.elements.empty() ? 0 : deepest + 1;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::vector<Reply> byte_by_byte = read(bytes, 1);
  const std::vector<Reply> in_pieces = read(bytes, std::size_t{data[0]} + 1);
  // An error in a piece hides the complete replies before it in the same piece.
  if (in_pieces.size() > byte_by_byte.size() ||
      !std::equal(in_pieces.begin(), in_pieces.end(), byte_by_byte.begin()))
    die("cutting changes what is read");
  for (const Reply& reply : byte_by_byte)
    if (depth_of(reply) > beian::limits::kRedisDepthMax) die("deeper than the bound");
  return 0;
}
