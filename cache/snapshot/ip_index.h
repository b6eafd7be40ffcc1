// Finds the ranges that hold an address. Rows are sorted by first address; a balanced tree over
// them is implied (the root of [low, high) is its middle), and each row has the greatest last
// address of its subtree.
//
// Pure; any thread. O(log n + k) for k hits. Depth is at most 32, so recursion is bounded.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <utility>

namespace beian::cache {

// Calls `visit(index)` for each row of [low, high) that holds `address`, in row order.
template <class Row, class Address, class Visit>
void visit_holders(std::span<const Row> rows, std::size_t low, std::size_t high,
                   const Address& address, Visit&& visit) {
  if (low >= high) return;
  const std::size_t middle = low + (high - low) / 2;
  if (rows[middle].last_max < address) return;
  visit_holders(rows, low, middle, address, visit);
  if (address < rows[middle].first) return;
  if (!(rows[middle].last < address)) visit(middle);
  visit_holders(rows, middle + 1, high, address, visit);
}

// Fills in last_max of [low, high).
template <class Row>
void build_last_max(std::span<Row> rows, std::size_t low, std::size_t high) {
  if (low >= high) return;
  const std::size_t middle = low + (high - low) / 2;
  build_last_max(rows, low, middle);
  build_last_max(rows, middle + 1, high);
  Row& root = rows[middle];
  root.last_max = root.last;
  const auto raise = [&](std::size_t a, std::size_t b) {
    if (a < b && root.last_max < rows[a + (b - a) / 2].last_max)
      root.last_max = rows[a + (b - a) / 2].last_max;
  };
  raise(low, middle);
  raise(middle + 1, high);
}

// Index of a row whose last_max is not what build_last_max() gives, or rows.size().
template <class Row>
std::size_t find_bad_last_max(std::span<const Row> rows, std::size_t low, std::size_t high) {
  if (low >= high) return rows.size();
  const std::size_t middle = low + (high - low) / 2;
  auto want = rows[middle].last;
  for (const auto& [a, b] : {std::pair{low, middle}, std::pair{middle + 1, high}}) {
    if (const std::size_t bad = find_bad_last_max(rows, a, b); bad != rows.size()) return bad;
    if (a < b) want = std::max(want, rows[a + (b - a) / 2].last_max);
  }
  return rows[middle].last_max == want ? rows.size() : middle;
}

}  // namespace beian::cache
