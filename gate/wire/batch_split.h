// Splits a batch that is not JSON as a whole, going by quotes and brackets alone: an item with a
// faulty number, or one nested too deeply, then does not spoil the others and can be named. Each
// item is parsed by itself afterwards.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "gate/wire/json_parser.h"

namespace beian::wire {

// How much deeper an item is nested in a batch than alone: by the object and its array.
inline constexpr std::size_t kBatchDepth = 2;

struct BatchParts {
  std::vector<std::string_view> items;  // views into the batch; at least one
  std::string rest;                     // the batch, with `0` in place of each item
};

// Splits `{…"key":[ITEM,…]…}`. Returns false when the text has another shape, when brackets or
// quotes do not match, or beyond limits::kBatchItemsMax items. Pure; linear.
bool split_batch(std::string_view json, std::string_view key, BatchParts* parts);

// Parses a batch. If that fails, but the batch can be split and is JSON without its items, `root`
// is that remainder and `items` are the items; otherwise `items` is empty. Returns false after
// explaining.
bool parse_or_split(std::string_view json, std::string_view key, JsonParser* parser,
                    simdjson::dom::element* root, std::vector<std::string_view>* items,
                    Problem* problem);

}  // namespace beian::wire
